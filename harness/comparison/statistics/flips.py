"""Sign flips of cluster sums: exact p-values, and the interval that inverts them in closed form.

Where models are equal, the sum of the differences over a cluster could as well have had the other sign. The mean
theta is rejected by the same flips of the sums g − theta · w: flipping the clusters of a set A leaves the total at
least as large just where the ratio Σ g / Σ w over A is at most theta. So p(theta) = (1 + #{A: ratio ≤ theta}) / N, and
a bound is one of the sorted ratios: Hartigan's typical values (Hartigan 1969, JASA 64, 1303–1317).
"""

from __future__ import annotations

import numpy as np

from harness.comparison.statistics.paired import FloatArray, Interval

EXACT = 14
"""Up to so many clusters all flips are counted."""
FLIPS = "sign flips"


def subsets(clusters: int, seed: int, draws: int) -> FloatArray:
    """The clusters that are flipped (rows × clusters, 1 or 0): every set but the empty one, or drawn ones."""
    if clusters <= EXACT:
        return (np.arange(1, 2**clusters)[:, None] >> np.arange(clusters) & 1).astype(np.float64)
    return np.random.default_rng(seed).integers(2, size=(draws, clusters)).astype(np.float64)


def flip_p(sums: FloatArray, rounding: float, seed: int, draws: int) -> Interval:
    """One-sided p that the sum over clusters (C) is above zero, and below; sums within `rounding` are equal.

    Exact up to 14 clusters, else (1 + k) / (1 + draws) (Phipson & Smyth 2010). 1 without any cluster.
    """
    flipped = subsets(len(sums), seed, draws) @ sums
    size = 1 + len(flipped)
    return (
        (1 + int(np.count_nonzero(flipped <= rounding))) / size,
        (1 + int(np.count_nonzero(flipped >= -rounding))) / size,
    )


def flip_ratios(flipped: FloatArray, sums: FloatArray, weights: FloatArray) -> FloatArray:
    """The sorted typical values of Σ sums / Σ weights from `subsets`; every weight is above 0."""
    total = flipped @ weights
    # A drawn set may be empty; it reaches any theta, so it counts against both bounds.
    return np.sort((flipped @ sums)[total > 0] / total[total > 0])


def flip_interval(ratios: FloatArray, tail: float) -> Interval | None:
    """The least and the largest mean that flips do not reject at `tail` a side; None where none is that rare."""
    rank = int(tail * (1 + len(ratios)) + 1e-9)
    return (float(ratios[rank - 1]), float(ratios[-rank])) if rank else None
