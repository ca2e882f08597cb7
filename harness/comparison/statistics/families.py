"""Families of tests: how likely any of them would have said so by chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from harness.comparison.statistics.paired import ALPHA, FloatArray

Counts: TypeAlias = npt.NDArray[np.int64]


def holm(p_values: Sequence[float], m: int | None = None) -> tuple[float, ...]:
    """Holm's step-down p-values in the order given; `m` counts tests of the family that have no p, too.

    Holm 1979 (Scandinavian Journal of Statistics 6, 65–70).
    """
    size = len(p_values) if m is None else m
    adjusted, running = [1.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        running = max(running, min(1.0, (size - rank) * p_values[index]))
        adjusted[index] = running
    return tuple(adjusted)


def benjamini_hochberg(p_values: Sequence[float], m: int | None = None) -> tuple[float, ...]:
    """False-discovery rates in the order given: to accept all up to this p makes that share of them false.

    Benjamini & Hochberg 1995 (JRSS B 57, 289–300), for tests that are independent or positively dependent. `m` counts
    tests of the family that have no p, too.
    """
    size = len(p_values) if m is None else m
    rates, running = [1.0] * len(p_values), 1.0
    ascending = sorted(range(len(p_values)), key=p_values.__getitem__)
    for rank, index in reversed(list(enumerate(ascending, start=1))):
        running = min(running, size / rank * p_values[index])
        rates[index] = running
    return tuple(rates)


def max_t(observed: FloatArray, draws: FloatArray) -> FloatArray:
    """Step-down p-values of tests on the same cases from joint draws of their null statistics (B × m).

    Westfall & Young 1993, algorithm 4.1: each statistic against the largest of its own and all smaller ones in a draw,
    (1 + k) / (1 + B). Large says different; give statistics of one scale, such as differences over their errors. A
    draw without a number counts against the finding.
    """
    descending = np.argsort(-observed, kind="stable")
    drawn = np.where(np.isnan(draws), np.inf, draws)[:, descending]
    largest = np.maximum.accumulate(drawn[:, ::-1], axis=1)[:, ::-1]
    reached = 1 + np.count_nonzero(largest >= observed[descending], axis=0)
    adjusted = np.empty(len(observed))
    adjusted[descending] = np.maximum.accumulate(reached / (1 + len(draws)))
    return adjusted


@dataclass(frozen=True, slots=True)
class PerCase:
    """One-sided p of each case (n), adjusted over the `tested` ones; 1 for a case that could never have reached alpha.

    `p`, the least of them, is that of "any case got worse".
    """

    p_values: FloatArray
    tested: int

    @property
    def p(self) -> float:
        return float(self.p_values.min(initial=1.0))


def tarone(
    baseline: Counts, candidate: Counts, baseline_samples: Counts, candidate_samples: Counts, alpha: float = ALPHA
) -> PerCase:
    """Which single cases the candidate gets right less often, from right replies and samples of each case (n each).

    Fisher's exact p of each case, Bonferroni over those whose margins allow a p of alpha / K at all, where K is the
    least that so few of them reach (Tarone 1990, Biometrics 46, 515–522).
    """
    right = baseline + candidate
    least_right = np.maximum(right - baseline_samples, 0)
    p_values = _fisher(candidate, right, baseline_samples, candidate_samples)
    attainable = _fisher(least_right, right, baseline_samples, candidate_samples)
    levels = alpha / np.arange(1, len(right) + 2)
    reaching = np.searchsorted(np.sort(attainable), levels, side="right")
    level = levels[np.argmax(reaching <= np.arange(1, len(right) + 2))]
    testable = attainable <= level
    tested = int(np.count_nonzero(testable))
    return PerCase(np.where(testable, np.minimum(tested * p_values, 1.0), 1.0), tested)


def _fisher(candidate: Counts, right: Counts, baseline_samples: Counts, candidate_samples: Counts) -> FloatArray:
    """P(at most so many of the right replies are the candidate's) of each case, given its margins."""
    p = np.zeros(len(candidate))
    for count in range(int(candidate.max(initial=-1)) + 1):
        possible = (right - count >= 0) & (right - count <= baseline_samples) & (count <= candidate)
        log = (
            _log_choose(candidate_samples, count)
            + _log_choose(baseline_samples, np.where(possible, right - count, 0))
            - _log_choose(baseline_samples + candidate_samples, right)
        )
        p += np.where(possible, np.exp(np.where(possible, log, 0.0)), 0.0)
    return np.minimum(p, 1.0)


def _log_choose(n: Counts, k: Counts | int) -> FloatArray:
    chosen: FloatArray = gammaln(n + 1) - gammaln(np.asarray(k) + 1) - gammaln(n - k + 1)
    return chosen
