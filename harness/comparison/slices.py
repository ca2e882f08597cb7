"""A metric on parts of the cases: where a difference comes from. Shown beside the verdict, never part of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from harness.comparison.pairing import MetricSides, Pairs, estimate_metric
from harness.comparison.records import SliceComparison
from harness.comparison.statistics.paired import FEW

_REPLICATES = 1_000


def sliced(sides: MetricSides) -> tuple[SliceComparison, ...]:
    """The metric on each slice of the cases that both sides answered, by key and value.

    A slice that is too small, or on which the metric has no value, has no figures. Intervals are not corrected for how
    many slices there are.
    """
    pairs = sides.pairs
    answered = ~np.logical_or(*pairs.failed())
    return tuple(_slice(sides, key, value, mask & answered) for (key, value), mask in sorted(pairs.slices.items()))


def _slice(sides: MetricSides, key: str, value: str, rows: npt.NDArray[np.bool_]) -> SliceComparison:
    pairs = sides.pairs
    part = Pairs(pairs.baseline[rows], pairs.candidate[rows], pairs.clusters[rows], pairs.seed)
    measured = estimate_metric(replace(sides, pairs=part, worst=None), _REPLICATES)
    shown = SliceComparison(key, value, measured.n, measured.clusters)
    paired = measured.complete
    if paired is None or measured.problem:
        return shown
    shown = replace(shown, baseline=paired.baseline, candidate=paired.candidate, difference=paired.difference)
    return shown if measured.clusters < FEW else replace(shown, low=paired.low, high=paired.high)
