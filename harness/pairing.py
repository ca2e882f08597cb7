"""Both sides of a metric: pair their statistics by case content, set aside what failed, estimate the difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from harness.hashing import content_hash
from harness.proportions import paired_shares
from harness.records import MetricRecord, MetricUse
from harness.statistics import REPLICATES, FloatArray, Interval, Paired, Values, jackknife, paired_bootstrap
from harness.verdicts import Measured, width

_SHARED_NEEDED = 0.99
_ERRORS_TOLERATED = 0.01


@dataclass(frozen=True)
class Side:
    """One evaluation's statistics of one metric: a row (k numbers) for each case content, NaN where there is none."""

    contents: Sequence[str]
    statistics: FloatArray

    def __post_init__(self) -> None:
        if len(set(self.contents)) != len(self.contents) or len(self.statistics) != len(self.contents):
            raise ValueError("a side needs each case content once, and one row of statistics for each")


@dataclass(frozen=True)
class MetricSides:
    """One metric of one suite on both sides. `value` is the metric's own function of the sums of its statistics.

    `cluster_of` may leave out cases that stand alone. `worst` has the statistics of an answer that never came, by case
    content; None where the metric has none. `incompatible` says why the sides must not be compared. `chance` is the
    value of guessing (1 / choices for accuracy).
    """

    use: MetricUse
    suite: str
    record: MetricRecord
    value: Callable[[Mapping[str, Any]], Any]
    baseline: Side
    candidate: Side
    cluster_of: Mapping[str, str]
    worst: Mapping[str, Sequence[float]] | None = None
    incompatible: str = ""
    chance: float | None = None


@dataclass(frozen=True)
class WholeSides:
    """The same for a metric that is no function of sums: its value on all `n` shared cases (None: not measured).

    The replicates hold its value with one group of `statistics.jackknife_groups` left out each, in the same order on
    both sides. `added` and `removed` cases are on one side only.
    """

    use: MetricUse
    suite: str
    record: MetricRecord
    baseline: float | None
    candidate: float | None
    baseline_replicates: Sequence[float]
    candidate_replicates: Sequence[float]
    n: int
    clusters: int
    baseline_errors: int = 0
    candidate_errors: int = 0
    added: int = 0
    removed: int = 0
    incompatible: str = ""
    chance: float | None = None


def measure(sides: MetricSides | WholeSides, replicates: int = REPLICATES) -> Measured:
    """The estimates of one metric with raw p-values, or the problem that stands in the way of them."""
    return _measure_whole(sides) if isinstance(sides, WholeSides) else _measure_sums(sides, replicates)


def _measure_sums(sides: MetricSides, replicates: int) -> Measured:
    rows = [dict(zip(side.contents, side.statistics, strict=True)) for side in (sides.baseline, sides.candidate)]
    shared = sorted(rows[0].keys() & rows[1].keys())
    failed = [np.array([not (side[c].size and np.isfinite(side[c]).all()) for c in shared], bool) for side in rows]
    cluster_of = [sides.cluster_of.get(content, content) for content in shared]
    measured = Measured(
        sides.suite,
        sides.use,
        sides.record,
        n=len(shared),
        clusters=len(set(cluster_of)),
        baseline_errors=int(failed[0].sum()),
        candidate_errors=int(failed[1].sum()),
        added=len(rows[1]) - len(shared),
        removed=len(rows[0]) - len(shared),
        chance=sides.chance,
    )
    worst = _worst_rows(sides, shared, failed[0] | failed[1])
    if problem := _problem(measured, sides.incompatible, has_worst=worst is not None):
        return replace(measured, problem=problem)
    values = _values(sides)
    baseline, candidate = (np.array([side[c] for c in shared], float) for side in rows)
    kept = ~(failed[0] | failed[1])
    seed = int(content_hash([sides.record.key, shared]), 16)
    # Numbered by their first case, so that neither names nor order reach the random numbers.
    number_of = {cluster: number for number, cluster in enumerate(dict.fromkeys(cluster_of))}
    clusters = np.array([number_of[cluster] for cluster in cluster_of])
    try:
        complete = _estimate(baseline[kept], candidate[kept], clusters[kept], values, sides.record, seed, replicates)
        if kept.all() or worst is None:
            return _checked(replace(measured, complete=complete[0], worst_case=complete[0], shares=complete[1]))
        baseline[failed[0]] = _best_row(values, baseline[kept], candidate[kept], sides.record.higher_is_better)
        candidate[failed[1]] = [worst[i] for i in np.flatnonzero(failed[1]).tolist()]
        worst_case = _estimate(baseline, candidate, clusters, values, sides.record, seed, replicates)
    except Exception as error:
        # A metric's own arithmetic: whatever it raises, the figure is missing and the reason is told.
        return _incomplete(measured, f"the metric's value failed: {type(error).__name__}: {error}")
    shares = complete[1] and worst_case[1]
    return _checked(replace(measured, complete=complete[0], worst_case=worst_case[0], shares=shares))


