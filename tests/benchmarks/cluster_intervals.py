"""What intervals of a mean of clustered differences hold, where clusters are of skewed sizes and there is a true loss.

Compares the estimator in use with a jackknife variance (CR3), a wild cluster bootstrap-t and the inversion of sign
flips. Each bound is meant to miss the true difference in 5 %; "power" is how often the upper one is below zero.

python tests/benchmarks/cluster_intervals.py [--trials 2000] [--seed 1]
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from calibration.situations import Situation, draw
from scipy.special import stdtrit

from harness.comparison.power import share_of_largest
from harness.comparison.statistics.flips import flip_interval, flip_ratios, subsets
from harness.comparison.statistics.paired import ALPHA, FloatArray, Interval
from harness.comparison.statistics.sandwich import weighted_mean

Bounds: TypeAlias = Callable[[FloatArray, FloatArray, int], Interval]
DRAWS = 999
SITUATIONS = tuple(
    Situation(n, loss, 0.1, grouping=grouping, icc=icc)
    for grouping in ("unequal", "one large", "fives")
    for n in (200, 500, 2000)
    for icc in (0.1, 0.3, 0.5)
    for loss in (0.0, 0.05)
)


def cr2(sums: FloatArray, weights: FloatArray, seed: int) -> Interval:
    """What is in use: CR2 with Bell–McCaffrey degrees of freedom."""
    mean = weighted_mean(sums, weights)
    half = -float(stdtrit(mean.freedom, ALPHA)) * mean.error
    return mean.mean - half, mean.mean + half


def cr3(sums: FloatArray, weights: FloatArray, seed: int) -> Interval:
    """The jackknife variance Σ (r / (1 − h))² / W² (MacKinnon, Nielsen & Webb 2023), the same degrees of freedom."""
    mean, total = weighted_mean(sums, weights), float(weights.sum())
    residuals = sums - mean.mean * weights
    error = math.sqrt(float(((residuals / (1 - weights / total)) ** 2).sum())) / total
    half = -float(stdtrit(mean.freedom, ALPHA)) * error
    return mean.mean - half, mean.mean + half


def wild(signs: Callable[[np.random.Generator, int], FloatArray]) -> Bounds:
    """Bootstrap-t with residual sums times random factors (Cameron, Gelbach & Miller 2008)."""

    def bounds(sums: FloatArray, weights: FloatArray, seed: int) -> Interval:
        mean, total = weighted_mean(sums, weights), float(weights.sum())
        residuals, share = sums - mean.mean * weights, weights / total
        drawn = signs(np.random.default_rng(seed), len(sums)) * residuals
        moved = drawn.sum(axis=1) / total
        errors = np.sqrt((((drawn - moved[:, None] * weights) ** 2) / (1 - share)).sum(axis=1)) / total
        t = np.sort(np.divide(moved, errors, out=np.zeros(len(moved)), where=errors > 0))
        low, high = np.quantile(t, [ALPHA, 1 - ALPHA])
        return mean.mean - float(high) * mean.error, mean.mean - float(low) * mean.error

    return bounds


def rademacher(generator: np.random.Generator, clusters: int) -> FloatArray:
    return generator.integers(2, size=(DRAWS, clusters)) * 2.0 - 1.0


def mammen(generator: np.random.Generator, clusters: int) -> FloatArray:
    """Two points with mean 0, variance 1 and third moment 1: they keep the skew of the residuals (Mammen 1993)."""
    root = math.sqrt(5)
    return np.where(generator.random((DRAWS, clusters)) < (root + 1) / (2 * root), (1 - root) / 2, (1 + root) / 2)


def flips(sums: FloatArray, weights: FloatArray, seed: int) -> Interval:
    """The inversion of sign flips, which is in use below 30 clusters."""
    ratios = flip_ratios(subsets(len(sums), seed, DRAWS), sums, weights)
    return flip_interval(ratios, ALPHA) or cr2(sums, weights, seed)


METHODS: Mapping[str, Bounds] = {
    "CR2 (in use)": cr2,
    "CR3": cr3,
    "wild, ±1": wild(rademacher),
    "wild, Mammen": wild(mammen),
    "flips": flips,
}


def simulate(situation: Situation, trials: int, seed: int) -> tuple[dict[str, list[float]], float]:
    """Of each method: how often the lower and the upper bound miss the truth, and power; and the largest share."""
    rng = np.random.default_rng(seed)
    counts = {name: np.zeros(3) for name in METHODS}
    largest = 0.0
    for trial in range(trials):
        drawn = draw(situation, rng)
        pairs = drawn.sides[0].pairs
        gains = np.bincount(pairs.clusters, weights=pairs.candidate[:, 0] - pairs.baseline[:, 0])
        weights = np.bincount(pairs.clusters).astype(float)
        largest += (share_of_largest(pairs.clusters) or 0.0) / trials
        for name, bounds in METHODS.items():
            low, high = bounds(gains, weights, trial)
            counts[name] += np.array([low > drawn.truths[0], high < drawn.truths[0], high < 0]) / trials
    return {name: count.tolist() for name, count in counts.items()}, largest


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    head = ["clusters", "n", "icc", "loss", "largest", *(f"{name}: low / high / power" for name in METHODS)]
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for number, situation in enumerate(SITUATIONS):
        found, largest = simulate(replace(situation), asked.trials, asked.seed + number)
        cells = [situation.grouping, situation.n, situation.icc, situation.loss, f"{largest:.2f}"]
        cells += [" / ".join(f"{share:.3f}" for share in found[name]) for name in METHODS]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
        print(f"{number + 1}/{len(SITUATIONS)}", file=sys.stderr)


if __name__ == "__main__":
    main()
