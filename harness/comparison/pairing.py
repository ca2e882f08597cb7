"""Both sides of a metric on the cases they share: set aside what failed, estimate the difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from harness.comparison.estimated import Estimated, width
from harness.comparison.estimation import estimate
from harness.comparison.power import design_effect_of, share_differing, share_of_largest
from harness.comparison.records import Against
from harness.comparison.statistics.jackknife import jackknife
from harness.comparison.statistics.paired import REPLICATES, FloatArray, Paired, Values
from harness.comparison.statistics.per_case import cases_worse
from harness.errors import describe
from harness.evaluation.records import MetricRecord
from harness.suites.records import MetricUse

_SHARED_NEEDED = 0.99
ERRORS_TOLERATED = 0.01


@dataclass(frozen=True)
class Pairs:
    """One metric's statistics (n × k, NaN where the answer failed) on the n cases that both sides share.

    Row i of both sides is the same case. Rows come in an order that depends on nothing but the cases' contents, and
    so does `seed`. `clusters` (n) numbers the clusters by their first row. `added` and `removed` cases are on the
    candidate's and the baseline's side only. `slices`: by key and value, which rows (n) are in the slice.
    """

    baseline: FloatArray
    candidate: FloatArray
    clusters: npt.NDArray[np.int64]
    seed: int
    added: int = 0
    removed: int = 0
    slices: Mapping[tuple[str, str], npt.NDArray[np.bool_]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.baseline)

    def failed(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Which rows failed, on the baseline's side and on the candidate's."""
        return _failed(self.baseline), _failed(self.candidate)


@dataclass(frozen=True)
class Unspelt:
    """Of the `replies` of one side to choices, those that are none of them, by row."""

    replies: int = 0
    texts: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MetricSides:
    """One metric of one suite on both sides. `value` is the metric's own function of the sums of its statistics.

    `worst` has the statistics of an answer that never came, by row, for rows that failed; None where the metric has
    none. `incompatible` says why the sides must not be compared. `chance` is the value of guessing (1 / choices for
    accuracy). `samples` answers were drawn for each case. `unspelt`: the baseline's and the candidate's replies that
    are none of the choices.
    """

    use: MetricUse
    suite: str
    record: MetricRecord
    value: Callable[[Mapping[str, Any]], Any]
    pairs: Pairs
    worst: Mapping[int, Sequence[float]] | None = None
    incompatible: str = ""
    chance: float | None = None
    against: Against = "baseline"
    samples: int = 1
    unspelt: tuple[Unspelt, Unspelt] = (Unspelt(), Unspelt())