def _measure_whole(sides: WholeSides) -> Measured:
    measured = Measured(
        sides.suite,
        sides.use,
        sides.record,
        n=sides.n,
        clusters=sides.clusters,
        baseline_errors=sides.baseline_errors,
        candidate_errors=sides.candidate_errors,
        added=sides.added,
        removed=sides.removed,
        chance=sides.chance,
    )
    if problem := _problem(measured, sides.incompatible, has_worst=False):
        return replace(measured, problem=problem)
    if sides.baseline is None or sides.candidate is None:
        missing = "baseline" if sides.baseline is None else "candidate"
        return _incomplete(measured, f"the {missing} has no value of this metric")
    replicates = (sides.baseline_replicates, sides.candidate_replicates)
    paired = jackknife(sides.baseline, sides.candidate, *replicates, clusters=sides.clusters, scale=width(sides.record))
    return _checked(replace(measured, complete=paired, worst_case=paired))


def _problem(
    measured: Measured, incompatible: str, has_worst: bool
) -> tuple[Literal["incompatible", "incomplete"], str] | None:
    """Rows 1 and 2 of the table, as far as they need no estimate."""
    if incompatible:
        return "incompatible", incompatible
    n, largest = measured.n, measured.n + max(measured.added, measured.removed)
    if not largest:
        return "incomplete", "there are no cases"
    if n < _SHARED_NEEDED * largest:
        return "incompatible", f"only {n} of {largest} cases are on both sides, 99 % are needed"
    for side, errors in (("baseline", measured.baseline_errors), ("candidate", measured.candidate_errors)):
        if errors > _ERRORS_TOLERATED * n:
            return "incomplete", f"{errors} of {n} answers of the {side} are missing or failed, 1 % is tolerated"
        if errors and not has_worst:
            return "incomplete", f"{errors} of {n} answers of the {side} failed, and the metric has no worst score"
    return None


def _worst_rows(
    sides: MetricSides, shared: Sequence[str], failed: npt.NDArray[np.bool_]
) -> Mapping[int, Sequence[float]] | None:
    """The worst statistics of each failed case by its position; None where the metric does not know one of them."""
    rows = {i: (sides.worst or {}).get(shared[i]) for i in np.flatnonzero(failed).tolist()}
    known = {i: row for i, row in rows.items() if row is not None and np.isfinite(row).all()}
    return known if len(known) == len(rows) else None


def _best_row(values: Values, baseline: FloatArray, candidate: FloatArray, higher_is_better: bool) -> FloatArray:
    """The statistics of any answer seen that would do the baseline most good: no metric says what a perfect one is."""
    seen = np.unique(np.concatenate([baseline, candidate]), axis=0)
    reached = values(baseline.sum(axis=0) + seen)
    best: FloatArray = seen[np.nanargmax(reached if higher_is_better else -reached)]
    return best


