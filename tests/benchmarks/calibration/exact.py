"""One 0/1 metric on cases that stand alone, without chance: every pair of lost and won cases, with its probability.

What a gate says of such a metric depends on these two counts alone, so it is asked once for each of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from calibration.gates import exit_code
from calibration.kinds import KINDS, RIGHT
from calibration.situations import sides_of
from harness.comparison.family import compare
from harness.comparison.pairing import MetricSides

DISCORDANCE = 0.1
SIZES = (50, 100, 150, 300, 500, 1000)
LOSSES = (0.0, 0.02, 0.05, 0.10)
MARGINS = (0.02, 0.03, 0.05)
MARGIN_SIZES = (150, 500, 1000)
_NEGLIGIBLE = 1e-8

REFERENCE_CODES: Mapping[int, Sequence[str]] = {
    50: (".03/.64/.33", ".08/.47/.45", ".22/.25/.53", ".75/.03/.22"),
    100: (".04/.90/.06", ".14/.75/.12", ".45/.41/.14", ".99/.01/0"),
    150: (".05/.95/0", ".19/.81/.01", ".63/.37/.01", "1/0/0"),
    300: (".05/.95/0", ".29/.71/0", ".88/.12/0", "1/0/0"),
    500: (".05/.95/0", ".41", ".98", "1"),
    1000: (".05/.95/0", ".64", "1", "1"),
}
"""Exit 1/0/3 (or exit 1 alone) at each loss, as enumerated before the gate was built."""
REFERENCE_PASSES: Mapping[int, Sequence[float]] = {
    150: (0.18, 0.31, 0.59),
    500: (0.40, 0.67, 0.97),
    1000: (0.63, 0.91, 1.0),
}


def exit_codes(n: int) -> Mapping[float, Mapping[int, float]]:
    """The probability of each exit code at each loss."""
    chances = {loss: _changes(n, loss) for loss in LOSSES}
    probable = np.maximum.reduce(list(chances.values())) > _NEGLIGIBLE
    found = {loss: dict.fromkeys((0, 1, 3), 0.0) for loss in LOSSES}
    for lost, won in np.argwhere(probable).tolist():
        code = exit_code(_sides(n, lost, won))
        for loss, chance in chances.items():
            found[loss][code] += float(chance[lost, won])
    return found


def passes_if_equal(n: int, margin: float) -> float:
    """The probability that an equal candidate is found not worse than the margin, or even improved."""
    chances = _changes(n, 0.0)
    passing = ("not worse", "improved")
    pairs = np.argwhere(chances > _NEGLIGIBLE).tolist()
    return float(
        sum(chances[lost, won] for lost, won in pairs if compare(_sides(n, lost, won, margin))[0].verdict in passing)
    )


def agrees(ours: Mapping[int, float], reference: str) -> bool:
    """Whether the reference's digits are ours, rounded; a digit off in the last place is rounding of the reference."""
    codes = (1, 0, 3)[: reference.count("/") + 1]
    return all(abs(ours[code] - float(part)) <= 0.0101 for code, part in zip(codes, reference.split("/"), strict=True))


def _changes(n: int, loss: float) -> npt.NDArray[np.float64]:
    """P(so many lost, so many won) for all that are at all likely."""
    most = int(binom.isf(_NEGLIGIBLE / n, n, DISCORDANCE)) + 1
    lost, won = np.meshgrid(np.arange(most), np.arange(most), indexing="ij")
    share = (DISCORDANCE + loss) / (2 * DISCORDANCE)
    return np.asarray(binom.pmf(lost + won, n, DISCORDANCE) * binom.pmf(lost, lost + won, share))


def _sides(n: int, lost: int, won: int, margin: float | None = None) -> tuple[MetricSides, ...]:
    tied = n - lost - won
    right = round(RIGHT * tied)
    baseline = np.repeat([1.0, 0.0, 1.0, 0.0], [lost, won, right, tied - right])
    candidate = np.repeat([0.0, 1.0, 1.0, 0.0], [lost, won, right, tied - right])
    scores = tuple(np.column_stack([side, np.ones(n)]) for side in (baseline, candidate))
    return sides_of(KINDS["0/1"], [(scores[0], scores[1])], np.arange(n), margin=margin)
