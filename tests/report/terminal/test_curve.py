from __future__ import annotations

from rich.console import Console

from harness.report.model import TrainingSummary
from harness.report.terminal.curve import column_of, columnwise, sparkline, training
from harness.types import StepRecord


def lines(summary: TrainingSummary, width: int = 78) -> list[str]:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(training(summary, width))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_sparkline_spans_its_scale() -> None:
    assert sparkline([3.0, 2.0, None, 1.0], 1.0, 3.0) == "█▅ ▁"


def test_sparkline_of_equal_values_is_flat() -> None:
    assert sparkline([2.0, 2.0], 2.0, 2.0) == "▄▄"


def test_columns_average_their_points_and_hold_the_last_one() -> None:
    assert columnwise([(11, 4.0), (30, 2.0), (31, 3.0)], 1, 41, 5) == [None, 4.0, 4.0, 2.5, 2.5]


def test_first_and_last_step_are_at_the_ends() -> None:
    assert [column_of(step, 10, 60, 21) for step in (10, 35, 60, 99)] == [0, 10, 20, 20]
    assert column_of(7, 7, 7, 21) == 0


def test_the_arrow_is_below_the_chosen_step() -> None:
    curve = tuple(StepRecord(step, 40, loss=3 - step / 40) for step in range(41))
    summary = TrainingSummary("sft", (*curve, StepRecord(20, 40, validation_loss=2.5)), 20, 40, stopped_early=True)
    head, train, validation, mark = lines(summary, 100)
    assert head == "sft · 40 steps, stopped early"
    assert train.startswith("train       3.00 █")
    assert train.endswith("▁ 2.00")
    assert mark == " " * mark.index("▲") + "▲ step 20 of 40 chosen, validation loss 2.50"
    assert validation.index("▅") == mark.index("▲")


def test_the_words_go_left_of_an_arrow_near_the_right_edge() -> None:
    curve = tuple(StepRecord(step, 60, loss=1.0 + step) for step in range(1, 61))
    mark = lines(TrainingSummary("sft", curve, checkpoint_step=60, steps=60), 60)[-1]
    assert mark.endswith("step 60 of 60 chosen ▲")


def test_losses_that_are_not_finite_leave_the_curve() -> None:
    curve = (StepRecord(1, 3, loss=2.0), StepRecord(2, 3, loss=float("nan")), StepRecord(3, 3, loss=1.0))
    assert lines(TrainingSummary("sft", curve, checkpoint_step=3, steps=3))[1] == "train       2.00 █▁ 1.00"


def test_a_training_without_losses_still_says_what_ran() -> None:
    assert lines(TrainingSummary("sft", (), checkpoint_step=3, steps=3, reused=True)) == [
        "sft · 3 steps · reused: recipe and data are unchanged"
    ]
