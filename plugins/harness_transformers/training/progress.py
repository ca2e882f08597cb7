"""The course of a training: its curve, its best step, and when it ends."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from harness.errors import UsageError
from harness.protocols import Monitor
from harness.types import StepRecord


@dataclass
class Progress:
    """Reports each step, validates when it is due, keeps the best model and stops when it is no longer beaten.

    `validate` gives the loss on the validation set, None without one: then the last step is the best. `keep` saves the
    model of a step as the best so far.
    """

    monitor: Monitor
    steps: int
    evaluate_every: int
    patience: int
    validate: Callable[[], float] | None
    keep: Callable[[int], None]
    best_step: int | None = None
    best_loss: float | None = None
    misses: int = 0
    ended: bool = False
    stopped_early: bool = False
    evaluation_seconds: float = 0.0
    curve: list[StepRecord] = field(default_factory=list)

    def step(self, record: StepRecord) -> bool:
        """Take in a finished step; True when the training is to end. Raises UsageError on a loss that is no number."""
        if record.loss is None or not math.isfinite(record.loss):
            raise UsageError(
                f"training: the loss at step {record.step} is {record.loss}; try a tenth of the learning rate"
            )
        due = record.step % self.evaluate_every == 0 or record.step == self.steps
        if due:
            record = self._validated(record)
        stopped = self.monitor.step(record) == "stop"
        if stopped and not due:
            record = self._validated(record)
        self.curve.append(record)
        gave_up = self.validate is not None and self.misses >= self.patience
        self.ended = stopped or gave_up or record.step >= self.steps
        self.stopped_early = self.ended and record.step < self.steps
        if self.ended and self.validate is None:
            self._keep(record.step)
        return self.ended

    def _validated(self, record: StepRecord) -> StepRecord:
        """The record with its validation loss, after the model was kept where it is the best so far."""
        if self.validate is None:
            return record
        started = time.perf_counter()
        loss = self.validate()
        if not math.isfinite(loss):
            raise UsageError(
                f"training: the validation loss at step {record.step} is {loss}; try a lower learning rate"
            )
        if self.best_loss is None or loss < self.best_loss:
            self.best_loss, self.misses = loss, 0
            self._keep(record.step)
        else:
            self.misses += 1
        self.evaluation_seconds += time.perf_counter() - started
        return replace(record, validation_loss=loss)

    def _keep(self, step: int) -> None:
        self.keep(step)
        self.best_step = step

    def state(self) -> dict[str, Any]:
        """What a resumed training has to know, as JSON."""
        names = ("best_step", "best_loss", "misses", "ended", "stopped_early", "evaluation_seconds")
        return {name: getattr(self, name) for name in names} | {"curve": [asdict(record) for record in self.curve]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state`."""
        for name, value in state.items():
            setattr(self, name, value)
        self.curve = curve_of(state)


def curve_of(state: Mapping[str, Any]) -> list[StepRecord]:
    """The records of a stored state."""
    return [StepRecord(**record) for record in state["curve"]]
