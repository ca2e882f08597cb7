"""A worker process and the component in it, as the harness sees them: calls, limits, and how the process ended."""

from __future__ import annotations

import builtins
import logging
import os
import signal
import time
import weakref
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from harness.documents.amounts import size_text
from harness.errors import ComponentError, PluginError, UsageError
from harness.host.isolation.children import Child, death
from harness.host.isolation.crash_site import where
from harness.host.isolation.frames import (
    Call,
    Done,
    Facts,
    Item,
    Raised,
    Reply,
    Said,
    Step,
    UnreadableError,
    received,
    sent,
)
from harness.host.isolation.limits import MEMORY, SECONDS, Limits, limits, resident_bytes
from harness.host.isolation.pool import asked
from harness.protocols import Monitor, Signal
from harness.types import StepRecord
from harness.types.component import ComponentKind

_log = logging.getLogger("harness")
_START_SECONDS = 60.0  # at least, from its start to the first message: imports take their time on a busy machine
_TICK = 0.1  # seconds between two looks at the clock and at the memory


@dataclass(frozen=True, slots=True)
class Spec:
    """All that a worker needs to make a component anew; `label` names it in what is said of it."""

    kind: ComponentKind
    use: Mapping[str, Any]
    place: str
    folder: Path
    label: str
    files: tuple[Path, ...]
    disabled: tuple[str, ...]
    allowed: tuple[str, ...] | None
    path: tuple[str, ...] = ()


