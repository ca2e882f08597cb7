"""Estimators: paired differences of any figure, with interval and one-sided p, and families of tests."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri, stdtr, stdtrit

FloatArray: TypeAlias = npt.NDArray[np.float64]
Interval: TypeAlias = tuple[float, float]
Values: TypeAlias = Callable[[FloatArray], FloatArray]
"""Sums of statistics (m × k) to one figure a row (m)."""

ALPHA = 0.05
REPLICATES = 10_000
FEW = 5
"""Fewer clusters than this, or fewer that differ, hold too little to resample."""
MOST_CLUSTERS = 20_000
MOST_GROUPS = 20
_CHUNK_WEIGHTS = 1_000_000
_UNDEFINED_TOLERATED = 0.01


@dataclass(frozen=True, slots=True)
class Paired:
    """Candidate against baseline in the metric's units, before anything is said about which direction is better.

    `low`, `high`: two-sided 95 % interval of the difference. `lower`, `upper`: one-sided 95 % bounds. `p_greater`,
    `p_less`: one-sided and unadjusted; a small one says that the candidate's value is greater (less). `test` names
    the estimator.
    """

    baseline: float
    candidate: float
    baseline_interval: Interval
    candidate_interval: Interval
    low: float
    high: float
    lower: float
    upper: float
    p_greater: float
    p_less: float
    test: str = ""

    @property
    def difference(self) -> float:
        return self.candidate - self.baseline

    def swapped(self) -> Paired:
        """The same comparison with the sides exchanged."""
        return Paired(
            baseline=self.candidate,
            candidate=self.baseline,
            baseline_interval=self.candidate_interval,
            candidate_interval=self.baseline_interval,
            low=0.0 - self.high,
            high=0.0 - self.low,
            lower=0.0 - self.upper,
            upper=0.0 - self.lower,
            p_greater=self.p_less,
            p_less=self.p_greater,
            test=self.test,
        )


# --- paired estimators -------------------------------------------------------------------------------


def paired_bootstrap(
    baseline: FloatArray,
    candidate: FloatArray,
    values: Values,
    *,
    seed: int,
    scale: float | None = None,
    replicates: int = REPLICATES,
    chunk: int | None = None,
) -> Paired:
    """The difference of two figures from the sums of each cluster (clusters × statistics, the same clusters twice).

    Percentile interval and centred p = (1 + k) / (1 + B), both moved from z to t with clusters − 1 degrees of freedom
    (Hesterberg 2015, "expanded percentile"): the plain ones are too bold for few clusters. No p is below 2^−m for m
    differing clusters, the least that flipping their signs could give; where m < 5 the interval is widened by the
    bound that holds without any difference, z² / (clusters + z²) of `scale` (the width of the metric's bounds; None:
    the larger figure). Bounds are NaN where over 1 % of the resamples have no finite figure.
    """
    # One orientation is computed and the other derived from it, so that swapping the sides flips every sign exactly.
    if candidate.tobytes() < baseline.tobytes():
        turned = paired_bootstrap(
            candidate, baseline, values, seed=seed, scale=scale, replicates=replicates, chunk=chunk
        )
        return turned.swapped()
    clusters = len(baseline)
    differing = int(np.any(baseline != candidate, axis=1).sum())
    first, second = (float(values(rows.sum(axis=0, keepdims=True))[0]) for rows in (baseline, candidate))
    width = scale or max(abs(first), abs(second)) or 1.0
    figures = _resampled(_blocks(baseline), _blocks(candidate), values, seed, replicates, chunk)
    difference, drawn = second - first, figures[1] - figures[0]
    few = differing < FEW
    low, high = _percentiles(drawn, difference, clusters, ALPHA / 2, width, few)
    lower, upper = _percentiles(drawn, difference, clusters, ALPHA, width, few)
    p_greater, p_less = (_centred_p(sign * drawn, sign * difference, clusters, differing) for sign in (1, -1))
    return Paired(
        first,
        second,
        _percentiles(figures[0], first, clusters, ALPHA / 2, width, bool(np.ptp(figures[0]) == 0)),
        _percentiles(figures[1], second, clusters, ALPHA / 2, width, bool(np.ptp(figures[1]) == 0)),
        *agreeing(low, high, p_greater, p_less),
        *agreeing(lower, upper, p_greater, p_less),
        p_greater,
        p_less,
        "paired bootstrap",
    )


def jackknife(
    baseline: float,
    candidate: float,
    baseline_replicates: Sequence[float],
    candidate_replicates: Sequence[float],
    *,
    clusters: int,
    scale: float | None = None,
) -> Paired:
    """The difference of two figures that are no function of sums, from the figures with one group left out each.

    se² = (G − 1) / G · Σ (d₋g − mean)², t with G − 1 degrees of freedom (Efron & Tibshirani 1993, chapter 11). Where
    leaving out groups changes nothing there is no evidence of a difference: p is 1 and the interval that of all ties
    over `clusters` (see `paired_bootstrap`).
    """
    first, second = _defined(baseline_replicates), _defined(candidate_replicates)
    groups, difference = len(first), candidate - baseline
    width = scale or max(abs(baseline), abs(candidate)) or 1.0
    error = _jackknife_error(second - first)

    def interval(centre: float, error: float, tail: float) -> Interval:
        half = _ties_bound(clusters, tail) * width if error == 0 else -float(stdtrit(groups - 1, tail)) * error
        return centre - half, centre + half

    return Paired(
        baseline,
        candidate,
        interval(baseline, _jackknife_error(first), ALPHA / 2),
        interval(candidate, _jackknife_error(second), ALPHA / 2),
        *interval(difference, error, ALPHA / 2),
        *interval(difference, error, ALPHA),
        p_greater=1.0 if error == 0 else float(stdtr(groups - 1, -difference / error)),
        p_less=1.0 if error == 0 else float(stdtr(groups - 1, difference / error)),
        test="jackknife",
    )


def jackknife_groups(contents: Sequence[str], cluster_of: Mapping[str, str]) -> tuple[frozenset[str], ...]:
    """The case contents to leave out, one set a replicate: whole clusters in at most 20 groups of about equal size."""
    members: dict[str, list[str]] = {}
    for content in sorted(contents):
        members.setdefault(cluster_of.get(content, content), []).append(content)
    groups: list[list[str]] = [[] for _ in range(min(len(members), MOST_GROUPS))]
    for cluster in sorted(members.values(), key=lambda cluster: (-len(cluster), cluster[0])):
        min(groups, key=len).extend(cluster)
    return tuple(frozenset(group) for group in groups)


# --- families ----------------------------------------------------------------------------------------


def holm(p_values: Sequence[float], m: int | None = None) -> tuple[float, ...]:
    """Holm's step-down p-values in the order given; `m` counts tests of the family that have no p, too."""
    size = len(p_values) if m is None else m
    adjusted, running = [1.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        running = max(running, min(1.0, (size - rank) * p_values[index]))
        adjusted[index] = running
    return tuple(adjusted)


def agreeing(low: float, high: float, p_greater: float, p_less: float) -> Interval:
    """The interval, widened to zero on the side where the test finds nothing."""
    return (min(low, 0.0) if p_greater > ALPHA else low), (max(high, 0.0) if p_less > ALPHA else high)


# --- parts of the estimators -------------------------------------------------------------------------


def _blocks(rows: FloatArray) -> FloatArray:
    """At most 20,000 rows: more are summed into blocks, which leaves smooth figures their distribution."""
    if len(rows) <= MOST_CLUSTERS:
        return rows
    blocks = np.zeros((MOST_CLUSTERS, rows.shape[1]))
    np.add.at(blocks, np.arange(len(rows)) % MOST_CLUSTERS, rows)
    return blocks


def _resampled(
    baseline: FloatArray, candidate: FloatArray, values: Values, seed: int, replicates: int, chunk: int | None
) -> tuple[FloatArray, FloatArray]:
    """Both figures on the same resamples of the rows; the weights of a chunk are all that is ever held."""
    clusters = len(baseline)
    rows_a_chunk = chunk or max(1, _CHUNK_WEIGHTS // clusters)
    generator = np.random.default_rng(seed)
    figures = np.empty(replicates), np.empty(replicates)
    for start in range(0, replicates, rows_a_chunk):
        size = min(rows_a_chunk, replicates - start)
        drawn = generator.integers(clusters, size=(size, clusters)) + np.arange(size)[:, None] * clusters
        weights = np.bincount(drawn.ravel(), minlength=size * clusters).reshape(size, clusters).astype(np.float64)
        figures[0][start : start + size] = values(weights @ baseline)
        figures[1][start : start + size] = values(weights @ candidate)
    return _defined(figures[0]), _defined(figures[1])


def _defined(figures: npt.ArrayLike) -> FloatArray:
    """NaN for infinities, too: the difference of two would warn."""
    array = np.asarray(figures, float)
    return np.where(np.isfinite(array), array, np.nan)


def _percentiles(drawn: FloatArray, centre: float, clusters: int, tail: float, width: float, widened: bool) -> Interval:
    """The expanded percentile interval with `tail` on each side."""
    finite = drawn[np.isfinite(drawn)]
    if len(finite) < (1 - _UNDEFINED_TOLERATED) * len(drawn):
        return math.nan, math.nan
    freedom = max(clusters - 1, 1)
    level = float(ndtr(stdtrit(freedom, tail) * math.sqrt(clusters / freedom)))
    low, high = (float(bound) for bound in np.quantile(finite, (level, 1 - level)))
    if not widened:
        return low, high
    half = _ties_bound(clusters, tail) * width
    return min(low, centre - half), max(high, centre + half)


def _centred_p(drawn: FloatArray, difference: float, clusters: int, differing: int) -> float:
    """One-sided p that the difference is above zero; a resample without a finite figure counts against it."""
    # Equal sums in another order differ in the last digits: without the tolerance ties would count as evidence.
    reached = drawn - difference >= difference - 1e-12 * max(1.0, abs(difference))
    p = (1 + int(np.count_nonzero(reached | ~np.isfinite(drawn)))) / (1 + len(drawn))
    freedom = max(clusters - 1, 1)
    return max(float(stdtr(freedom, ndtri(p) * math.sqrt(freedom / clusters))), 2.0**-differing)


def _ties_bound(clusters: int, tail: float) -> float:
    z = float(ndtri(tail))
    return z * z / (clusters + z * z)


def _jackknife_error(replicates: FloatArray) -> float:
    """The standard error from figures with one group left out; 0 for fewer than two groups, NaN without a figure."""
    groups = len(replicates)
    if not np.isfinite(replicates).all():
        return math.nan
    # Rounding alone is no spread: divided by it, any difference would be certain.
    if groups < 2 or np.ptp(replicates) <= 1e-12 * max(1.0, float(np.abs(replicates).max())):
        return 0.0
    return math.sqrt((groups - 1) / groups * float(((replicates - replicates.mean()) ** 2).sum()))
