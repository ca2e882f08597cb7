"""Approximate randomisation: what the difference would be if whole clusters had changed sides.

Noreen 1989; Riezler & Maxwell 2005 (ACL workshop on evaluation measures), who show that bootstrap p-values of corpus
metrics are too small where these are not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from harness.comparison.statistics.flips import EXACT, subsets
from harness.comparison.statistics.paired import ROUNDING, FloatArray, Interval, Values, defined

RANDOMISATION = "approximate randomisation"
_CHUNK_SWAPS = 200_000
_TIE = 1e-10
"""Figures this near, relative to their size, are equal: they come from equal sums in another order."""


def randomised_p(
    baseline: FloatArray, candidate: FloatArray, figures: Interval, values: Values, *, seed: int, draws: int
) -> Interval:
    """One-sided p that the candidate's figure is greater, and less, from sums of clusters (clusters × statistics).

    Every swap of the clusters that differ up to 14 of them, else (1 + k) / (1 + draws). A swap that leaves a side
    without a finite figure counts against both.
    """
    differing = np.any(baseline != candidate, axis=1)
    gains = candidate[differing] - baseline[differing]
    observed, tie = figures[1] - figures[0], _TIE * max(map(abs, figures))
    greater = less = size = 1
    for first, second in _swapped(baseline, candidate, _swaps(len(gains), seed, draws), gains):
        drawn = defined(values(second)) - defined(values(first))
        greater += int(np.count_nonzero(~(drawn < observed - tie)))
        less += int(np.count_nonzero(~(drawn > observed + tie)))
        size += len(drawn)
    return greater / size, less / size


def _swapped(
    baseline: FloatArray, candidate: FloatArray, swaps: Iterator[FloatArray], gains: FloatArray
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """The sums of both sides (draws × statistics, in chunks) after each swap."""
    first, second = baseline.sum(axis=0), candidate.sum(axis=0)
    # What is left of a statistic that has all gone to the other side is rounding, and must not be divided by.
    rounding = ROUNDING * (np.abs(baseline).sum(axis=0) + np.abs(candidate).sum(axis=0))
    for swap in swaps:
        moved = swap @ gains
        sides = first + moved, second - moved
        for side in sides:
            side[np.abs(side) <= rounding] = 0.0
        yield sides


def _swaps(clusters: int, seed: int, draws: int) -> Iterator[FloatArray]:
    """Which clusters change sides (rows × clusters, 1 or 0); never all draws at once."""
    if clusters <= EXACT:
        if clusters:
            yield subsets(clusters, seed, draws)
        return
    generator, words = np.random.default_rng(seed), -(-clusters // 64)
    rows = max(1, _CHUNK_SWAPS // clusters)
    for start in range(0, draws, rows):
        size = min(rows, draws - start)
        drawn = np.frombuffer(generator.bytes(8 * words * size), np.uint8).reshape(size, -1)
        yield np.unpackbits(drawn, axis=1, count=clusters).astype(np.float64)
