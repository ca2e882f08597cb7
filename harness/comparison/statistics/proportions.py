"""Shares of cases and passages: exact and score methods for what is 0 or 1."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc, betaincinv, ndtri

from harness.comparison.statistics.paired import Bounds, Interval, Paired, answer, bounds_at, tied_error

MID_P = "mid-p McNemar"


def paired_shares(baseline: npt.NDArray[np.bool_], candidate: npt.NDArray[np.bool_], scale: Interval) -> Paired:
    """The difference of two shares over the same unclustered cases (n at least 1), in units of `scale`.

    Mid-p McNemar for p, Tango's score bounds for the difference, Wilson for each side. Where p is at most 5 % Tango's
    bound excludes zero; it does so, too, in nine of 22,650 pairs of counts where p is larger (3 to 0, 7 to 2, 43 to
    29): there the interval is widened to zero.
    """
    n, origin, width = len(baseline), scale[0], scale[1] - scale[0]
    gains, losses = int((candidate & ~baseline).sum()), int((baseline & ~candidate).sum())

    def side(right: int) -> Bounds:
        return bounds_at(lambda tail: wilson(right, n, 1 - 2 * tail)).mapped(lambda share: origin + width * share)

    right = int(baseline.sum()), int(candidate.sum())
    return answer(
        figures=(origin + width * right[0] / n, origin + width * right[1] / n),
        sides=(side(right[0]), side(right[1])),
        bounds=bounds_at(lambda tail: tango(gains, losses, n, 1 - tail)).mapped(lambda share: width * share),
        p=(mid_p_mcnemar(gains, losses), mid_p_mcnemar(losses, gains)),
        error=width * _error(gains, losses, n),
        test=MID_P,
    )


def mid_p_mcnemar(for_it: int, against_it: int) -> float:
    """One-sided p that changes of the first kind are more frequent; 1 without any change.

    P(X > for_it) + ½ P(X = for_it) for X binomial over all changes with ½ (Fagerland, Lydersen & Laake 2013).
    """
    changes = for_it + against_it
    if not changes:
        return 1.0
    return float(bdtrc(for_it, changes, 0.5) + bdtrc(for_it - 1, changes, 0.5)) / 2


def tango(gains: int, losses: int, n: int, confidence: float) -> Interval:
    """One-sided score bounds, each at `confidence`, of (gains − losses) / n over n pairs (Tango 1998).

    Without any change they are ∓z² / (n + z²).
    """
    z = float(ndtri(confidence))
    return _tango_low(gains, losses, n, z), 0.0 - _tango_low(losses, gains, n, z)


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """Two-sided score interval of a share (Wilson 1927); (0, 1) where n is 0."""
    if not n:
        return 0.0, 1.0
    z = float(ndtri((1 + confidence) / 2))
    share, shrink = successes / n, 1 + z * z / n
    centre = (share + z * z / (2 * n)) / shrink
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / shrink
    return (0.0 if successes == 0 else centre - half), (1.0 if successes == n else centre + half)


def clopper_pearson(found: int, n: int, confidence: float = 0.95) -> Interval:
    """One-sided exact bounds of a share, each at `confidence` (Clopper & Pearson 1934); (0, 1) where n is 0."""
    low = float(betaincinv(found, n - found + 1, 1 - confidence)) if found else 0.0
    high = float(betaincinv(found + 1, n - found, confidence)) if found < n else 1.0
    return low, high


def _error(gains: int, losses: int, n: int) -> float:
    """The standard error of (gains − losses) / n; without any change, what as much as may have gone unseen has."""
    changed = (gains + losses) / n
    return math.sqrt((changed - ((gains - losses) / n) ** 2) / n) if changed else tied_error(n, 1.0)


def _tango_low(gains: int, losses: int, n: int, z: float) -> float:
    """The difference whose score statistic is z, by bisection: the statistic falls as the difference rises."""
    below, above = -1.0, (gains - losses) / n
    for _ in range(60):
        middle = (below + above) / 2
        b = -gains - losses + (2 * n - gains + losses) * middle
        c = -losses * middle * (1 - middle)
        nuisance = (math.sqrt(max(b * b - 8 * n * c, 0.0)) - b) / (4 * n)
        variance = n * (2 * nuisance + middle * (1 - middle))
        if gains - losses - n * middle > z * math.sqrt(max(variance, 0.0)):
            below = middle
        else:
            above = middle
    return below
