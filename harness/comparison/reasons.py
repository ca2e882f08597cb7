"""Why a verdict is what it is, in words and with the digits that the interval supports."""

from __future__ import annotations

from collections.abc import Iterator

from harness.comparison.estimated import Estimated, gain_interval, open_cap, open_loss
from harness.comparison.power import rounded_up
from harness.comparison.records import MetricComparison
from harness.comparison.statistics.paired import ALPHA, Paired
from harness.comparison.wording import bound, decimals_of, figure, interval, reaches, signed

FEW_CARRIERS = 25
SKEWED = "a few large differences carry this; the interval may be too narrow"


def narrow_notes(estimated: Estimated, paired: Paired) -> Iterator[str]:
    """Why the interval may be too narrow.

    Where a loss is true and few clusters carry it, the bound towards no loss errs in up to 13 %, with clusters of equal
    and of skewed sizes, by CR2, CR3, wild bootstrap-t and flips alike (`tests/benchmarks/cluster_intervals.py`).
    """
    if paired.skewed:
        yield SKEWED
    elif estimated.clusters < estimated.n and paired.carriers < FEW_CARRIERS:
        count = max(round(paired.carriers), 1)
        yield f"about {count} cluster{'s carry' if count > 1 else ' carries'} this; the interval may be too narrow"


def figures(metric: MetricComparison) -> str:
    """`0.91 → 0.84 (−0.07 [−0.10, −0.04])`, with the digits the interval supports; empty where unmeasured."""
    if metric.baseline is None or metric.candidate is None or metric.difference is None:
        return ""
    digits = decimals_of(metric)
    difference = (
        f"{signed(metric.difference, digits)} {interval(metric.low, metric.high, digits, metric.level)}".rstrip()
    )
    return f"{figure(metric.baseline, digits)} → {figure(metric.candidate, digits)} ({difference})"


def parted(metric: MetricComparison, raw: tuple[float, float], alpha: float) -> Iterator[str]:
    """Why a gain or a loss that the test or the interval sees, or a loss that the interval excludes, does not count."""
    low, high = gain_interval(metric)
    seen = (("gain", metric.p_gain, raw[0], low > 0), ("loss", metric.p_loss, raw[1], high < 0))
    for word, adjusted, alone, excluded in seen:
        if adjusted is None or alone > ALPHA:
            continue
        if adjusted <= alpha and not excluded:
            yield f"the test finds a {word} ({p_text(adjusted)}) and the interval holds zero, so that it does not count"
        elif adjusted <= alpha:
            yield f"the {word} is beyond chance ({p_text(adjusted)}), but below the floor of {bound(metric.floor)}"
        elif alone <= alpha:
            yield f"the {word} would count alone, but not as one of {metric.family} tests"
        elif excluded:
            yield f"the {word} would count in a single look ({p_text(alone)}), but not at {alpha:.2g}"
    limit = metric.floor if metric.margin is None else metric.margin
    if limit and reaches(open_loss(metric), limit) and not reaches(0.0 - low, limit):
        yield "few cases changed, so that rare large losses may be missing"


def doubt(metric: MetricComparison) -> str:
    """The loss that is not excluded, the smallest that would be seen, and the cases that would settle it."""
    digits, needed, seen = decimals_of(metric), metric.sensitivity.needed, metric.sensitivity.detectable
    doubt = f"a loss of {figure(open_loss(metric), digits)} is not excluded{_beside_the_limit(metric)}"
    if seen is not None:
        doubt = f"{doubt}; one of {figure(seen, digits)} would mostly be seen"
    if needed is None:
        return doubt
    target = metric.margin or (metric.cap if open_cap(metric) else metric.floor) or 0.0
    return f"{doubt}; about {rounded_up(needed):,} cases would exclude {bound(target)} if nothing got worse"


def _beside_the_limit(metric: MetricComparison) -> str:
    """On which side of what decides that loss is: the margin, or the cap of a primary metric without one."""
    if metric.margin is not None:
        return f", beyond the margin of {bound(metric.margin)}"
    if metric.role != "primary" or not metric.cap:
        return ""
    return f", {'beyond' if open_cap(metric) else 'within'} the cap of {bound(metric.cap)}"


def p_text(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
