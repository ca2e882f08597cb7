"""Numbers as a report prints them: no more digits than the interval supports, a sign on differences, "–" for none."""

from __future__ import annotations

import math

from harness.comparison.records import MetricComparison
from harness.comparison.wording import (
    NONE,
    bound,
    decimals_between,
    decimals_for,
    decimals_of,
    figure,
    interval,
    share,
    signed,
    spread,
)

# Rounding is one rule for verdicts and reports, so it lives below both; templates find all numbers here.
__all__ = [
    "NONE",
    "bound",
    "decimals_between",
    "decimals_for",
    "decimals_of",
    "detectable",
    "duration",
    "figure",
    "interval",
    "p_cell",
    "rate",
    "share",
    "signed",
    "spread",
    "tested",
    "x_of_n",
]


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
