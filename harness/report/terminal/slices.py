"""A metric on parts of the cases: where a loss comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from harness.comparison.records import MetricComparison
from harness.documents.visible import visible
from harness.report.cells import left_out, slice_cells, worst_slices
from harness.report.terminal.text import plain, ruled_table


def slices(metrics: Sequence[MetricComparison]) -> RenderableType:
    """A table a metric, below each how many slices are left out."""
    return Group(*(part for metric in metrics for part in _of_metric(metric)))


def _of_metric(metric: MetricComparison) -> Iterator[RenderableType]:
    table = ruled_table()
    table.add_column(Text(f"{visible(metric.metric)} by slice"), overflow="fold")
    for head in ("n", "baseline → candidate", "difference"):
        table.add_column(head, justify="right", no_wrap=True)
    for one in worst_slices(metric):
        name, *cells = slice_cells(one, metric.level)
        table.add_row(plain(name), *cells, style="dim" if one.low is None else "")
    yield Text()
    yield table
    yield plain(left_out(metric), "dim")
