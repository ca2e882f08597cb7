"""Numbers as they are printed, in verdicts and reports alike: as many digits as the interval supports.

Rounding never moves a figure across what decides: zero, the margin, the floor or the cap.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from harness.comparison.records import LEVEL, MetricComparison

NONE = "–"
_USUAL_DECIMALS, _MOST_DECIMALS = 6, 15
_EXACT = 1e-9


def decimals_for(half_width: float) -> int:
    """Decimals worth printing beside an uncertainty (the rounding rule of the Particle Data Group).

    Two significant digits of the uncertainty where they begin with 10 to 35, else one: 0.081 -> 2, 0.025 -> 3.
    """
    exponent = math.floor(math.log10(half_width))
    leading = half_width / 10**exponent
    if leading >= 9.5:
        exponent += 1
    digits = 2 if leading < 3.55 or leading >= 9.5 else 1
    return max(0, min(_USUAL_DECIMALS, digits - 1 - exponent))


def decimals_of(metric: MetricComparison) -> int | None:
    """Decimals for one row, from the interval of its difference; None where there is none.

    As many more as it takes that what is printed says the same as the verdict: a bound that is not zero never prints
    as zero, and neither bounds nor difference print across the margin, the floor or the cap.
    """
    sign = 1.0 if metric.higher_is_better else -1.0
    limits = [-sign * limit for limit in (metric.margin, metric.floor, metric.cap) if limit]
    bounds = [metric.low, metric.high, None if metric.gain_low is None else sign * metric.gain_low]
    beside = [(bound, limit) for bound in bounds for limit in limits]
    floor = metric.floor or 0.0
    beside += [(metric.difference, floor), (metric.difference, -floor)]
    return decimals_between(metric.low, metric.high, beside)


def decimals_between(
    low: float | None, high: float | None, beside: Iterable[tuple[float | None, float]] = ()
) -> int | None:
    """Decimals for an interval, None without one; `beside`: figures with a limit that rounding must not take across."""
    bounds = finite(low, high)
    if bounds is None or bounds[0] == bounds[1]:
        return None
    pairs = [(bound, 0.0) for bound in bounds]
    pairs += [(figure, limit) for figure, limit in beside if figure is not None and math.isfinite(figure)]
    decimals = decimals_for(abs(bounds[1] - bounds[0]) / 2)
    while decimals < _MOST_DECIMALS and not all(_keeps_side(figure, limit, decimals) for figure, limit in pairs):
        decimals += 1
    return decimals


def figure(value: float | None, decimals: int | None = None) -> str:
    """A value, with three significant digits where nothing is known about its uncertainty."""
    if value is None or not math.isfinite(value):
        return NONE
    if abs(value) >= (1e7 if decimals is None else 1e15):
        return f"{value:.2e}"
    if decimals is None:
        magnitude = math.floor(math.log10(abs(value))) if value else 0
        decimals = max(0, min(_USUAL_DECIMALS, 2 - magnitude))
    text = f"{value:,.{decimals}f}"
    return _minus(text if float(text.replace(",", "")) else text.removeprefix("-"))


def signed(value: float | None, decimals: int | None = None) -> str:
    """A difference: `figure` with its sign; zero has none."""
    text = figure(value, decimals)
    return f"+{text}" if value is not None and value > 0 and any(d in text for d in "123456789") else text


def interval(low: float | None, high: float | None, decimals: int | None = None, level: float = LEVEL) -> str:
    """Both bounds of a difference, signed, in brackets; empty where one is missing. Another level is told."""
    if finite(low, high) is None:
        return ""
    return f"[{signed(low, decimals)}, {signed(high, decimals)}]{_level(level)}"


def spread(low: float | None, high: float | None, decimals: int | None = None, level: float = LEVEL) -> str:
    """Both bounds of a value, without signs, in brackets; empty where one is missing. Another level is told."""
    if finite(low, high) is None:
        return ""
    return f"[{figure(low, decimals)}, {figure(high, decimals)}]{_level(level)}"


def bound(value: float | None) -> str:
    """A margin or limit as somebody wrote it: up to six significant digits, no trailing zeros."""
    return NONE if value is None else f"{value:.6g}"


def reaches(size: float, limit: float) -> bool:
    """Whether a size is at a limit above 0 or beyond: what is equal may differ in the last binary digits."""
    return size >= limit * (1 - _EXACT)


def finite(low: float | None, high: float | None) -> tuple[float, float] | None:
    """Both bounds, where both are numbers."""
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return None
    return low, high


def share(value: float | None, limit: float | None = None) -> str:
    """A share of 1 in percent, two significant digits; what is not quite 0 or 100 % does not print as such.

    As many more digits as it takes for a share that is not the `limit` to print on its own side of it.
    """
    if value is None or not math.isfinite(value):
        return NONE
    percent = value * 100
    if percent <= 0 or percent >= 100:
        return f"{percent:.0f} %"
    nearest = min(percent, 100 - percent) if percent > 99 else percent
    decimals = max(0, 1 - math.floor(math.log10(nearest)))
    while (
        limit is not None
        and decimals < _MOST_DECIMALS
        and _side(percent, limit) != _side(round(percent, decimals), limit)
    ):
        decimals += 1
    return f"{percent:.{decimals}f} %"


def _side(percent: float, limit: float) -> int:
    """-1 below the limit, 0 at it, 1 above."""
    if math.isclose(percent, 100 * limit, rel_tol=_EXACT):
        return 0
    return 1 if percent > 100 * limit else -1


def _keeps_side(figure: float, limit: float, decimals: int) -> bool:
    """Whether the rounded figure is on the side of the limit where the figure is."""
    rounded = round(figure, decimals)
    if not limit:
        return rounded * figure > 0 or not figure
    toward = math.copysign(1.0, limit)
    return reaches(rounded * toward, abs(limit)) == reaches(figure * toward, abs(limit))


def _level(level: float) -> str:
    """Intervals of today's level go unmarked: a report says once which that is."""
    return "" if level == LEVEL else f" ({100 * level:g} %)"


def _minus(text: str) -> str:
    return text.replace("-", "−", 1) if text.startswith("-") else text
