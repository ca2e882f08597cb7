"""Where the marks of a plot stand. Across in percent of its width, so that it fits a phone; down in pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from harness.comparison.records import MetricComparison, SliceComparison
from harness.report.model import TrainingSummary, Trend
from harness.report.numbers import bound, figure

_REACH = 47.0
_HEIGHT, _TOP, _BOTTOM = 220.0, 22.0, 12.0
_LEFT, _RIGHT = 9.0, 97.5  # the labels of the scale stand left of the first point
_MOST_POINTS = 400
_ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_TICK_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference with its interval, and the losses that are marked beside it; rows of one `axis` share a scale."""

    difference: float | None
    low: float | None
    high: float | None
    higher_is_better: bool
    margin: float | None = None
    floor: float | None = None
    axis: object = None


@dataclass(frozen=True, slots=True)
class ForestRow:
    """An interval in percent of the width: zero is at 50, better is right of it. `worst` and `best` label the ends."""

    low: float
    high: float
    estimate: float
    margin: float | None
    floor: float | None
    worst: str
    best: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a line; `low` and `high` are the ends of its interval where it has one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    named: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """`path` is drawn in a box of 100 by the chart's height; `marks` are its points where each is worth a dot.

    `ends` tells the first and the last value.
    """

    name: str
    ends: str
    path: str
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over one scale; `ticks` are labelled heights, `across` labels both ends, `chosen` is marked.

    A point of the first line is the mean of `averaged` values.
    """

    height: float
    ticks: tuple[tuple[float, str], ...]
    across: tuple[str, str]
    lines: tuple[Line, ...]
    chosen: float | None = None
    averaged: int = 1


def metric_forest(metrics: Sequence[MetricComparison]) -> dict[str, ForestRow]:
    """A row a metric by its name; those with one cap are counted in the same points, so they share a scale."""
    return forest({one.metric: _estimate(one, one.metric if one.cap is None else one.cap) for one in metrics})


def slice_forest(metric: MetricComparison, slices: Sequence[SliceComparison]) -> dict[str, ForestRow]:
    """All cases ("all") and each slice by its place, on one scale."""
    better = metric.higher_is_better
    parts = {str(place): Estimate(one.difference, one.low, one.high, better) for place, one in enumerate(slices)}
    return forest({"all": _estimate(metric, None), **parts})


def forest(estimates: Mapping[str, Estimate]) -> dict[str, ForestRow]:
    """The rows that have an interval; each axis reaches from zero equally far to both sides, to a round number."""
    farthest: dict[object, float] = {}
    for one in estimates.values():
        farthest[one.axis] = max(farthest.get(one.axis, 0.0), *_distances(one))
    rows = {name: _row(one, _rounded_up(farthest[one.axis])) for name, one in estimates.items()}
    return {name: row for name, row in rows.items() if row is not None}


def training_chart(summary: TrainingSummary) -> Chart | None:
    """Both losses over the steps, the chosen checkpoint marked; None where no loss was told."""
    train = _finite((record.step, record.loss) for record in summary.curve)
    validation = _finite((record.step, record.validation_loss) for record in summary.curve)
    if not train and not validation:
        return None
    steps = [step for step, _ in (*train, *validation)]
    first, last = min(steps), max(steps)
    averaged = math.ceil(len(train) / _MOST_POINTS)
    train, validation = _thinned(train, averaged), _thinned(validation, math.ceil(len(validation) / _MOST_POINTS))
    scale = _Scale.over([loss for _, loss in (*train, *validation)])

    def line(name: str, points: Sequence[_Point], dots: bool) -> Line:
        marks = [Mark(_across(step, first, last), scale.down(loss)) for step, loss in points]
        ends = f"{figure(points[0][1])} → {figure(points[-1][1])}"
        return Line(name, ends, _path(marks), tuple(marks) if dots or len(marks) == 1 else ())

    lines = [line("train", train, dots=False)] if train else []
    lines += [line("validation", validation, dots=len(validation) <= 40)] if validation else []
    chosen = _across(summary.checkpoint_step, first, last) if first <= summary.checkpoint_step <= last else None
    across = f"step {first:,.0f}", f"step {last:,.0f}"
    return Chart(_HEIGHT, scale.ticks(), across, tuple(lines), chosen, averaged)


def trend_chart(trend: Trend, names: Mapping[str, str]) -> Chart:
    """The values of a metric with their intervals, a point an evaluation; `names` tells which of them to mark."""
    points = [one for one in trend.points if math.isfinite(one.value)]
    reached = [end for one in points for end in (one.low, one.high, one.value) if math.isfinite(end)]
    scale = _Scale.over(reached or [0.0])
    marks = [
        Mark(
            _across(place, 0, len(points) - 1),
            scale.down(one.value),
            scale.down(one.low) if math.isfinite(one.low) else None,
            scale.down(one.high) if math.isfinite(one.high) else None,
            names.get(one.evaluation, ""),
        )
        for place, one in enumerate(points)
    ]
    ends = f"{figure(points[0].value)} → {figure(points[-1].value)}" if points else ""
    across = trend.points[0].at[:16], trend.points[-1].at[:16]
    return Chart(_HEIGHT, scale.ticks(), across, (Line(trend.metric, ends, _path(marks), tuple(marks)),))


# --- scales ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    @classmethod
    def over(cls, values: Sequence[float]) -> _Scale:
        low, high = min(values), max(values)
        room = (high - low) * 0.04 or abs(high) * 0.05 or 1.0
        return cls(low - room, high + room)

    def down(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 2)

    def ticks(self) -> tuple[tuple[float, str], ...]:
        step = _up_to((self.high - self.low) / 4, _TICK_STEPS)
        first = math.ceil(self.low / step)
        values = [(first + place) * step for place in range(6) if (first + place) * step <= self.high]
        decimals = max(0, -math.floor(math.log10(step)) + (f"{step:.1e}"[2] != "0"))
        return tuple((self.down(value), figure(value, decimals)) for value in values)


def _up_to(value: float, steps: Sequence[float]) -> float:
    """The first of `steps` times a power of ten that is not below the value."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in steps if step * power >= value * (1 - 1e-9))