class Worker:
    """One component in a process of its own, started when it is first called. Once ended it stays so for this run."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._running: _Running | None = None
        self._ended: str | None = None
        self._prepared: Call | None = None
        self._exchanging = self._is_open = False
        self.facts: Mapping[str, Any] = {}
        self.held: dict[int, tuple[int, Any]] = {}  # what it was told to hold, with its place, by identity

    @property
    def is_idle(self) -> bool:
        return not self._exchanging and not self._is_open

    def call(self, method: str, *arguments: Any, monitor: Monitor | None = None) -> Any:
        """What the method returns."""
        message = Call(method, arguments)
        result = _result(self._exchange(self._started(), message, monitor))
        if method == "prepare":
            self._prepared = message  # what a process that is started anew has to know, too
        self._is_open |= method == "open"
        return result

    def stream(self, method: str, *arguments: Any) -> Iterator[Any]:
        """What the method yields. Where that is not read to its end, the worker is stopped."""
        yield from self._exchange(self._started(), Call(method, arguments))

    def finish(self) -> None:
        """Let it close what it opened, and end."""
        try:
            if self._running is not None:
                self.call("close")
        finally:
            self._is_open = False
            self.stop()

    def _exchange(
        self, running: _Running, message: Call | Spec, monitor: Monitor | None = None
    ) -> Generator[Any, None, Any]:
        """Send a message and go through the replies; what was yielded there is yielded here, the result returned.

        Where it ends before the last reply came, the worker is stopped: the rest must not pass for replies to others.
        """
        self._exchanging, finished = True, False
        try:
            running.send(message)
            began = time.monotonic()
            while not isinstance(reply := self._reply(running, began), Done | Raised):
                if isinstance(reply, Item):
                    yield reply.value
                    began = time.monotonic()
                elif isinstance(reply, Step):
                    running.send(self._signal(reply.record, monitor))
                    began = time.monotonic()
                elif isinstance(reply, Facts):
                    self.facts = reply.facts
                elif isinstance(reply, Said):
                    _log.warning("%s", reply.text)
            finished = True
            if isinstance(reply, Raised):
                raise raised_error(reply)
            return reply.value
        finally:
            if running is self._running:
                self._exchanging = False
                if not finished:
                    self.stop()

    def _signal(self, record: StepRecord, monitor: Monitor | None) -> Signal:
        return monitor.step(record) if monitor is not None else "continue"

    def _started(self) -> _Running:
        if self._ended is not None:
            raise ComponentError(self._ended)
        asked(self)
        if self._exchanging:  # what is left of another stream would pass for the replies to this call
            self.stop()
        if self._running is None:
            self._running = _Running(limits())
            try:
                _result(self._exchange(self._running, self._spec))
                if self._prepared is not None:
                    _result(self._exchange(self._running, self._prepared))
            except Exception as error:
                self.stop()
                self._ended = self._ended or f"it cannot be made in a process of its own: {error}"
                raise ComponentError(self._ended) from error
        return self._running

    def _reply(self, running: _Running, began: float) -> Reply:
        if running is not self._running:
            raise ComponentError("was asked for something else before this was read to its end")
        try:
            return running.reply(began)
        except UnreadableError as error:
            self.stop()
            return Raised("TypeError", f"gave {error}", "")
        except _EndedError as error:
            self.stop()
            self._ended = f"its process {error}"
            raise ComponentError(self._ended) from None

    def stop(self) -> None:
        """End the process; the next call starts another."""
        if self._running is not None:
            self._running.close()
            self._running = None
            self._exchanging = False
            self.held = {}


def _result(exchange: Generator[Any, None, Any]) -> Any:
    try:
        while True:
            next(exchange)
    except StopIteration as end:
        return end.value


class _EndedError(Exception):
    """The process is gone, and how."""


class _Running:
    """A process and the pipes to it. Closed when it is collected, at the latest."""

    def __init__(self, most: Limits) -> None:
        self._most = most
        self._fault = TemporaryFile()  # noqa: SIM115 - closed with the process
        (child_in, to_child), (from_child, child_out) = os.pipe(), os.pipe()
        handles = (child_in, child_out, self._fault.fileno())
        start = ("-P", "-m", "harness.host.component_worker", *map(str, handles))
        self._process = Child(*start, stdout=2, handles=handles)  # what a library prints by itself goes to stderr
        os.close(child_in)
        os.close(child_out)
        self._in = Connection(from_child, writable=False)
        self._out = Connection(to_child, readable=False)
        self._looked = time.monotonic()
        self._ready = False
        self.close: Callable[[], object] = weakref.finalize(
            self, _close, self._process, (self._in, self._out), self._fault
        )

    def send(self, message: Any) -> None:
        with suppress(OSError):  # it is gone; reading tells how
            self._out.send_bytes(sent(message))

    def reply(self, began: float) -> Reply:
        """The next message; _EndedError where the process ends, is silent too long or takes too much memory.

        It is silent since `began`: what it says for the log is no result.
        """
        while not self._in.poll(_TICK):
            self._look(began)
        self._look(began)
        try:
            data = self._in.recv_bytes()
        except (EOFError, OSError):
            raise _EndedError(self._death()) from None
        self._ready = True
        return received(data)

    def _look(self, began: float) -> None:
        now = time.monotonic()
        if now - self._looked < _TICK:
            return
        self._looked = now
        seconds = self._most.seconds if self._ready else max(self._most.seconds, _START_SECONDS)
        if now - began > seconds:
            raise _EndedError(self._killed(f"gave nothing for {seconds:g} s ({SECONDS} sets the limit)"))
        if self._process.poll() is not None and not self._in.poll(0):  # a child of it may hold the pipe open
            raise _EndedError(self._death())
        if resident_bytes(self._process.pid) > self._most.memory:
            size = size_text(self._most.memory)
            raise _EndedError(self._killed(f"took more than {size} of memory ({MEMORY} sets the limit)"))

    def _killed(self, why: str) -> str:
        """End it, after it has written down where it is."""
        os.kill(self._process.pid, signal.SIGUSR1)
        time.sleep(_TICK)
        self._process.end()
        return f"{why} and was ended{where(self._fault)}"

    def _death(self) -> str:
        code = self._process.wait()
        self._process.end()
        return f"{death(code)}{where(self._fault)}"


def _close(process: Child, pipes: Sequence[Connection], fault: IO[bytes]) -> None:
    for pipe in pipes:
        pipe.close()
    if process.returncode is None:  # else it was ended when that was seen, and another may have its number by now
        process.end()
    fault.close()


def raised_error(raised: Raised) -> Exception:
    """The error as it would be raised here: of the class of that name where there is one."""
    ours = {one.__name__: one for one in (ComponentError, PluginError, UsageError)}
    found = ours.get(raised.name) or getattr(builtins, raised.name, None)
    if not (isinstance(found, type) and issubclass(found, Exception)):
        found = type(raised.name, (Exception,), {})
    try:
        error: Exception = found(raised.text)
    except TypeError:  # as a UnicodeDecodeError, which is made of five parts
        error = type(raised.name, (Exception,), {})(raised.text)
    error.add_note(raised.traceback)
    return error
