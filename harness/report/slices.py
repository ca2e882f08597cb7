"""A metric on parts of the cases: where a loss comes from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from harness.comparison.records import Comparison, MetricComparison, SliceComparison
from harness.documents.visible import visible
from harness.report.figures import NONE, decimals_between, figure, interval, signed
from harness.report.text import plain, ruled_table
from harness.report.words import ROLES

_MOST = 8
_MOST_TOO_FEW = 2
TOO_FEW = "too few"


def sliced_metrics(comparison: Comparison, comparisons: Sequence[Comparison]) -> list[MetricComparison]:
    """The metrics whose slices are worth a table: the primary ones, against the anchor only where nothing else is."""
    shown_before = any(one.suite == comparison.suite and one.against == "baseline" for one in comparisons)
    if comparison.against == "anchor" and shown_before:
        return []
    return [metric for metric in comparison.metrics if metric.role == ROLES[0] and metric.slices]


def worst_slices(metric: MetricComparison) -> list[SliceComparison]:
    """At most eight slices, the largest loss first; last at most two of those that are too small for an interval."""
    sign = 1.0 if metric.higher_is_better else -1.0

    def place(one: SliceComparison) -> tuple[bool, float]:
        return one.low is None, math.inf if one.difference is None else sign * one.difference

    worst = sorted(metric.slices, key=place)
    telling = [one for one in worst if one.low is not None][:_MOST]
    return [*telling, *worst[len(telling) :][: min(_MOST_TOO_FEW, _MOST - len(telling))]]


def slice_cells(one: SliceComparison, level: float) -> list[str]:
    """Its name, size, both values and the difference with its interval, "too few" where it has none."""
    decimals = decimals_between(one.low, one.high)
    measured = one.baseline is not None and one.candidate is not None
    values = f"{figure(one.baseline, decimals)} → {figure(one.candidate, decimals)}" if measured else NONE
    spread = interval(one.low, one.high, decimals, level) or TOO_FEW
    return [
        f"{one.key}: {one.value}",
        f"{one.n:,}",
        values,
        f"{signed(one.difference, decimals)} {spread}" if measured else spread,
    ]


def slices(metrics: Sequence[MetricComparison]) -> RenderableType:
    """A table a metric, below each how many slices are left out."""
    return Group(*(part for metric in metrics for part in _of_metric(metric)))


def left_out(metric: MetricComparison) -> str:
    """What the table does not show, and how its intervals are to be read."""
    more = len(metric.slices) - len(worst_slices(metric))
    said = f"{more:,} more slice{'s' if more != 1 else ''}; " if more else ""
    return f"{said}intervals are not corrected for the number of slices"


def _of_metric(metric: MetricComparison) -> Iterator[RenderableType]:
    table = ruled_table()
    table.add_column(Text(f"{visible(metric.metric)} by slice"), overflow="fold")
    for head in ("n", "baseline → candidate", "difference"):
        table.add_column(head, justify="right", no_wrap=True)
    for one in worst_slices(metric):
        name, *cells = slice_cells(one, metric.level)
        table.add_row(plain(name), *cells, style="dim" if one.low is None else "")
    yield Text()
    yield table
    yield plain(left_out(metric), "dim")
