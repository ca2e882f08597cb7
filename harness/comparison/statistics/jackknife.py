"""Jackknife errors: of sums with one cluster left out each, and of whole metrics with one group left out each.

se² = (G − 1) / G · Σ (d₋g − mean)², t with G − 1 degrees of freedom (Efron & Tibshirani 1993, chapter 11).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import stdtr, stdtrit

from harness.comparison.statistics.paired import (
    ROUNDING,
    Bounds,
    FloatArray,
    Interval,
    Paired,
    Values,
    answer,
    bounds_at,
    defined,
    tied,
    tied_error,
)

JACKKNIFE = "jackknife t"
MOST_GROUPS = 20


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

    p and the interval are those of one t with groups − 1 degrees of freedom, so that they always agree. Where the
    difference is the same whichever group is left out, p is that of every group having fallen on its side by
    chance, 2^−groups, or 1 for no difference, and the interval that of all ties over `clusters`, in units of `scale`
    (the width of the metric's bounds; None: the larger figure).
    """
    first, second = defined(baseline_replicates), defined(candidate_replicates)
    groups, difference = len(first), candidate - baseline
    width = scale or max(abs(baseline), abs(candidate)) or 1.0
    error = jackknife_error(second - first)
    sides = (
        jackknife_bounds(baseline, first, clusters, width),
        jackknife_bounds(candidate, second, clusters, width),
    )
    bounds = jackknife_bounds(difference, second - first, clusters, width)
    if error == 0:
        all_alike = 2.0**-groups
        p = (all_alike if difference > 0 else 1.0, all_alike if difference < 0 else 1.0)
    else:
        p = float(stdtr(groups - 1, -difference / error)), float(stdtr(groups - 1, difference / error))
    error = error or tied_error(clusters, width)
    return answer((baseline, candidate), sides, bounds, p, error=error, test=JACKKNIFE)


def jackknife_groups(contents: Sequence[str], cluster_of: Mapping[str, str]) -> tuple[frozenset[str], ...]:
    """The case contents to leave out, one set a replicate: whole clusters in at most 20 groups of about equal size."""
    members: dict[str, list[str]] = {}
    for content in sorted(contents):
        members.setdefault(cluster_of.get(content, content), []).append(content)
    groups: list[list[str]] = [[] for _ in range(min(len(members), MOST_GROUPS))]
    for cluster in sorted(members.values(), key=lambda cluster: (-len(cluster), cluster[0])):
        min(groups, key=len).extend(cluster)
    return tuple(frozenset(group) for group in groups)


def left_out(sums: FloatArray, values: Values) -> FloatArray:
    """The figure without each cluster (clusters × statistics)."""
    kept = sums.sum(axis=0) - sums
    # A statistic that only the cluster left out has is gone without it, up to rounding.
    kept[np.abs(kept) <= ROUNDING * np.abs(sums).sum(axis=0)] = 0.0
    return defined(values(kept))


def jackknife_bounds(figure: float, replicates: FloatArray, clusters: int, scale: float) -> Bounds:
    """t bounds around the figure; those of all ties where the replicates (G) are the same."""
    error = jackknife_error(replicates)
    if error == 0:
        return tied(figure, clusters, scale)

    def interval(tail: float) -> Interval:
        half = -float(stdtrit(len(replicates) - 1, tail)) * error
        return figure - half, figure + half

    return bounds_at(interval)


def jackknife_error(replicates: FloatArray) -> float:
    """The standard error from figures with one group left out; 0 for fewer than two groups, NaN without a figure."""
    groups = len(replicates)
    if not np.isfinite(replicates).all():
        return math.nan
    # Rounding alone is no spread: divided by it, any difference would be certain.
    if groups < 2 or np.ptp(replicates) <= ROUNDING * max(1.0, float(np.abs(replicates).max())):
        return 0.0
    return math.sqrt((groups - 1) / groups * float(((replicates - replicates.mean()) ** 2).sum()))
