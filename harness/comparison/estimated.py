"""One metric on both sides before any rule is applied, and what its figures say whichever way is better."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from harness.comparison.power import noise_floor
from harness.comparison.records import Against, MetricComparison
from harness.comparison.statistics.families import PerCase
from harness.comparison.statistics.paired import ALPHA, Paired
from harness.evaluation.records import MetricRecord
from harness.suites.records import MetricUse

_POINT, _CAP = 0.01, 0.10


@dataclass(frozen=True)
class Estimated:
    """One metric on both sides before any rule is applied; p-values are raw.

    `complete`: over the cases that both sides answered. `worst_case`: the candidate's errors at the metric's worst,
    the baseline's at its best; the same where nothing failed. Both are None where `problem` says why. `chance`: the
    value of guessing. `per_case`: which single cases got worse. The last three are those of `records.Sensitivity`.
    """

    suite: str
    use: MetricUse
    record: MetricRecord
    n: int = 0
    clusters: int = 0
    baseline_errors: int = 0
    candidate_errors: int = 0
    added: int = 0
    removed: int = 0
    chance: float | None = None
    against: Against = "baseline"
    per_case: PerCase | None = None
    discordance: float | None = None
    design_effect: float | None = None
    largest_cluster: float | None = None
    complete: Paired | None = None
    worst_case: Paired | None = None
    problem: tuple[Literal["incompatible", "incomplete"], str] | None = None


def width(record: MetricRecord) -> float | None:
    """The width of the metric's bounds; None where one is missing."""
    low, high = record.bounds
    return None if low is None or high is None else high - low


def gain_p(paired: Paired, record: MetricRecord) -> tuple[float, float]:
    """The one-sided p of a gain and of a loss."""
    return (paired.p_greater, paired.p_less) if record.higher_is_better else (paired.p_less, paired.p_greater)


def noisy(metric: MetricComparison, deviation: float) -> MetricComparison:
    """With the deviation of the value when one model is measured again, and a note where the bar is below that."""
    seen = replace(metric, sensitivity=replace(metric.sensitivity, noise=deviation))
    bar, floor = metric.floor if metric.margin is None else metric.margin, noise_floor(deviation)
    if bar is None or bar >= floor:
        return seen
    word = "floor" if metric.margin is None else "margin"
    return replace(seen, notes=(*seen.notes, f"the {word} {bar:.2g} is below the noise floor {floor:.2g}"))


def unjudged(estimated: Estimated, paired: Paired | None) -> MetricComparison:
    """All that is no verdict."""
    use, record = estimated.use, estimated.record
    metric = MetricComparison(
        suite=estimated.suite,
        metric=use.name,
        role=use.role,
        verdict="inconclusive",
        margin=use.margin,
        floor=use.floor,
        cap=use.cap,
        higher_is_better=record.higher_is_better,
        n=estimated.n,
        clusters=estimated.clusters,
        baseline_errors=estimated.baseline_errors,
        candidate_errors=estimated.candidate_errors,
        added=estimated.added,
        removed=estimated.removed,
        against=estimated.against,
        cases_worse=None if estimated.per_case is None else int((estimated.per_case.p_values <= ALPHA).sum()),
    )
    if paired is None:
        return metric
    scale = width(record) or abs(paired.baseline) or 1.0
    half_margin = math.inf if use.margin is None else use.margin / 2
    return replace(
        metric,
        floor=min(_POINT * scale, half_margin) if use.floor is None else use.floor,
        cap=_CAP * scale if use.cap is None else use.cap,
        baseline=paired.baseline,
        candidate=paired.candidate,
        baseline_interval=paired.baseline_bounds.interval,
        candidate_interval=paired.candidate_bounds.interval,
        difference=paired.difference,
        low=paired.low,
        high=paired.high,
        low95=paired.bounds.low95,
        high95=paired.bounds.high95,
        error=paired.error,
        test=paired.test,
        gain_low=paired.guarded[0] if record.higher_is_better else 0.0 - paired.guarded[1],
    )


def open_cap(metric: MetricComparison) -> bool:
    """Whether a loss of the cap is still possible."""
    return metric.cap is not None and metric.cap > 0 and open_loss(metric) >= metric.cap


def open_loss(metric: MetricComparison) -> float:
    """The largest loss that is not excluded; 0 where nothing was measured."""
    return 0.0 - (metric.gain_low or 0.0)


def gain(metric: MetricComparison) -> float:
    """The difference turned so that more is better; 0 where nothing was measured."""
    difference = metric.difference or 0.0
    return difference if metric.higher_is_better else 0.0 - difference


def gain_interval(metric: MetricComparison) -> tuple[float, float]:
    """The interval turned so that more is better; (0, 0) where nothing was measured."""
    low, high = metric.low or 0.0, metric.high or 0.0
    return (low, high) if metric.higher_is_better else (0.0 - high, 0.0 - low)
