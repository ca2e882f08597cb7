"""What few or lopsided differences hide from a symmetric interval: losses too rare to be among the cases, and skew."""

from __future__ import annotations

import math

import numpy as np

from harness.comparison.statistics.paired import ROUNDING, Bounds, FloatArray, Interval
from harness.comparison.statistics.sandwich import weighted_mean

_UNSEEN = 2
_SKEW = 0.07
"""Skewness γ of the differences adds about .11 · γ / √n to the 5 % that a t bound leaves out (Hall 1992, section 2.6);
from .07 on a bound errs in 5.8 % and more."""
_SURE = 2.0
"""Skewness of so many of its standard errors is taken for real: a few symmetric large differences show some, too."""


def guarded(sums: FloatArray, weights: FloatArray, bounds: Bounds) -> Interval:
    """The interval of Σ sums / Σ weights with two more clusters that lost before its lower bound, that gained above.

    Where losses are rare and large, those that happen not to be among the cases are missing from the standard error as
    well. The sizes |d| of the sums count as so many of one size: Σ |d|² / Σ |d|, (Σ |d|)² / Σ |d|² of them; each of the
    two has that size, times the share of clusters that did not change so. With 100 to 2,000 cases the lower bound alone
    errs in up to 15 % where only losses differ or few clusters carry a loss, and with these two in at most 6 %.
    """
    largest = float(np.abs(sums).max())
    if largest == 0.0:
        return bounds.interval
    sizes = np.abs(sums) / largest  # so that no square vanishes
    total, squares = float(sizes.sum()), float((sizes**2).sum())
    size, hiding = largest * squares / total, 1.0 - total**2 / squares / len(sums)
    if hiding <= ROUNDING:
        return bounds.interval
    more = np.append(weights, np.full(_UNSEEN, hiding * weights.mean()))
    unseen = np.full(_UNSEEN, hiding * size)
    low = weighted_mean(np.append(sums, -unseen), more).bounds().low
    high = weighted_mean(np.append(sums, unseen), more).bounds().high
    return min(low, bounds.low), max(high, bounds.high)


def carriers(sums: FloatArray, weights: FloatArray) -> float:
    """How many of the clusters (C) carry the spread of their mean: (Σ r²)² / Σ r⁴ over their residual sums r.

    C where all are alike, 1 where one has it all, infinite where nothing is spread.
    """
    residuals = sums - sums.sum() / weights.sum() * weights
    largest = float(np.abs(residuals).max())
    if largest == 0.0:
        return math.inf
    squares = (residuals / largest) ** 2
    return float(squares.sum() ** 2 / (squares**2).sum())


def is_skewed(sums: FloatArray, weights: FloatArray) -> bool:
    """Whether a few large differences on one side (C clusters) carry their mean, so that its interval errs there.

    The standard error of the sample skewness is that of its influence function.
    """
    residuals = sums - sums.sum() / weights.sum() * weights
    spread = math.sqrt(float((residuals**2).mean()))
    if len(sums) < 2 or spread <= ROUNDING * float(np.abs(sums).max()):
        return False
    z = residuals / spread
    skewness = float((z**3).mean())
    influence = z**3 - 3 * z - skewness - 1.5 * skewness * (z**2 - 1)
    error = math.sqrt(float((influence**2).mean()) / len(z))
    return abs(skewness) > max(_SKEW * math.sqrt(len(z)), _SURE * error)
