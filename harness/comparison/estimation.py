"""Which estimator a metric gets: by what its values show, never by its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from harness.comparison.statistics.corpus import paired_corpus
from harness.comparison.statistics.means import Link, Means, paired_means
from harness.comparison.statistics.paired import REPLICATES, FloatArray, Interval, Paired, Values
from harness.comparison.statistics.proportions import paired_shares

_FEW_CASES = 200
_ROUNDING = 1e-9
_PARTS = (slice(None), slice(None, None, 2), slice(None, None, 3))
"""Any figure can equal the mean over all cases by accident, but not over parts of them, too."""


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

    Cases that are right or wrong and stand alone have an exact test; other weighted means have closed forms; whatever
    else is a function of sums is a corpus metric, whose clusters are swapped and resampled.
    """
    low, high = bounds
    scale = None if low is None or high is None else high - low
    means = weighted_means(baseline, candidate, clusters, values)
    if means is None:
        sums = _sums(baseline, clusters), _sums(candidate, clusters)
        return paired_corpus(*sums, values, seed=seed, scale=scale, replicates=replicates)
    if low is not None and high is not None and _are_shares(means, (low, high)):
        return paired_shares(means.baseline == high, means.candidate == high, (low, high))
    figures = _whole(values, baseline), _whole(values, candidate)
    return paired_means(means, figures, seed=seed, scale=scale, draws=replicates)


def weighted_means(
    baseline: FloatArray, candidate: FloatArray, clusters: npt.NDArray[np.int64], values: Values
) -> Means | None:
    """The metric as a weighted mean of its own value on each case, or the exponential of one; None where it is neither.

    The weights are ones, or a statistic that both sides have in common, such as tokens. Cases without weight are left
    out.
    """
    few = slice(None, None, 1 + len(baseline) // _FEW_CASES)
    # Most corpus metrics are refused on a few cases, before every case of a large suite is looked at.
    if _fitting(baseline[few], candidate[few], values) is None:
        return None
    fitting = _fitting(baseline, candidate, values)
    if fitting is None:
        return None
    weighed = fitting.weights > 0
    weights, first, second = (column[weighed] for column in fitting[1:])
    return Means(fitting.link, weights, first, second, _numbered(clusters[weighed]))


class _Fitting(NamedTuple):
    """Weight and both scores of each case (n); no score where there is no weight."""

    link: Link
    weights: FloatArray
    baseline: FloatArray
    candidate: FloatArray


def _fitting(baseline: FloatArray, candidate: FloatArray, values: Values) -> _Fitting | None:
    """The link and the weights for which the metric of any part of the cases is the mean of their own."""
    alone = values(baseline), values(candidate)
    parts = [np.array([_whole(values, side[part]) for part in _PARTS]) for side in (baseline, candidate)]
    links: tuple[Link, ...] = ("identity", "log")
    for link in links:
        first, second = (_linked(link, side) for side in alone)
        figures = [_linked(link, side) for side in parts]
        for weights in _shared_weights(baseline, candidate):
            if _is_mean(weights, first, figures[0]) and _is_mean(weights, second, figures[1]):
                return _Fitting(link, weights, first, second)
    return None


def _shared_weights(baseline: FloatArray, candidate: FloatArray) -> Iterator[FloatArray]:
    yield np.ones(len(baseline))
    for first, second in zip(baseline.T, candidate.T, strict=True):
        if (first >= 0).all() and first.any() and np.array_equal(first, second):
            yield first


def _is_mean(weights: FloatArray, scores: FloatArray, figures: FloatArray) -> bool:
    """Whether the figures of the parts are the weighted means of the scores (n), up to rounding."""
    scores = np.where(weights > 0, scores, 0.0)
    if not np.isfinite(scores).all():
        return False
    for part, figure in zip(_PARTS, figures, strict=True):
        total = float(weights[part].sum())
        if total <= 0:
            continue
        mean = float((weights[part] * scores[part]).sum()) / total
        size = float((weights[part] * np.abs(scores[part])).sum()) / total
        # The logarithm of a figure near 1 has only so many digits, however small it is.
        if not abs(mean - figure) <= _ROUNDING * size + 1e-13:
            return False
    return True


def _linked(link: Link, figures: FloatArray) -> FloatArray:
    """The figures after the link; NaN where there is none."""
    if link == "identity":
        return figures
    positive = (figures > 0) & np.isfinite(figures)
    return np.where(positive, np.log(np.where(positive, figures, 1.0)), np.nan)


def _are_shares(means: Means, bounds: Interval) -> bool:
    """Whether each case stands alone, counts the same and is at one of the bounds: right or wrong."""
    return (
        means.link == "identity"
        and len(means.clusters) == 1 + int(means.clusters.max())
        and bool((means.weights == means.weights[0]).all())
        and bool(np.isin([means.baseline, means.candidate], bounds).all())
    )


def _whole(values: Values, rows: FloatArray) -> float:
    return float(values(rows.sum(axis=0, keepdims=True))[0])


def _sums(rows: FloatArray, clusters: npt.NDArray[np.int64]) -> FloatArray:
    """The statistics of each cluster (clusters × k)."""
    positions = _numbered(clusters)
    return np.column_stack([np.bincount(positions, weights=column) for column in rows.T])


def _numbered(clusters: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The same clusters, numbered from 0 without gaps."""
    positions: npt.NDArray[np.int64] = np.unique(clusters, return_inverse=True)[1]
    return positions
