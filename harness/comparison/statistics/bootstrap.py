"""The paired percentile bootstrap of figures that are functions of sums.

Koehn 2004 (EMNLP); moved from z to t, as the plain percentile is too bold for few clusters: Hesterberg 2015 ("expanded
percentile", The American Statistician 69, 371–386).
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr, stdtrit

from harness.comparison.statistics.paired import Bounds, FloatArray, Interval, Values, bounds_at, defined

_CHUNK_WEIGHTS = 200_000
_UNDEFINED_TOLERATED = 0.01


def resampled(
    baseline: FloatArray,
    candidate: FloatArray,
    values: Values,
    *,
    seed: int,
    replicates: int,
    chunk: int | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Both figures on the same resamples of the clusters (clusters × statistics, twice), NaN where not finite.

    Only the weights of `chunk` replicates are held at a time; it changes nothing else.
    """
    clusters = len(baseline)
    rows = min(chunk or max(1, _CHUNK_WEIGHTS // clusters), replicates)
    generator = np.random.default_rng(seed)
    figures = np.empty(replicates), np.empty(replicates)
    weights = np.empty((rows, clusters))
    for start in range(0, replicates, rows):
        size = min(rows, replicates - start)
        for row, drawn in enumerate(generator.integers(clusters, size=(size, clusters), dtype=np.int32)):
            weights[row] = np.bincount(drawn, minlength=clusters)
        for side, statistics in zip(figures, (baseline, candidate), strict=True):
            side[start : start + size] = values(weights[:size] @ statistics)
    return defined(figures[0]), defined(figures[1])


def percentiles(drawn: FloatArray, clusters: int) -> tuple[Bounds, float]:
    """The expanded percentile bounds and the standard error; NaN where over 1 % of the replicates have no figure."""
    finite = drawn[np.isfinite(drawn)]
    if len(finite) < (1 - _UNDEFINED_TOLERATED) * len(drawn):
        return Bounds(math.nan, math.nan, math.nan, math.nan), math.nan
    freedom = max(clusters - 1, 1)

    def interval(tail: float) -> Interval:
        level = float(ndtr(stdtrit(freedom, tail) * math.sqrt(clusters / freedom)))
        # The upper bound is the lower one of the negatives, to the last digit.
        return float(np.quantile(finite, level)), 0.0 - float(np.quantile(-finite, level))

    return bounds_at(interval), float(finite.std())
