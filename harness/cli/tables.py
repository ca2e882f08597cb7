"""Plain tables of rows for people, JSON for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.cli.invocation import Invocation


def show_rows(invocation: Invocation, rows: Sequence[Mapping[str, Any]], as_json: bool, empty: str) -> None:
    """The rows on stdout; `empty` is what a person reads when there are none."""
    if as_json:
        invocation.print_json(list(rows))
        return
    if not rows:
        invocation.print_line(empty)
        return
    from rich.table import Table

    from harness.report.terminal.text import plain

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in rows[0]:
        table.add_column(plain(str(name)), overflow="fold")
    for row in rows:
        table.add_row(*(plain("" if value is None else str(value)) for value in row.values()))
    invocation.print_rich(table)
