"""An interval as a line of text: where it lies between a loss and a gain."""

from __future__ import annotations

import math

from harness.comparison.records import MetricComparison

ZERO, LINE, ESTIMATE, MARGIN = "│", "━", "●", "┊"
SMALLEST, WIDEST = 21, 41


def interval_bar(metric: MetricComparison, width: int) -> str:
    """The interval of the gain with its estimate, zero in the middle and the margin; empty where there is none.

    `width` is odd. A gain is right of zero, for metrics where less is better, too. Each metric has a scale of its own:
    the farthest of the interval and the margin is at an edge. What is not zero never stands on zero's column, except
    the estimate of an interval that holds zero; and an interval that excludes the margin never touches it.
    """
    if metric.low is None or metric.high is None or metric.difference is None:
        return ""
    sign = 1.0 if metric.higher_is_better else -1.0
    low, high = sorted((sign * metric.low, sign * metric.high))
    marks = [low, high, *([-metric.margin] if metric.margin else [])]
    if not all(map(math.isfinite, marks)):
        return ""
    middle = width // 2
    reach = max(map(abs, marks)) or 1.0

    def column(value: float) -> int:
        away = max(1, round(abs(value) / reach * middle)) if value else 0
        return middle + (away if value > 0 else -away)

    first, last = column(low), column(high)
    margin = column(-metric.margin) if metric.margin else None
    if margin is not None and metric.margin and low > -metric.margin:
        first = max(first, 1)
        margin = min(margin, first - 1)
    bar = [" "] * width
    bar[first : last + 1] = LINE * (last + 1 - first)
    bar[middle] = ZERO
    if margin is not None:
        bar[margin] = MARGIN
    estimate = middle + round(sign * metric.difference / reach * middle)
    bar[min(max(estimate, first), last)] = ESTIMATE
    return "".join(bar)


def bar_head(width: int) -> str:
    """What stands above a column of bars."""
    return f"{'worse':<{width // 2}}0{'better':>{width // 2}}"
