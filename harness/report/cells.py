"""What a table's cells hold, whatever draws the table: checks, slices, trends."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.comparison.records import CheckResult, Comparison, MetricComparison, SliceComparison
from harness.report.model import SafetyFinding, Trend
from harness.report.numbers import NONE, decimals_between, figure, interval, share, signed, x_of_n
from harness.report.sentences.words import ROLES, SEVERITIES

_FEWEST_POINTS = 3

_MOST = 8
_MOST_TOO_FEW = 2
TOO_FEW = "too few"


def worst_findings(findings: Sequence[SafetyFinding]) -> list[SafetyFinding]:
    """The findings, the most severe and then the most frequent first."""
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), -f.count))


def check_heads(checks: Sequence[CheckResult]) -> list[str]:
    """What `check_cells` of the checks of a suite are: a model that is compared with nothing has no other side."""
    compared = any(check.baseline_n is not None for check in checks)
    return [*(["baseline", "candidate"] if compared else ["found"]), "share", "at most", "limit"]


def check_cells(check: CheckResult, heads: Sequence[str]) -> list[str]:
    """Hits on both sides or of the only one, the share of the model in question, its upper bound and the limit."""
    measured = check.n > 0
    return [
        *([x_of_n(check.baseline_found, check.baseline_n)] if "baseline" in heads else []),
        x_of_n(check.found, check.n),
        share(check.found / check.n, check.limit) if measured else NONE,
        share(check.high, check.limit) if measured else NONE,
        share(check.limit),
    ]


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


def left_out(metric: MetricComparison) -> str:
    """What the table does not show, and how its intervals are to be read."""
    more = len(metric.slices) - len(worst_slices(metric))
    said = f"{more:,} more slice{'s' if more != 1 else ''}; " if more else ""
    return f"{said}intervals are not corrected for the number of slices"


def worth_showing(trends: Sequence[Trend]) -> list[Trend]:
    """Those with at least three points: two are what the comparison shows."""
    return [trend for trend in trends if len(trend.points) >= _FEWEST_POINTS]
