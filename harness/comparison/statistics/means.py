"""Weighted means of scores, and figures that are the exponential of one: sign flips, or CR2 from 30 clusters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from harness.comparison.statistics.flips import FLIPS, flip_interval, flip_p, flip_ratios, subsets
from harness.comparison.statistics.paired import (
    ALPHA,
    FEW,
    REPLICATES,
    ROUNDING,
    Bounds,
    FloatArray,
    Interval,
    Paired,
    answer,
    bounds_at,
    tied,
    tied_error,
)
from harness.comparison.statistics.sandwich import CR2, weighted_mean
from harness.comparison.statistics.unseen import carriers, guarded, is_skewed

Link: TypeAlias = Literal["identity", "log"]

MANY = 30
"""From so many clusters on (that differ) their sums are near enough to normal for t."""
_LARGEST_EXPONENT = 700.0


@dataclass(frozen=True, slots=True)
class Means:
    """Two weighted means over the same cases: the weight and both scores of each (n), 0 where the weight is 0.

    `clusters` (n) are numbered from 0, and each has weight. With the link "log" the figures are exp of the means.
    """

    link: Link
    weights: FloatArray
    baseline: FloatArray
    candidate: FloatArray
    clusters: npt.NDArray[np.int64]

    def sums(self, scores: FloatArray) -> FloatArray:
        """Weight × score over each cluster."""
        return _per_cluster(self.clusters, self.weights * scores)


def paired_means(
    means: Means, figures: Interval, *, seed: int, scale: float | None = None, draws: int = REPLICATES
) -> Paired:
    """The difference of two means, or of their exponentials (`figures`: both in the metric's units).

    Below 30 clusters sign flips give p and, inverted, the interval; from 30 on CR2 gives both. Where fewer than 30 of
    more clusters differ p is that of flipping those, as t is too bold with many ties, and the interval is widened to
    zero where that finds nothing. Where fewer than 5 differ, the interval is widened by what no difference at all would
    leave open, in units of `scale` (the width of the metric's bounds; None: the larger figure).

    The interval of a difference of exponentials is that of their log-ratio d turned into 2 √(first · second) sinh(d/2):
    exact for the difference itself, and the same from both sides.
    """
    weights = _per_cluster(means.clusters, means.weights)
    gains = means.sums(means.candidate - means.baseline)
    rounding = ROUNDING * means.sums(np.abs(means.baseline) + np.abs(means.candidate))
    gains[np.abs(gains) <= rounding] = 0.0
    width = 1.0 if means.link == "log" else scale or max(map(abs, figures)) or 1.0
    estimator = _Estimator(weights, width, seed, draws)
    p, test = estimator.p(gains, float(rounding.sum()))
    few = int(np.count_nonzero(gains)) < FEW
    bounds, error = estimator.bounds(gains, few), estimator.error(gains, few)
    wide = guarded(gains, weights, bounds)
    sides = [_side(estimator, means.sums(scores)) for scores in (means.baseline, means.candidate)]
    if means.link == "log":
        sides = [side.mapped(_exp) for side in sides]
        between = math.sqrt(figures[0]) * math.sqrt(figures[1])

        def difference(ratio: float) -> float:
            return 2 * between * math.sinh(_bounded(ratio / 2))

        bounds, wide = bounds.mapped(difference), (difference(wide[0]), difference(wide[1]))
        error *= sum(figures) / 2  # the slope of exp at the geometric mean, by which a small ratio moves the difference
    return answer(
        figures,
        (sides[0], sides[1]),
        bounds,
        p,
        error=error,
        test=test,
        guarded=wide,
        skewed=is_skewed(gains, weights),
        carriers=carriers(gains, weights),
    )


@dataclass(frozen=True, slots=True)
class _Estimator:
    weights: FloatArray
    width: float
    seed: int
    draws: int

    def p(self, gains: FloatArray, rounding: float) -> tuple[Interval, str]:
        """One-sided p of a gain and of a loss, and the test they are from."""
        differing = gains[gains != 0]
        if len(differing) < MANY:
            return flip_p(differing, rounding, self.seed, self.draws), FLIPS
        greater, less = weighted_mean(gains, self.weights).p()
        least = 2.0 ** -len(differing)
        return (max(greater, least), max(less, least)), CR2

    def bounds(self, sums: FloatArray, few: bool) -> Bounds:
        """Of Σ sums / Σ weights; `few`: as wide as if nothing had differed, at least."""
        bounds = self._inverted(sums) if len(sums) < MANY else weighted_mean(sums, self.weights).bounds()
        centre = float(sums.sum()) / float(self.weights.sum())
        return bounds.around(tied(centre, len(sums), self.width)) if few else bounds

    def error(self, sums: FloatArray, few: bool) -> float:
        """The standard error of Σ sums / Σ weights, with `few` that of nothing having differed at least."""
        if len(sums) == 1:
            return self.width
        error = weighted_mean(sums, self.weights).error
        return max(error, tied_error(len(sums), self.width)) if few else error

    def _inverted(self, sums: FloatArray) -> Bounds:
        if len(sums) == 1:
            # One cluster says nothing about how clusters vary.
            centre = float(sums[0]) / float(self.weights[0])
            return bounds_at(lambda tail: (centre - self.width, centre + self.width))
        ratios = flip_ratios(subsets(len(sums), self.seed, self.draws), sums, self.weights)
        t = weighted_mean(sums, self.weights).bounds()
        least, most = float(ratios[0]), float(ratios[-1])
        # Where no flip is rare enough, t goes on where the typical values end.
        beyond = t.around(Bounds(least, most, least, most))
        return Bounds(
            *(flip_interval(ratios, ALPHA) or beyond.interval),
            *(flip_interval(ratios, ALPHA / 2) or beyond.interval95),
        )


def _side(estimator: _Estimator, sums: FloatArray) -> Bounds:
    """Of one figure alone: what is the same in all clusters but a few does not show how much they vary."""
    ratios = sums / estimator.weights
    middle = float(np.partition(ratios, len(ratios) // 2)[len(ratios) // 2])
    same = int(np.count_nonzero(np.abs(ratios - middle) <= ROUNDING * abs(middle)))
    return estimator.bounds(sums, few=same > 1 and len(ratios) - same < FEW)


def _per_cluster(clusters: npt.NDArray[np.int64], amounts: FloatArray) -> FloatArray:
    return np.bincount(clusters, weights=amounts).astype(np.float64, copy=False)


def _exp(mean: float) -> float:
    return math.exp(_bounded(mean))


def _bounded(exponent: float) -> float:
    """exp overflows a double at 709.8."""
    return min(max(exponent, -_LARGEST_EXPONENT), _LARGEST_EXPONENT)
