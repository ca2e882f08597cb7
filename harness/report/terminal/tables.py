"""What the comparison of a suite says, as a table: on one line a metric where there is room, else on two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.comparison.records import Comparison, EvaluationResult, MetricComparison
from harness.documents.visible import visible
from harness.report.numbers import (
    NONE,
    bound,
    decimals_between,
    decimals_of,
    figure,
    interval,
    p_cell,
    signed,
    spread,
    tested,
)
from harness.report.sentences.lines import metric_notes, ordered, value_notes
from harness.report.sentences.words import VERDICT_STYLES
from harness.report.terminal.bars import SMALLEST, WIDEST, bar_head, interval_bar
from harness.report.terminal.text import plain, ruled_table
from harness.types import Role

_SMALLEST_NAME = 14
_GAP = 2


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of one metric as text; `bar` draws in a width."""

    metric: MetricComparison
    name: str
    role: str
    baseline: str
    candidate: str
    difference: str
    spread: str
    margin: str
    tested: str
    bar: Callable[[int], str]

    @property
    def whole_difference(self) -> str:
        return f"{self.difference} {self.spread}".rstrip()

    @property
    def both(self) -> str:
        return NONE if self.baseline == self.candidate == NONE else f"{self.baseline} → {self.candidate}"

    @property
    def verdict(self) -> Text:
        return Text(self.metric.verdict, style=VERDICT_STYLES[self.metric.verdict])

    @property
    def labelled(self) -> Text:
        return _labelled(self.name, self.metric.role)


def metrics(comparison: Comparison, width: int) -> RenderableType:
    """One row a metric, worst verdict first; below it why a verdict is what it is, and what is missing."""
    notes = list(_notes(comparison))
    if not comparison.metrics:
        return Group(*notes)
    rows = [_row(metric) for metric in ordered(comparison)]
    table = _on_one_line(rows, width) or _on_two_lines(rows, width) or _narrow(rows)
    return Group(table, *notes)


def result(measured: EvaluationResult) -> RenderableType:
    """One row a metric of a single evaluation: its value, the interval and what it was computed from."""
    table = ruled_table()
    table.add_column("metric", overflow="fold")
    for head in ("value", "interval", "cases", "failed"):
        table.add_column(head, justify="right", no_wrap=True)
    for metric in measured.metrics:
        decimals = decimals_between(metric.low, metric.high)
        cells = [
            figure(metric.value, decimals),
            spread(metric.low, metric.high, decimals, metric.level),
            f"{metric.n:,}",
            f"{metric.errors:,}",
        ]
        table.add_row(_labelled(visible(metric.metric), metric.role), *cells)
    return Group(table, *(_note(name, line) for name, line in value_notes(measured.metrics)))


def _row(metric: MetricComparison) -> _Row:
    decimals = decimals_of(metric)
    return _Row(
        metric,
        name=visible(metric.metric),
        role=_told(metric.role),
        baseline=figure(metric.baseline, decimals),
        candidate=figure(metric.candidate, decimals),
        difference=signed(metric.difference, decimals),
        spread=interval(metric.low, metric.high, decimals, metric.level),
        margin="" if metric.margin is None else bound(metric.margin),
        tested=tested(metric),
        bar=lambda width: interval_bar(metric, width),
    )


def _labelled(name: str, role: Role) -> Text:
    """The name with its role."""
    return Text.assemble((name, "bold" if role == "primary" else ""), (_told(role), "dim"))


def _told(role: Role) -> str:
    """A guard, the usual role, goes unmarked."""
    return "" if role == "guard" else f" ({role})"


