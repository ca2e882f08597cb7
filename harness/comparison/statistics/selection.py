"""What it costs to compare with a model that was picked by its score on the same cases."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import ndtr, ndtri

from harness.comparison.statistics.paired import ALPHA

_NODES = 64


def false_alarms(models: int, alpha: float = ALPHA) -> float:
    """The share of candidates as good as all `models` that fail a one-sided test at alpha against the best of them.

    All scores are taken as normal, of one variance and independent given the cases: 1 − ∫ Φ(x + z√2)^models φ(x) dx,
    the one-sided case of Dunnett's many-to-one comparison.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    passes = ndtr(nodes - math.sqrt(2) * ndtri(alpha)) ** models
    return float(1 - weights @ passes / weights.sum())
