"""Estimators: paired differences of any figure, with interval and one-sided p, and families of tests.

Pure functions of numbers. Random draws are seeded by the caller, so that the same cases give the same answer; swapping
the sides flips every sign exactly; every edge has an answer: ties, one case, all right, all wrong, one cluster.
"""

from harness.statistics.corpus import paired_corpus
from harness.statistics.families import PerCase, benjamini_hochberg, holm, max_t, tarone
from harness.statistics.flips import FLIPS
from harness.statistics.jackknife import JACKKNIFE, jackknife, jackknife_groups
from harness.statistics.means import Link, Means, paired_means
from harness.statistics.paired import (
    ALPHA,
    FEW,
    REPLICATES,
    Bounds,
    FloatArray,
    Interval,
    Paired,
    Values,
    answer,
    bounds_at,
    tied_error,
)
from harness.statistics.randomisation import RANDOMISATION
from harness.statistics.sandwich import CR2
from harness.statistics.selection import false_alarms

__all__ = [
    "ALPHA",
    "CR2",
    "FEW",
    "FLIPS",
    "JACKKNIFE",
    "RANDOMISATION",
    "REPLICATES",
    "Bounds",
    "FloatArray",
    "Interval",
    "Link",
    "Means",
    "Paired",
    "PerCase",
    "Values",
    "answer",
    "benjamini_hochberg",
    "bounds_at",
    "false_alarms",
    "holm",
    "jackknife",
    "jackknife_groups",
    "max_t",
    "paired_corpus",
    "paired_means",
    "tarone",
    "tied_error",
]