@dataclass(frozen=True)
class WholeSides:
    """The same for a metric that is no function of sums: its value on all `n` shared cases (None: not measured).

    The replicates hold its value with one group of `statistics.jackknife_groups` left out each, in the same order on
    both sides. `added` and `removed` cases are on one side only. `spelt`: the same without the cases in which a reply
    is none of the choices, where these are many.
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
    against: Against = "baseline"
    unspelt: tuple[Unspelt, Unspelt] = (Unspelt(), Unspelt())
    spelt: WholeSides | None = None


def estimate_metric(sides: MetricSides | WholeSides, replicates: int = REPLICATES) -> Estimated:
    """The estimates of one metric with raw p-values, or the problem that stands in the way of them."""
    return _measure_whole(sides) if isinstance(sides, WholeSides) else _measure_sums(sides, replicates)


def _measure_sums(sides: MetricSides, replicates: int) -> Estimated:
    pairs = sides.pairs
    failed = pairs.failed()
    measured = Estimated(
        sides.suite,
        sides.use,
        sides.record,
        n=len(pairs),
        clusters=int(np.count_nonzero(np.bincount(pairs.clusters))),
        baseline_errors=int(failed[0].sum()),
        candidate_errors=int(failed[1].sum()),
        added=pairs.added,
        removed=pairs.removed,
        chance=sides.chance,
        against=sides.against,
    )
    worst = _worst_rows(sides, failed[0] | failed[1])
    if problem := _problem(measured, sides.incompatible, has_worst=worst is not None):
        return replace(measured, problem=problem)
    values = _values(sides)
    kept = ~(failed[0] | failed[1])

    def estimated(baseline: FloatArray, candidate: FloatArray, rows: npt.NDArray[np.bool_]) -> Paired:
        return estimate(
            baseline[rows],
            candidate[rows],
            pairs.clusters[rows],
            values,
            bounds=sides.record.bounds,
            seed=pairs.seed,
            replicates=replicates,
        )

    try:
        measured = _looked_into(measured, sides, kept, values)
        if sides.use.per_case and measured.per_case is None:
            return _incomplete(measured, "per_case needs scores that are 0 or 1 for each of several samples")
        complete = estimated(pairs.baseline, pairs.candidate, kept)
        if kept.all() or worst is None:
            return _checked(replace(measured, complete=complete, worst_case=complete))
        baseline, candidate = pairs.baseline.copy(), pairs.candidate.copy()
        baseline[failed[0]] = _best_row(values, baseline[kept], candidate[kept], sides.record.higher_is_better)
        for i in np.flatnonzero(failed[1]).tolist():
            candidate[i] = worst[i]
        worst_case = estimated(baseline, candidate, np.ones(len(pairs), bool))
    except Exception as error:
        # A metric's own arithmetic: whatever it raises, the figure is missing and the reason is told.
        return _incomplete(measured, f"the metric's value failed: {describe(error)}")
    return _checked(replace(measured, complete=complete, worst_case=worst_case))


def _measure_whole(sides: WholeSides) -> Estimated:
    measured = Estimated(
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
        against=sides.against,
    )
    if problem := _problem(measured, sides.incompatible, has_worst=False):
        return replace(measured, problem=problem)
    if sides.baseline is None or sides.candidate is None:
        where = _where(measured, sides.baseline is None, sides.candidate is None)
        return _incomplete(measured, f"the metric gave no value{where}")
    replicates = (sides.baseline_replicates, sides.candidate_replicates)
    paired = jackknife(sides.baseline, sides.candidate, *replicates, clusters=sides.clusters, scale=width(sides.record))
    return _checked(replace(measured, complete=paired, worst_case=paired))


def _problem(
    measured: Estimated, incompatible: str, has_worst: bool
) -> tuple[Literal["incompatible", "incomplete"], str] | None:
    """Rows 1 and 2 of the table, as far as they need no estimate."""
    if incompatible:
        return "incompatible", incompatible
    n, largest = measured.n, measured.n + max(measured.added, measured.removed)
    asked = "model" if measured.against == "nothing" else measured.against
    if not largest:
        return "incomplete", "there are no cases"
    if not n + measured.removed:
        return "incomplete", f"the {asked} was never asked what this metric reads"
    if n < _SHARED_NEEDED * largest:
        return "incompatible", f"only {n} of {largest} cases are on both sides, 99 % are needed"
    sides = [(_where(measured, False, True), measured.candidate_errors)]
    if measured.against != "nothing":
        sides.insert(0, (_where(measured, True, False), measured.baseline_errors))
    failed = [f"{errors} of {n} answers{where}" for where, errors in sides if errors > ERRORS_TOLERATED * n]
    if failed:
        return "incomplete", f"{' and '.join(failed)} are missing or failed, 1 % is tolerated"
    failed = [f"{errors} of {n} answers{where}" for where, errors in sides if errors]
    if failed and not has_worst:
        return "incomplete", f"{' and '.join(failed)} failed, and the metric has no worst score"
    return None


def _where(measured: Estimated, baseline: bool, candidate: bool) -> str:
    """Which sides it is, as a reason says it; what is compared with nothing has no sides."""
    if measured.against == "nothing":
        return ""
    sides = ((measured.against, baseline), ("candidate", candidate))
    return " of " + " and ".join(f"the {side}" for side, is_meant in sides if is_meant)


def _failed(rows: FloatArray) -> npt.NDArray[np.bool_]:
    """A row without any statistics failed, too."""
    if not rows.shape[1]:
        return np.ones(len(rows), bool)
    return np.logical_not(np.isfinite(rows).all(axis=1))


def _worst_rows(sides: MetricSides, failed: npt.NDArray[np.bool_]) -> Mapping[int, Sequence[float]] | None:
    """The worst statistics of each failed row; None where the metric does not know one of them."""
    rows = {i: (sides.worst or {}).get(i) for i in np.flatnonzero(failed).tolist()}
    known = {i: row for i, row in rows.items() if row is not None and np.isfinite(row).all()}
    return known if len(known) == len(rows) else None


def _looked_into(measured: Estimated, sides: MetricSides, kept: npt.NDArray[np.bool_], values: Values) -> Estimated:
    """With what the cases say one by one: how many differ, what clusters cost, which got worse by themselves."""
    pairs, record = sides.pairs, sides.record
    baseline, candidate, clusters = pairs.baseline[kept], pairs.candidate[kept], pairs.clusters[kept]
    alone = values(baseline), values(candidate)
    finite = np.isfinite(alone[0]) & np.isfinite(alone[1])
    before, after = alone[0][finite], alone[1][finite]
    return replace(
        measured,
        per_case=cases_worse(before, after, sides.samples, record.bounds, record.higher_is_better),
        discordance=share_differing(baseline, candidate),
        design_effect=design_effect_of(after - before, clusters[finite]),
        largest_cluster=share_of_largest(clusters),
    )


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


def _checked(measured: Estimated) -> Estimated:
    """The estimates inside the metric's bounds, or the problem that one of them is no number."""
    estimates = [paired for paired in (measured.complete, measured.worst_case) if paired is not None]
    for paired in estimates:
        missing = [not np.isfinite(figure) for figure in (paired.baseline, paired.candidate)]
        if any(missing):
            return _incomplete(measured, f"the value{_where(measured, *missing)} is not a number")
        bounds = (paired.baseline_bounds, paired.candidate_bounds, paired.bounds)
        ends = [end for one in bounds for end in (*one.interval, *one.interval95)]
        if not np.isfinite([*ends, *paired.guarded, paired.p_greater, paired.p_less, paired.error]).all():
            return _incomplete(measured, "the value is not a number on part of the cases")
    complete, worst_case = (None if p is None else _within(p, measured.record) for p in estimates)
    return replace(measured, complete=complete, worst_case=worst_case)


def _incomplete(measured: Estimated, reason: str) -> Estimated:
    return replace(measured, complete=None, worst_case=None, problem=("incomplete", reason))


def _within(paired: Paired, record: MetricRecord) -> Paired:
    low, high = ((-np.inf, np.inf)[i] if bound is None else bound for i, bound in enumerate(record.bounds))
    most = high - low
    return replace(
        paired,
        baseline_bounds=paired.baseline_bounds.within(low, high),
        candidate_bounds=paired.candidate_bounds.within(low, high),
        bounds=paired.bounds.within(-most, most),
        guarded=(max(paired.guarded[0], -most), min(paired.guarded[1], most)),
    )
