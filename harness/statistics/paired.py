"""What every estimator answers: candidate against baseline, before anything is said about better or worse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

FloatArray: TypeAlias = npt.NDArray[np.float64]
Interval: TypeAlias = tuple[float, float]
Values: TypeAlias = Callable[[FloatArray], FloatArray]
"""Sums of statistics (m × k) to one figure a row (m)."""

ALPHA = 0.05
REPLICATES = 10_000
FEW = 5
"""Fewer clusters than this, or fewer that differ, hold too little to tell how much they vary."""
ROUNDING = 1e-12
"""Equal sums in another order differ by up to this share of what was summed; ties must not count as evidence."""


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


@dataclass(frozen=True, slots=True)
class Bounds:
    """Two-sided 95 % (`low`, `high`) and one-sided 95 % (`lower`, `upper`) bounds of one figure."""

    low: float
    high: float
    lower: float
    upper: float

    @property
    def interval(self) -> Interval:
        return self.low, self.high

    def mapped(self, rising: Callable[[float], float]) -> Bounds:
        """The bounds of a rising function of the figure."""
        return Bounds(rising(self.low), rising(self.high), rising(self.lower), rising(self.upper))

    def around(self, other: Bounds) -> Bounds:
        """The wider of both on each side."""
        return Bounds(
            min(self.low, other.low),
            max(self.high, other.high),
            min(self.lower, other.lower),
            max(self.upper, other.upper),
        )


def bounds_at(interval: Callable[[float], Interval]) -> Bounds:
    """Both pairs of bounds from a function of the tail that each bound leaves out."""
    return Bounds(*interval(ALPHA / 2), *interval(ALPHA))


def tied(centre: float, clusters: int, scale: float) -> Bounds:
    """What `clusters` of which none differs leave open: z² / (clusters + z²) of `scale` on each side.

    That is Tango's score bound without any change, and Wilson's for a share of 0 or 1.
    """

    def interval(tail: float) -> Interval:
        z = float(ndtri(tail))
        half = scale * z * z / (clusters + z * z)
        return centre - half, centre + half

    return bounds_at(interval)


def agreeing(low: float, high: float, p_greater: float, p_less: float) -> Interval:
    """The interval, widened to zero on the side where the test finds nothing."""
    return (min(low, 0.0) if p_greater > ALPHA else low), (max(high, 0.0) if p_less > ALPHA else high)


def answer(figures: Interval, sides: tuple[Interval, Interval], bounds: Bounds, p: Interval, test: str) -> Paired:
    """The estimate with bounds that hold the difference and agree with p (greater, less)."""
    difference = figures[1] - figures[0]
    held = bounds.around(Bounds(difference, difference, difference, difference))
    return Paired(
        figures[0],
        figures[1],
        sides[0],
        sides[1],
        *agreeing(held.low, held.high, *p),
        *agreeing(held.lower, held.upper, *p),
        p[0],
        p[1],
        test,
    )


def defined(figures: npt.ArrayLike) -> FloatArray:
    """NaN for infinities, too: the difference of two would warn."""
    array = np.asarray(figures, float)
    return np.where(np.isfinite(array), array, np.nan)
