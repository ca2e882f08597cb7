"""A run: its id, journal, thread count and open model, from its start to its last state."""

from __future__ import annotations

import logging
import os
import platform
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from filelock import BaseFileLock, Timeout

from harness.errors import ExitCode, is_interrupt
from harness.host.blame import blamed, fitting, label
from harness.host.building import Built
from harness.protocols import ChoosesThreads
from harness.runs.assembly.built import BuiltModel
from harness.store.journal.facts import FactJournal
from harness.store.journal.journal import run_folder
from harness.store.rows.listed import RunKind
from harness.store.store import Store
from harness.types import OpenRequest, RunFinished, RunStarted
from harness.types.component import OWN_DISTRIBUTION, ComponentKind
from harness.types.hashing import content_hash

_log = logging.getLogger("harness")


class Advance(Protocol):
    """Say that so many more are done, with a word about them."""

    def __call__(self, done: int = 1, note: str = "") -> None: ...


class Stage(Protocol):
    """Shows progress: `with stage("train", total=60) as advance: advance(1)`."""

    def __call__(self, name: str, *, total: int | None = None) -> AbstractContextManager[Advance]: ...


class Notify(Protocol):
    """Tells of an event: `notify("run_started", event)`."""

    def __call__(self, event_name: str, *values: object) -> None: ...


@dataclass
class Session:
    """What the steps of one run share. `threads` is measured once and then stays for the run.

    `notify` tells every plugin of an event. `code` is what a run without a decision of the gate ends with.
    """

    notify: Notify
    store: Store
    journal: FactJournal
    run: str
    folder: Path
    stage: Stage
    threads: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    warned: set[str] = field(default_factory=set)
    code: ExitCode = ExitCode.PASS

    def failed(self, key: str, reason: str) -> None:
        """Keep the first reason why a metric or check could not be computed, and say it once."""
        if key not in self.failures:
            self.failures[key] = reason
            _log.warning("%s", reason)

    def warn(self, text: str) -> None:
        """Say it once, however many cycles it holds for."""
        if text not in self.warned:
            self.warned.add(text)
            _log.warning("%s", text)

    def state(self, subject: str, identifier: str, state: str, detail: Mapping[str, Any] | None = None) -> None:
        """Write a state before the work it announces starts."""
        self.journal.state(subject, identifier, state, detail)

    @contextmanager
    def at_work(self, built: Built, kind: ComponentKind, method: str) -> Iterator[None]:
        """Name the component where it fails; of others' code, write down first that it is at work, as it may end us."""
        with blamed(built, kind, method):
            if built.distribution == OWN_DISTRIBUTION:
                yield
                return
            self.state("component", self.run, "running", {"who": label(built, kind, method)})
            try:
                yield
            finally:
                self.state("component", self.run, "complete")

    def measuring(self, evaluation: str, facts: Mapping[str, Any]) -> None:
        """Write that this run measures the evaluation of that id, with what its opened model says of itself."""
        self.state("evaluation", evaluation, "running", {"run": self.run, **({"facts": dict(facts)} if facts else {})})

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Record how long a stage of the run took; a stage that fails is recorded too."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began
            self.state("stage", self.run, name, {"seconds": round(self.seconds[name], 3)})

    def thread_count(self, model: BuiltModel) -> int | None:
        """The run's thread count, measured by the backend the first time; None where it has no say in it."""
        backend = model.backend.instance
        if self.threads is None and isinstance(backend, ChoosesThreads):
            with blamed(model.backend, "backend", "choose_threads"):
                self.threads = backend.choose_threads(OpenRequest(model.reference))
                fitting(self.threads, int)
            self.state("run", self.run, "running", {"threads": self.threads})
        return self.threads


@contextmanager
def start_run(
    notify: Notify, store: Store, stage: Stage, kind: RunKind, command: str, recipe: Mapping[str, Any], reports: Path
) -> Iterator[Session]:
    """A run in progress. The last run of the same command and recipe is resumed if it did not finish."""
    lock, run, resumed = _claimed(store, command, recipe)
    folder = run_folder(reports, run)
    event = RunStarted(run, command, recipe, folder)
    began = time.perf_counter()
    with _released(lock), store.journal(run) as journal:
        session = Session(notify, store, journal, run, folder, stage)
        if resumed:
            _log.info("resuming run %s", run)
            _tell_who_ended_it(store, run)
            session.threads = store.run_threads(run)
        else:
            journal.run(event, kind, machine_facts())
        session.state("run", run, "running")
        notify("run_started", event)
        finish = _Finish(session, began)
        try:
            yield session
        except KeyboardInterrupt:
            finish("stopped", ExitCode.INTERRUPTED)
            raise
        except BaseException as error:
            if is_interrupt(error):
                finish("stopped", ExitCode.INTERRUPTED)
                raise KeyboardInterrupt from error
            finish("failed", getattr(error, "exit_code", ExitCode.INTERNAL), str(error))
            raise
        finish("complete", session.code)


def _tell_who_ended_it(store: Store, run: str) -> None:
    """Where the process went away while others' code was at work in it, that is the first place to look."""
    states = store.states("component", run)
    if states and states[-1].state == "running":
        who = states[-1].detail["who"]
        _log.warning("%s was at work when the last process ended; if it ends again, try `isolate: true` with it", who)


@contextmanager
def _released(lock: BaseFileLock) -> Iterator[None]:
    """Release a lock that is held already."""
    try:
        yield
    finally:
        lock.release()


class _Finish:
    """Writes the last state and tells the plugins, once."""

    def __init__(self, session: Session, began: float) -> None:
        self._session, self._began = session, began

    def __call__(self, state: str, code: ExitCode, reason: str = "") -> None:
        session = self._session
        seconds = time.perf_counter() - self._began
        session.state("run", session.run, state, {"reason": reason, "seconds": round(seconds, 3)})
        session.store.ingest()
        decision = session.store.decision(session.run) if state == "complete" else None
        code = decision.code if decision is not None else code
        session.notify("run_finished", RunFinished(session.run, session.folder, state, int(code), seconds))


def machine_facts() -> dict[str, Any]:
    """What is known of the machine without asking a framework."""
    return {"python": platform.python_version(), "system": platform.platform(), "cores": os.cpu_count()}


def _claimed(store: Store, command: str, recipe: Mapping[str, Any]) -> tuple[BaseFileLock, str, bool]:
    """The held lock of a run and its id: of one to resume that no other process works on, else of a new one."""
    moment = store.next_moment()
    resumable = _unfinished(store, command, recipe)
    if resumable is not None:
        lock = store.run_lock(resumable)
        try:
            lock.acquire()
        except Timeout:
            _log.info("run %s is at work in another process: starting a new one", resumable)
        else:
            return lock, resumable, True
    began = datetime.fromisoformat(moment)
    run = f"{began:%Y%m%d-%H%M%S}-{content_hash([command, recipe, moment, os.getpid()])[:6]}"
    lock = store.run_lock(run)
    lock.acquire()
    return lock, run, False


def _unfinished(store: Store, command: str, recipe: Mapping[str, Any]) -> str | None:
    wanted = content_hash(recipe)
    for run in store.runs(limit=20):
        if run.command == command and content_hash(run.recipe) == wanted:
            return run.id if run.state != "complete" else None
    return None
