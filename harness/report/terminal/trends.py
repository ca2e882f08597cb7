"""The last values of each metric as a sparkline: how the candidate compares with what came before."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from harness.report.model import Trend
from harness.report.numbers import decimals_between, figure, spread
from harness.report.terminal.curve import sparkline
from harness.report.terminal.text import plain

_MOST_POINTS = 30


def trend_lines(trends: Sequence[Trend]) -> RenderableType:
    """A line a metric: the first value shown, the sparkline and the last value with its interval.

    A sparkline spans all the intervals shown, so that what is only noise looks flat.
    """
    grid = Table.grid(padding=(0, 1))
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True, style="cyan")
    grid.add_column(no_wrap=True)
    for trend in trends:
        points = trend.points[-_MOST_POINTS:]
        latest = points[-1]
        decimals = decimals_between(latest.low, latest.high)
        last = f"{figure(latest.value, decimals)} {spread(latest.low, latest.high, decimals, latest.level)}".rstrip()
        direction = "" if trend.higher_is_better else ", lower is better"
        name = plain(f"{trend.suite} {trend.metric}").append_text(Text(direction, style="dim"))
        low, high = min(point.low for point in points), max(point.high for point in points)
        spark = sparkline([point.value for point in points], low, high)
        grid.add_row(name, figure(points[0].value, decimals), spark, last)
    return grid
