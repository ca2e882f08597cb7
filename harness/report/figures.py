"""Numbers as a report prints them: no more digits than the interval supports, a sign on differences, "–" for none."""

from __future__ import annotations

import math

from harness.records import MetricComparison

NONE = "–"
_MOST_DECIMALS = 6


def decimals_for(half_width: float) -> int:
    """Decimals worth printing beside an uncertainty (the rounding rule of the Particle Data Group).

    Two significant digits of the uncertainty where they begin with 10 to 35, else one: 0.081 -> 2, 0.025 -> 3.
    """
    exponent = math.floor(math.log10(half_width))
    leading = half_width / 10**exponent
    if leading >= 9.5:
        exponent += 1
    digits = 2 if leading < 3.55 or leading >= 9.5 else 1
    return max(0, min(_MOST_DECIMALS, digits - 1 - exponent))


def decimals_of(metric: MetricComparison) -> int | None:
    """Decimals for one row: from the interval of its difference, else of the candidate; None where there is neither.

    A bound that is not zero never prints as zero: which side of zero it is on is what the interval is for.
    """
    bounds = _finite(metric.low, metric.high) or _finite(*(metric.candidate_interval or (None, None)))
    if bounds is None or bounds[0] == bounds[1]:
        return None
    decimals = decimals_for(abs(bounds[1] - bounds[0]) / 2)
    while decimals < _MOST_DECIMALS and any(bound and round(bound, decimals) == 0 for bound in bounds):
        decimals += 1
    return decimals


def figure(value: float | None, decimals: int | None = None) -> str:
    """A value, with three significant digits where nothing is known about its uncertainty."""
    if value is None or not math.isfinite(value):
        return NONE
    if abs(value) >= 1e7:
        return f"{value:.2e}"
    if decimals is None:
        magnitude = math.floor(math.log10(abs(value))) if value else 0
        decimals = max(0, min(_MOST_DECIMALS, 2 - magnitude))
    text = f"{value:,.{decimals}f}"
    return _minus(text if float(text.replace(",", "")) else text.removeprefix("-"))


def signed(value: float | None, decimals: int | None = None) -> str:
    """A difference: `figure` with its sign; zero has none."""
    text = figure(value, decimals)
    return f"+{text}" if value is not None and value > 0 and any(d in text for d in "123456789") else text


def interval(low: float | None, high: float | None, decimals: int | None = None) -> str:
    """Both bounds of a difference, signed, in brackets; empty where one is missing."""
    if _finite(low, high) is None:
        return ""
    return f"[{signed(low, decimals)}, {signed(high, decimals)}]"


def spread(low: float | None, high: float | None, decimals: int | None = None) -> str:
    """Both bounds of a value, without signs, in brackets; empty where one is missing."""
    if _finite(low, high) is None:
        return ""
    return f"[{figure(low, decimals)}, {figure(high, decimals)}]"


def bound(value: float | None) -> str:
    """A margin or limit as somebody wrote it: up to six significant digits, no trailing zeros."""
    return NONE if value is None else f"{value:.6g}"


def share(value: float | None) -> str:
    """A share of 1 in percent, two significant digits; what is not quite 0 or 100 % does not print as such."""
    if value is None or not math.isfinite(value):
        return NONE
    percent = value * 100
    if percent <= 0 or percent >= 100:
        return f"{percent:.0f} %"
    nearest = min(percent, 100 - percent) if percent > 99 else percent
    decimals = max(0, 1 - math.floor(math.log10(nearest)))
    return f"{percent:.{decimals}f} %"


def tested(metric: MetricComparison) -> str:
    """The adjusted p of what the figures show: of the loss where the candidate lost, else of the gain.

    "p < 0.001", "p = 0.04"; "q = 0.04" for a watch metric, whose p is a false-discovery rate; empty where untested.
    """
    gain = (metric.difference or 0.0) * (1 if metric.higher_is_better else -1)
    p = metric.p_loss if gain < 0 else metric.p_gain
    if p is None or not math.isfinite(p):
        return ""
    name = "q" if metric.role == "watch" else "p"
    return f"{name} < 0.001" if p < 0.001 else f"{name} = {min(p, 1.0):.2g}"


def p_cell(metric: MetricComparison) -> str:
    """The same for a column that is headed "p": "0.04", "< 0.001"; a watch metric's stays "q = 0.04"."""
    return tested(metric).removeprefix("p = ").removeprefix("p ")


def detectable(metric: MetricComparison) -> str:
    """The smallest loss that a comparison of this size would mostly show, at least one digit of it; "" if unknown."""
    loss = metric.sensitivity.detectable
    if loss is None or not math.isfinite(loss):
        return ""
    decimals = decimals_of(metric)
    return figure(loss, decimals if decimals is not None and round(loss, decimals) else None)


def x_of_n(found: int | None, n: int | None) -> str:
    """Hits of passages: "3 of 1,200"; "–" where nothing was checked."""
    return NONE if found is None or not n else f"{found:,} of {n:,}"


def duration(seconds: float | None) -> str:
    """Seconds for people: "0.4 s", "12 s", "3 min 10 s", "2 h 05 min"."""
    if seconds is None or not math.isfinite(seconds):
        return NONE
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02} min"


def rate(amount: float, seconds: float, unit: str = "") -> str:
    """How much a second: "8.3 a second", or with a unit "812 tokens a second"."""
    if seconds <= 0:
        return NONE
    return f"{figure(amount / seconds)} {unit + ' ' if unit else ''}a second"


def _finite(low: float | None, high: float | None) -> tuple[float, float] | None:
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return None
    return low, high


def _minus(text: str) -> str:
    return text.replace("-", "−", 1) if text.startswith("-") else text
