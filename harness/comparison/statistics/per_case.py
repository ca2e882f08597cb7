"""Single cases that got worse, told by their repeated samples."""

from __future__ import annotations

import numpy as np

from harness.comparison.statistics.families import PerCase, tarone
from harness.comparison.statistics.paired import FloatArray


def cases_worse(
    baseline: FloatArray, candidate: FloatArray, samples: int, bounds: tuple[float | None, float | None], higher: bool
) -> PerCase | None:
    """Each case by itself, from its values (n, twice) over so many samples; `higher` is better.

    None for fewer than two samples, and where a value is no share of samples at either of the metric's bounds.
    """
    low, high = bounds
    if samples < 2 or low is None or high is None or not len(baseline):
        return None
    right = [(values - low) / (high - low) * samples for values in (baseline, candidate)]
    if not all(np.allclose(counts, np.rint(counts), atol=1e-6) for counts in right):
        return None
    counts = [np.rint(one if higher else samples - one).astype(np.int64) for one in right]
    drawn = np.full(len(baseline), samples, np.int64)
    return tarone(counts[0], counts[1], drawn, drawn)
