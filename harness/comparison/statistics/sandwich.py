"""CR2: the variance of a weighted mean of clustered differences, corrected for the mean being estimated, and its t.

Bell & McCaffrey 2002 (Survey Methodology 28, 169–181); Pustejovsky & Tipton 2018 (JBES 36, 672–683). The working model
is independent errors with variances inverse to the weights. The only regressor being a constant, every matrix of the
general formula has a closed form in the clusters' shares h of all weight, and the cost is that of a sum:

    residual sums r = g − mean · w,   variance = Σ r² / (1 − h) / (Σ w)²
    1 / degrees of freedom = Σ h² + (Σ a)² − Σ a²   with a = h² / (1 − h)

Clusters of one case with equal weights give the ordinary t with n − 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from harness.comparison.statistics.paired import ROUNDING, Bounds, FloatArray, Interval, bounds_at

CR2 = "CR2 t"


@dataclass(frozen=True, slots=True)
class WeightedMean:
    """A mean with its standard error and degrees of freedom (at least 1)."""

    mean: float
    error: float
    freedom: float

    def bounds(self) -> Bounds:
        def interval(tail: float) -> Interval:
            half = -float(stdtrit(self.freedom, tail)) * self.error
            return self.mean - half, self.mean + half

        return bounds_at(interval)

    def p(self) -> Interval:
        """One-sided p that the mean is above zero, and below."""
        if self.error == 0:
            return float(self.mean <= 0), float(self.mean >= 0)
        t = self.mean / self.error
        return float(stdtr(self.freedom, -t)), float(stdtr(self.freedom, t))


def weighted_mean(sums: FloatArray, weights: FloatArray) -> WeightedMean:
    """The mean Σ sums / Σ weights over at least two clusters (C); every weight is above 0."""
    total = float(weights.sum())
    mean = float(sums.sum()) / total
    # All but rounding of the weight in one cluster is one cluster.
    share = np.minimum(weights / total, 1 - ROUNDING)
    residuals = sums - mean * weights
    # Rounding alone is no spread: divided by it, any difference would be certain.
    residuals[np.abs(residuals) <= ROUNDING * (np.abs(sums) + abs(mean) * weights)] = 0.0
    error = math.sqrt(float((residuals**2 / (1 - share)).sum())) / total
    leverage = share**2 / (1 - share)
    inverse = float((share**2).sum() + (leverage * (leverage.sum() - leverage)).sum())
    return WeightedMean(mean, error, min(max(1 / inverse, 1.0), len(sums) - 1.0))
