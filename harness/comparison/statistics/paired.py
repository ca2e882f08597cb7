"""What every estimator answers: candidate against baseline, before anything is said about better or worse."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

FloatArray: TypeAlias = npt.NDArray[np.float64]
Interval: TypeAlias = tuple[float, float]
Values: TypeAlias = Callable[[FloatArray], FloatArray]
"""Sums of statistics (m × k) to one figure a row (m)."""

ALPHA = 0.05
"""What a test errs in, and what an interval leaves out on each side."""
REPLICATES = 10_000
FEW = 5
"""Fewer clusters than this, or fewer that differ, hold too little to tell how much they vary."""
ROUNDING = 1e-12
"""Equal sums in another order differ by up to this share of what was summed; ties must not count as evidence."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Two intervals of one figure: one that leaves 5 % on each side, and the two-sided 95 % one (`low95`, `high95`)."""

    low: float
    high: float
    low95: float
    high95: float

    @property
    def interval(self) -> Interval:
        return self.low, self.high

    @property
    def interval95(self) -> Interval:
        return self.low95, self.high95

    def mapped(self, rising: Callable[[float], float]) -> Bounds:
        """The bounds of a rising function of the figure."""
        return Bounds(rising(self.low), rising(self.high), rising(self.low95), rising(self.high95))

    def around(self, other: Bounds) -> Bounds:
        """The wider of both on each side."""
        return Bounds(
            min(self.low, other.low),
            max(self.high, other.high),
            min(self.low95, other.low95),
            max(self.high95, other.high95),
        )

    def within(self, least: float, most: float) -> Bounds:
        """What of them a figure between `least` and `most` can take."""
        return Bounds(
            max(self.low, least), min(self.high, most), max(self.low95, least), min(self.high95, most)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paired:
    """Candidate against baseline in the metric's units, before anything is said about which direction is better.

    `bounds` are those of the difference and agree with the test: where p is above 5 % on a side they hold zero there.
    `guarded`: the same 5 % bounds, moved out where so few cases changed that rare large losses may have been missed.
    `p_greater`, `p_less`: one-sided and unadjusted; a small one says that the candidate's value is greater (less).
    `error`: the estimator's standard error of the difference. `test` names the estimator. `skewed`: a few large
    differences carry it, so that the interval may be too narrow. `carriers`: about how many clusters carry its spread.
    """

    baseline: float
    candidate: float
    baseline_bounds: Bounds
    candidate_bounds: Bounds
    bounds: Bounds
    guarded: Interval
    p_greater: float
    p_less: float
    error: float
    test: str = ""
    skewed: bool = False
    carriers: float = math.inf

    @property
    def difference(self) -> float:
        return self.candidate - self.baseline

    @property
    def low(self) -> float:
        return self.bounds.low

    @property
    def high(self) -> float:
        return self.bounds.high

    def swapped(self) -> Paired:
        """The same comparison with the sides exchanged."""
        bounds = self.bounds
        return replace(
            self,
            baseline=self.candidate,
            candidate=self.baseline,
            baseline_bounds=self.candidate_bounds,
            candidate_bounds=self.baseline_bounds,
            bounds=Bounds(0.0 - bounds.high, 0.0 - bounds.low, 0.0 - bounds.high95, 0.0 - bounds.low95),
            guarded=(0.0 - self.guarded[1], 0.0 - self.guarded[0]),
            p_greater=self.p_less,
            p_less=self.p_greater,
        )


def bounds_at(interval: Callable[[float], Interval]) -> Bounds:
    """Both intervals from a function of the tail that each bound leaves out."""
    return Bounds(*interval(ALPHA), *interval(ALPHA / 2))


def tied(centre: float, clusters: int, scale: float) -> Bounds:
    """What `clusters` of which none differs leave open: z² / (clusters + z²) of `scale` on each side.

    That is Tango's score bound without any change, and Wilson's for a share of 0 or 1.
    """

    def interval(tail: float) -> Interval:
        z = float(ndtri(tail))
        half = scale * z * z / (clusters + z * z)
        return centre - half, centre + half

    return bounds_at(interval)


def tied_error(clusters: int, scale: float) -> float:
    """The standard error that the bounds of `tied` stand for: no difference seen is not known to be none."""
    z = float(ndtri(1 - ALPHA))
    return scale * z / (clusters + z * z)


def agreeing(bounds: Bounds, p_greater: float, p_less: float) -> Bounds:
    """The bounds, each widened to zero where the one-sided test of its tail finds nothing."""

    def widened(low: float, high: float, tail: float) -> Interval:
        return min(low, 0.0) if p_greater > tail else low, max(high, 0.0) if p_less > tail else high

    return Bounds(
        *widened(bounds.low, bounds.high, ALPHA),
        *widened(bounds.low95, bounds.high95, ALPHA / 2),
    )


def answer(
    figures: Interval,
    sides: tuple[Bounds, Bounds],
    bounds: Bounds,
    p: Interval,
    *,
    error: float,
    test: str,
    guarded: Interval | None = None,
    skewed: bool = False,
    carriers: float = math.inf,
) -> Paired:
    """The estimate with bounds that hold the difference and agree with p (greater, less)."""
    difference = figures[1] - figures[0]
    held = agreeing(bounds.around(Bounds(difference, difference, difference, difference)), *p)
    low, high = guarded or held.interval
    return Paired(
        baseline=figures[0],
        candidate=figures[1],
        baseline_bounds=sides[0],
        candidate_bounds=sides[1],
        bounds=held,
        guarded=(min(low, held.low), max(high, held.high)),
        p_greater=p[0],
        p_less=p[1],
        error=error,
        test=test,
        skewed=skewed,
        carriers=carriers,
    )


def defined(figures: npt.ArrayLike) -> FloatArray:
    """NaN for infinities, too: the difference of two would warn."""
    array = np.asarray(figures, float)
    return np.where(np.isfinite(array), array, np.nan)
