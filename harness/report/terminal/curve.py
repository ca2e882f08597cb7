"""The training curve as two sparklines on one scale, with the step of the chosen checkpoint marked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from rich.console import Group, RenderableType
from rich.text import Text

from harness.report.model import TrainingSummary
from harness.report.numbers import duration, figure
from harness.report.sentences import lines as sentences
from harness.report.terminal.text import plain
from harness.types import StepRecord

_BLOCKS = "▁▂▃▄▅▆▇█"
_LABEL = 12
_MOST_COLUMNS = 60
Point: TypeAlias = tuple[int, float]


def training(summary: TrainingSummary, width: int) -> RenderableType:
    """What was trained and how fast, then the losses with their first and last value."""
    train = _points([(record.step, record.loss) for record in summary.curve])
    validation = _points([(record.step, record.validation_loss) for record in summary.curve])
    lines: list[RenderableType] = [_head(summary)]
    if not train and not validation:
        return Group(*lines)
    ends = [figure(points[0][1]) for points in (train, validation) if points]
    left = _LABEL + max(map(len, ends)) + 1
    columns = min(_MOST_COLUMNS, width - left - 10, max(len(train), len(validation), 2))
    first, last = _span(summary.curve)
    losses = [loss for _, loss in (*train, *validation)]
    for label, points, style in (("train", train, "cyan"), ("validation", validation, "magenta")):
        if points:
            held = columnwise(points, first, last, columns)
            spark = sparkline(held, min(losses), max(losses))
            start = f"{label:<{_LABEL}}{figure(points[0][1]):>{left - _LABEL - 1}} "
            lines.append(Text.assemble(start, (spark.ljust(columns), style), f" {figure(points[-1][1])}"))
    lines.append(_mark(summary, validation, left + column_of(summary.checkpoint_step, first, last, columns), width))
    return Group(*lines)


def sparkline(values: Sequence[float | None], low: float, high: float) -> str:
    """One block a value, the lowest for `low`, the highest for `high`; a blank where there is none."""
    span = high - low
    top = len(_BLOCKS) - 1
    return "".join(
        " " if value is None else _BLOCKS[round((value - low) / span * top) if span > 0 else top // 2]
        for value in values
    )


def columnwise(points: Sequence[Point], first: int, last: int, columns: int) -> list[float | None]:
    """The mean of the points of each column; a column without one holds the value before it, None before the first."""
    found: list[list[float]] = [[] for _ in range(columns)]
    for step, value in points:
        found[column_of(step, first, last, columns)].append(value)
    held: list[float | None] = []
    for values in found:
        held.append(sum(values) / len(values) if values else held[-1] if held else None)
    return held


def column_of(step: int, first: int, last: int, columns: int) -> int:
    """The column of a step, the first step in the first and the last in the last."""
    if last <= first:
        return 0
    return min(columns - 1, max(0, round((step - first) / (last - first) * (columns - 1))))


def _head(summary: TrainingSummary) -> Text:
    ended = ", stopped early" if summary.stopped_early else ""
    speed = f"{figure(summary.tokens_per_second)} tokens a second" if summary.tokens_per_second else ""
    parts = [
        summary.trainer,
        f"{summary.steps:,} step{'s' if summary.steps != 1 else ''}{ended}",
        duration(summary.seconds) if summary.seconds is not None else "",
        speed,
        "reused: recipe and data are unchanged" if summary.reused else "",
        sentences.rows_used(summary),
    ]
    return plain(" · ".join(part for part in parts if part))


def _mark(summary: TrainingSummary, validation: Sequence[Point], column: int, width: int) -> Text:
    """An arrow below the chosen step, with its words on the side where there is room."""
    at_step = dict(validation).get(summary.checkpoint_step)
    loss = f", validation loss {figure(at_step)}" if at_step is not None else ""
    words = f"step {summary.checkpoint_step:,} of {summary.steps:,} chosen{loss}"
    if column + 2 + len(words) <= width:
        return Text.assemble(" " * column, ("▲", "bold"), f" {words}")
    return Text.assemble(" " * max(0, column - 1 - len(words)), words, " ", ("▲", "bold"))


def _points(values: Sequence[tuple[int, float | None]]) -> list[Point]:
    return [(step, value) for step, value in values if value is not None and math.isfinite(value)]


def _span(curve: Sequence[StepRecord]) -> tuple[int, int]:
    steps = [record.step for record in curve]
    return min(steps), max(steps)