def _values(sides: MetricSides) -> Values:
    """The metric's function of its sums, over rows of sums."""

    def values(sums: FloatArray) -> FloatArray:
        with np.errstate(all="ignore"):
            figures = sides.value({name: sums[:, i] for i, name in enumerate(sides.record.names)})
        return np.array(np.broadcast_to(np.asarray(figures, float), len(sums)))

    return values


def _estimate(
    baseline: FloatArray,
    candidate: FloatArray,
    clusters: npt.NDArray[np.int64],
    values: Values,
    record: MetricRecord,
    seed: int,
    replicates: int,
) -> tuple[Paired, bool]:
    """The estimate, and whether it is one of unclustered cases that are right or wrong: they have an exact test."""
    numbers, positions = np.unique(clusters, return_inverse=True)
    low, high = record.bounds
    if len(numbers) == len(clusters) and low is not None and high is not None:
        right = [_right(values, rows, (low, high)) for rows in (baseline, candidate)]
        if right[0] is not None and right[1] is not None:
            return paired_shares(right[0], right[1], (low, high)), True

    def summed(rows: FloatArray) -> FloatArray:
        sums = np.zeros((len(numbers), rows.shape[1]))
        np.add.at(sums, positions, rows)
        return sums

    scale = width(record)
    return paired_bootstrap(
        summed(baseline), summed(candidate), values, seed=seed, scale=scale, replicates=replicates
    ), False


def _right(values: Values, rows: FloatArray, bounds: Interval) -> npt.NDArray[np.bool_] | None:
    """Which cases are right, where the metric is the share of them: alone, each is at one of its bounds."""
    alone = values(rows)
    if not np.isin(alone, bounds).all():
        return None
    # Any figure can equal the mean over all cases by accident, but not over parts of them, too.
    parts = (slice(None), slice(None, None, 2), slice(None, None, 3))
    if not all(np.isclose(values(rows[part].sum(axis=0, keepdims=True))[0], alone[part].mean()) for part in parts):
        return None
    right: npt.NDArray[np.bool_] = alone == bounds[1]
    return right


def _checked(measured: Measured) -> Measured:
    """The estimates inside the metric's bounds, or the problem that one of them is no number."""
    estimates = [paired for paired in (measured.complete, measured.worst_case) if paired is not None]
    for paired in estimates:
        if not np.isfinite([paired.baseline, paired.candidate]).all():
            side = "candidate" if np.isfinite(paired.baseline) else "baseline"
            return _incomplete(measured, f"the value of the {side} is not a number")
        bounds = (paired.low, paired.high, paired.lower, paired.upper, paired.p_greater, paired.p_less)
        if not np.isfinite([*bounds, *paired.baseline_interval, *paired.candidate_interval]).all():
            return _incomplete(measured, "the value is not a number on part of the cases")
    complete, worst_case = (None if p is None else _within(p, measured.record) for p in estimates)
    return replace(measured, complete=complete, worst_case=worst_case)


def _incomplete(measured: Measured, reason: str) -> Measured:
    return replace(measured, complete=None, worst_case=None, problem=("incomplete", reason))


def _within(paired: Paired, record: MetricRecord) -> Paired:
    low, high = ((-np.inf, np.inf)[i] if bound is None else bound for i, bound in enumerate(record.bounds))
    most = high - low

    def clipped(interval: Interval, low: float, high: float) -> Interval:
        return max(low, interval[0]), min(high, interval[1])

    both, single = (clipped(pair, -most, most) for pair in ((paired.low, paired.high), (paired.lower, paired.upper)))
    return replace(
        paired,
        baseline_interval=clipped(paired.baseline_interval, low, high),
        candidate_interval=clipped(paired.candidate_interval, low, high),
        low=both[0],
        high=both[1],
        lower=single[0],
        upper=single[1],
    )
