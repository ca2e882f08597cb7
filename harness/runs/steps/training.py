"""A checkpoint for a recipe: found in the store when nothing changed, else trained, from where it stopped."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from harness.data.prepare import Prepared
from harness.errors import PluginError, UsageError
from harness.host.blame import fitting, label
from harness.protocols import Signal
from harness.runs.assembly.build import identify_model
from harness.runs.assembly.built import BuiltModel, BuiltRecipe
from harness.runs.assembly.refusals import check_prompts, check_rows
from harness.runs.session import Advance, Session
from harness.runs.steps.evaluating import unanswered_suites
from harness.types import Checkpoint, StepRecord, TrainRequest
from harness.types.hashing import content_hash

_log = logging.getLogger("harness")


def train_model(session: Session, built: BuiltRecipe, data: Prepared) -> tuple[Checkpoint, BuiltModel]:
    """The checkpoint of this trainer, model, data and seed, with its identity."""
    key = training_key(built, data)
    found = session.store.training(key)
    if found is None or not _is_there(found):
        with _locked(session, key):
            found = session.store.training(key)
            if found is None or not _is_there(found):
                found = _train(session, built, data, key)
    else:
        _log.info("training is unchanged: reusing the checkpoint of step %d", found.step)
        check_prompts(built.model, unanswered_suites(session.store, built.model, built.suites))
    session.journal.training_used(session.run, key)
    with checkpoint_at_fault(built):
        return found, identify_model(built.model.backend, found.model)


@contextmanager
def checkpoint_at_fault(built: BuiltRecipe) -> Iterator[None]:
    """What is refused of the model that a training left is no fault of the user's input: a PluginError says whose."""
    try:
        yield
    except UsageError as error:
        trainer = label(built.trainer, "trainer")
        raise PluginError(f"{trainer}: its checkpoint cannot be evaluated: {error}") from error


def training_key(built: BuiltRecipe, data: Prepared) -> str:
    """What makes a training the same: trainer with options and code, base model with its numerics, data and seed."""
    model = built.model
    content = [
        built.trainer.key,
        model.identity.fingerprint,
        model.identity.numerics,
        data.fingerprint,
        built.recipe.seed,
    ]
    return content_hash(content)


def _train(session: Session, built: BuiltRecipe, data: Prepared, key: str) -> Checkpoint:
    _look_first(session, built, data)
    folder = session.store.home / "trainings" / key
    folder.mkdir(parents=True, exist_ok=True)
    request = TrainRequest(
        model=built.model.reference,
        train=data.train,
        validation=data.validation,
        folder=folder,
        backend=built.model.backend.options,
        seed=built.recipe.seed,
        threads=session.thread_count(built.model),
    )
    with session.timed("train"), ExitStack() as stack, session.at_work(built.trainer, "trainer", "train"):
        checkpoint: Checkpoint = built.trainer.instance.train(request, _Progress(session, stack))
        fitting(checkpoint, Checkpoint)
        if not _is_there(checkpoint):
            raise FileNotFoundError(f"returned the checkpoint {checkpoint.model}, which does not exist")
    session.journal.training(session.run, key, checkpoint)
    session.store.ingest()
    return checkpoint


def _look_first(session: Session, built: BuiltRecipe, data: Prepared) -> None:
    """UsageError where something would be refused that the training is for, before it costs anything."""
    with session.timed("prepare"), session.stage("check prompts and rows"):
        check_prompts(built.model, built.suites)
        with session.at_work(built.trainer, "trainer", "check_data"):
            remarks = check_rows(built, data)
    for remark in remarks:
        if remark.level == "warning":
            session.warn(f"{built.trainer.use}: {remark.text}")


class _Progress:
    """The monitor of a training: shows a bar as soon as the number of steps is known."""

    def __init__(self, session: Session, stack: ExitStack) -> None:
        self._session, self._stack = session, stack
        self._advance: Advance | None = None
        self._step = 0

    def step(self, record: StepRecord) -> Signal:
        fitting(record, StepRecord)
        if self._advance is None:
            self._advance = self._stack.enter_context(self._session.stage("train", total=record.of))
        note = "" if record.loss is None else f"loss {record.loss:.2f}"
        self._advance(max(record.step - self._step, 0), note)
        self._step = max(record.step, self._step)
        return "continue"


def _is_there(checkpoint: Checkpoint) -> bool:
    """A checkpoint whose folder someone deleted has to be trained again."""
    place = checkpoint.model.adapter or checkpoint.model.reference
    return not Path(place).is_absolute() or Path(place).exists()


@contextmanager
def _locked(session: Session, key: str) -> Iterator[None]:
    """One process trains a key; another waits for it and then finds the result."""
    folder = session.store.home / "trainings"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{key}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _log.info("another process trains the same: waiting for it")
        lock.acquire(timeout=-1)
    try:
        yield
    finally:
        lock.release()
