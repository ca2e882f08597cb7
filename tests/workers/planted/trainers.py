"""Faults of trainers."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.protocols import Monitor
from harness.testing import FakeTrainer
from harness.testing import TrainerContract as Rules
from harness.types import Checkpoint, TrainRequest
from planted.table import Planted, row


class RepeatsAStep(FakeTrainer):
    def train(self, request: TrainRequest, monitor: Monitor) -> Checkpoint:
        checkpoint = super().train(request, monitor)
        if not checkpoint.stopped_early:
            monitor.step(checkpoint.curve[-1])
        return checkpoint


class LosesItsWay(FakeTrainer):
    def train(self, request: TrainRequest, monitor: Monitor) -> Checkpoint:
        checkpoint = super().train(request, monitor)
        return replace(checkpoint, curve=(replace(checkpoint.curve[0], validation_loss=math.nan),))


class WritesOverTheModel(FakeTrainer):
    def train(self, request: TrainRequest, monitor: Monitor) -> Checkpoint:
        file = Path(request.model.reference)
        file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "seconds": 0.001}), "utf-8")
        return super().train(request, monitor)


class GoesOn(FakeTrainer):
    def train(self, request: TrainRequest, monitor: Monitor) -> Checkpoint:
        class Deaf:
            def step(self, record: Any) -> Any:
                monitor.step(record)
                return "continue"

        return super().train(request, Deaf())


class StartsAfresh(FakeTrainer):
    """Each training makes a folder of its own beside the last one."""

    def train(self, request: TrainRequest, monitor: Monitor) -> Checkpoint:
        folder = request.folder / str(len(list(request.folder.iterdir())))
        folder.mkdir()
        return super().train(replace(request, folder=folder), monitor)


class TrainsAnother(FakeTrainer):
    """Each that is built has a step more."""

    numbers = itertools.count(2)

    def __init__(self) -> None:
        super().__init__(steps=next(self.numbers))


class SetsAnOption(FakeTrainer):
    def train(self, request: TrainRequest, monitor: Monitor) -> Checkpoint:
        request.backend["seen"] = True  # type: ignore[index]
        return super().train(request, monitor)


class KeepsAFunction(FakeTrainer):
    def train(self, request: TrainRequest, monitor: Monitor) -> Checkpoint:
        return replace(super().train(request, monitor), facts={"of": lambda: None})


ROWS: dict[str, Planted] = dict(
    [
        row("trainer", RepeatsAStep, Rules.test_it_reports_its_steps_in_their_order),
        row("trainer", LosesItsWay, Rules.test_every_loss_is_finite, and_more=True),
        row(
            "trainer",
            WritesOverTheModel,
            Rules.test_its_checkpoint_lies_in_its_folder_and_the_first_model_is_left_alone,
        ),
        row("trainer", GoesOn, Rules.test_it_ends_when_the_monitor_says_stop),
        row("trainer", StartsAfresh, Rules.test_training_again_in_its_folder_gives_the_same_checkpoint),
        row("trainer", TrainsAnother, Rules.test_two_that_are_built_alike_do_the_same, and_more=True),
        row("trainer", SetsAnOption, Rules.test_what_it_is_given_stays_as_it_was),
        row("trainer", KeepsAFunction, Rules.test_what_it_gives_can_go_to_another_process),
    ]
)
