"""Which estimator a metric gets: by what its values show, never by its name."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from harness.proportions import paired_shares
from harness.statistics import REPLICATES, FloatArray, Interval, Paired, Values, paired_bootstrap


def estimate(
    baseline: FloatArray,
    candidate: FloatArray,
    clusters: npt.NDArray[np.int64],
    values: Values,
    *,
    bounds: tuple[float | None, float | None] = (None, None),
    seed: int,
    replicates: int = REPLICATES,
) -> Paired:
    """Candidate against baseline from the statistics of each case (n × k, twice) and its cluster (n).

    Cases that are right or wrong and stand alone have an exact test.
    """
    numbers, positions = np.unique(clusters, return_inverse=True)
    low, high = bounds
    if len(numbers) == len(clusters) and low is not None and high is not None:
        right = [_right(values, rows, (low, high)) for rows in (baseline, candidate)]
        if right[0] is not None and right[1] is not None:
            return paired_shares(right[0], right[1], (low, high))

    def summed(rows: FloatArray) -> FloatArray:
        sums = np.zeros((len(numbers), rows.shape[1]))
        np.add.at(sums, positions, rows)
        return sums

    scale = None if low is None or high is None else high - low
    return paired_bootstrap(summed(baseline), summed(candidate), values, seed=seed, scale=scale, replicates=replicates)


def _right(values: Values, rows: FloatArray, bounds: Interval) -> npt.NDArray[np.bool_] | None:
    """Which cases are right, where the metric is the share of them: alone, each is at one of its bounds."""
    alone = values(rows)
    if not np.isin(alone, bounds).all():
        return None
    # Any figure can equal the mean over all cases by accident, but not over parts of them, too.
    parts = (slice(None), slice(None, None, 2), slice(None, None, 3))
    if not all(np.isclose(values(rows[part].sum(axis=0, keepdims=True))[0], alone[part].mean()) for part in parts):
        return None
    right: npt.NDArray[np.bool_] = alone == bounds[1]
    return right