def _on_one_line(rows: Sequence[_Row], width: int) -> Table | None:
    """All in columns of their own; None where they do not fit."""
    columns: list[tuple[str, list[str]]] = [
        ("baseline", [row.baseline for row in rows]),
        ("candidate", [row.candidate for row in rows]),
        ("difference", [row.whole_difference for row in rows]),
        ("", []),
        ("p", [p_cell(row.metric) for row in rows]),
        ("margin", [row.margin for row in rows]),
    ]
    columns = [(head, cells) for head, cells in columns if not cells or any(cells)]
    used = [_widest([f"{row.name}{row.role}" for row in rows]), _widest([row.metric.verdict for row in rows])]
    used += [_widest([head, *cells]) for head, cells in columns if cells]
    room = width - sum(used) - _GAP * (len(columns) + 1)
    if room < SMALLEST:
        return None
    bar_width = min((room - 1) | 1, WIDEST)
    table = ruled_table()
    table.add_column("metric", overflow="fold")
    for head, cells in columns:
        table.add_column(head or bar_head(bar_width), justify="right" if cells else "left", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for place, row in enumerate(rows):
        middle = [cells[place] if cells else _drawn(row, bar_width) for _, cells in columns]
        table.add_row(row.labelled, *middle, row.verdict)
    return table


def _on_two_lines(rows: Sequence[_Row], width: int) -> Table | None:
    """The bar below the difference, the p below the verdict; None where not even that fits."""
    heads = ("baseline →", "difference", "verdict")
    values = _widest([heads[0], *(part for row in rows for part in (row.both, _margin(row)))])
    difference = _widest([heads[1], *(row.whole_difference for row in rows)])
    verdict = _widest([heads[2], *(part for row in rows for part in (row.metric.verdict, row.tested))])
    name = _widest([f"{row.name}{row.role}" for row in rows])
    bar_width = max(difference, SMALLEST) | 1
    if min(name, _SMALLEST_NAME) + values + bar_width + verdict + 3 * _GAP > width:
        return None
    table = ruled_table()
    table.add_column("metric", overflow="fold")
    table.add_column(f"{heads[0]}\ncandidate", justify="right", no_wrap=True)
    table.add_column(f"{heads[1]:>{bar_width}}\n{bar_head(bar_width)}", no_wrap=True)
    table.add_column(f"{heads[2]}\nadjusted p", no_wrap=True)
    for row in rows:
        table.add_row(
            row.labelled,
            _stacked(Text(row.both), _margin(row)),
            Text("\n").join(
                [Text(f"{row.whole_difference:>{bar_width}}"), *([_drawn(row, bar_width)] if row.spread else [])]
            ),
            _stacked(row.verdict, row.tested),
        )
    return table


def _narrow(rows: Sequence[_Row]) -> Table:
    """Without bars, each figure on a line of its own."""
    table = ruled_table()
    table.add_column("metric", overflow="fold")
    table.add_column("baseline\ncandidate", justify="right", no_wrap=True)
    table.add_column("difference\n[interval]", justify="right", no_wrap=True)
    table.add_column("verdict\nadjusted p", no_wrap=True)
    for row in rows:
        table.add_row(
            _stacked(row.labelled, f"  {_margin(row)}" if row.margin else ""),
            f"{row.baseline}\n{row.candidate}",
            f"{row.difference}\n{row.spread}",
            _stacked(row.verdict, row.tested),
        )
    return table


def _drawn(row: _Row, width: int) -> Text:
    """The bar, for a column that begins at the left: rich drops the blanks at the end of what it moves to the right."""
    return Text(row.bar(width), style=VERDICT_STYLES[row.metric.verdict])


def _stacked(first: Text, second: str) -> Text:
    return Text("\n").join([first, Text(second, style="dim")]) if second else first


def _margin(row: _Row) -> str:
    return f"margin {row.margin}" if row.margin else ""


def _notes(comparison: Comparison) -> Iterator[Text]:
    yield from (_note(name, line) for name, line in metric_notes(comparison))
    yield from (plain(f"warning: {warning}", "yellow") for warning in comparison.warnings)


def _note(name: str, line: str) -> Text:
    return Text.assemble((f"{visible(name)}: ", "bold dim"), (visible(line), "dim"))


def _widest(cells: Sequence[str]) -> int:
    return max(map(cell_len, cells), default=0)
