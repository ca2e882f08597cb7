"""Faults of trainers."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.protocols import Monitor
from harness.testing import FakeTrainer
from harness.testing import TrainerContract as Rules
from harness.types import Checkpoint, Remark, TrainRequest
from planted.sound import LooksAhead
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


class RemarksInWords(LooksAhead):
    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        return (one.text for one in super().check_data(request))  # type: ignore[misc]


class RemarksBlank(LooksAhead):
    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        return [*super().check_data(request), Remark(" ")]


class NeedsRowsHeldOut(LooksAhead):
    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        yield Remark(f"a held-out row stands for {len(request.train) / len(request.validation):.0f}")
        yield from super().check_data(request)


class RefusesWhatItTrains(LooksAhead):
    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        raise UsageError(f"{request.train[-1].source}: does not please")


class RefusesWithoutAPlace(LooksAhead):
    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        try:
            yield from super().check_data(request)
        except UsageError as error:
            raise UsageError("no user speaks first") from error


class NamesTheLineBelow(LooksAhead):
    """Counts the lines of a file with a heading."""

    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        for line, one in enumerate(request.train, 2):
            if not one.messages and one.source:
                raise UsageError(f"{one.source.file}:{line}: no user speaks first")
        return ()


class DiesOfNoMessages(LooksAhead):
    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        return [Remark(f"the first speaks as {row.messages[0].role}", "note") for row in request.train]


class SetsAnOptionWhereItLooks(LooksAhead):
    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        request.backend["seen"] = True  # type: ignore[index]
        return super().check_data(request)


class RemarksOnItsBuild(LooksAhead):
    builds = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.build = next(self.builds)

    def check_data(self, request: TrainRequest) -> Iterable[Remark]:
        return [Remark(f"build {self.build}", "note")]


ROWS: dict[str, Planted] = dict(
    [
        row("trainer", RepeatsAStep, Rules.test_it_reports_its_steps_in_their_order),
        row("trainer", LosesItsWay, Rules.test_every_loss_is_finite, and_more=True),
        row(
            "trainer",
            WritesOverTheModel,
            Rules.test_its_checkpoint_lies_in_its_folder_and_the_first_model_is_left_alone,
        ),
        row("trainer", LooksAhead),
        row("trainer", RemarksInWords, Rules.test_what_it_says_of_its_rows_is_remarks),
        row("trainer", RemarksBlank, Rules.test_what_it_says_of_its_rows_is_remarks),
        row(
            "trainer",
            NeedsRowsHeldOut,
            Rules.test_rows_that_it_trains_on_it_does_not_refuse,
        ),
        row("trainer", RefusesWhatItTrains, Rules.test_rows_that_it_trains_on_it_does_not_refuse, and_more=True),
        row("trainer", RefusesWithoutAPlace, Rules.test_a_row_that_it_refuses_is_named_by_a_usage_error),
        row("trainer", NamesTheLineBelow, Rules.test_a_row_that_it_refuses_is_named_by_a_usage_error),
        row("trainer", DiesOfNoMessages, Rules.test_a_row_that_it_refuses_is_named_by_a_usage_error),
        row("trainer", SetsAnOptionWhereItLooks, Rules.test_what_it_is_given_stays_as_it_was),
        row(
            "trainer",
            RemarksOnItsBuild,
            Rules.test_two_that_are_built_alike_do_the_same,
            Rules.test_training_again_in_its_folder_gives_the_same_checkpoint,
        ),
        row("trainer", GoesOn, Rules.test_it_ends_when_the_monitor_says_stop),
        row("trainer", StartsAfresh, Rules.test_training_again_in_its_folder_gives_the_same_checkpoint),
        row("trainer", TrainsAnother, Rules.test_two_that_are_built_alike_do_the_same, and_more=True),
        row("trainer", SetsAnOption, Rules.test_what_it_is_given_stays_as_it_was),
        row("trainer", KeepsAFunction, Rules.test_what_it_gives_can_go_to_another_process),
    ]
)