def _rounded_up(value: float) -> float:
    return _up_to(value, _ROUND) if value > 0 else 1.0


def _across(value: float, first: float, last: float) -> float:
    if last <= first:
        return (_LEFT + _RIGHT) / 2
    return round(_LEFT + (value - first) / (last - first) * (_RIGHT - _LEFT), 3)


# --- rows and paths ----------------------------------------------------------------------------------


def _estimate(metric: MetricComparison, axis: object) -> Estimate:
    figures = metric.difference, metric.low, metric.high
    return Estimate(*figures, metric.higher_is_better, metric.margin, metric.floor, axis)


def _distances(one: Estimate) -> list[float]:
    values = (one.low, one.high, one.difference, one.margin, one.floor)
    return [abs(value) for value in values if value is not None and math.isfinite(value)] or [0.0]


def _row(one: Estimate, reach: float) -> ForestRow | None:
    if one.low is None or one.high is None or one.difference is None:
        return None
    if not all(map(math.isfinite, (one.low, one.high, one.difference))):
        return None
    sign = 1.0 if one.higher_is_better else -1.0
    low, high = sorted((_place(sign * one.low, reach), _place(sign * one.high, reach)))
    ends = f"−{bound(reach)}", f"+{bound(reach)}"
    worst, best = ends if one.higher_is_better else ends[::-1]
    return ForestRow(
        low,
        high,
        _place(sign * one.difference, reach),
        _place(-one.margin, reach) if one.margin else None,
        _place(-one.floor, reach) if one.floor else None,
        worst,
        best,
    )


def _place(gain: float, reach: float) -> float:
    return round(50 + gain / reach * _REACH, 2)


def _finite(values: Iterable[tuple[int, float | None]]) -> list[_Point]:
    return [(step, value) for step, value in values if value is not None and math.isfinite(value)]


def _thinned(points: list[_Point], size: int) -> list[_Point]:
    """The means of `size` points each, so that a long curve stays a small drawing."""
    if size <= 1:
        return points
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return [(sum(x for x, _ in group) / len(group), sum(y for _, y in group) / len(group)) for group in groups]


def _path(marks: Sequence[Mark]) -> str:
    return "M" + "L".join(f"{mark.x:g},{mark.y:g}" for mark in marks) if marks else ""
