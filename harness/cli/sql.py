"""harness sql"""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="One SELECT over the store's tables.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Query the store, read-only."""
    from harness.cli.tables import show_rows
    from harness.errors import ExitCode

    names, rows = context.obj.store.query(query)
    show_rows(context.obj, [dict(zip(names, row, strict=True)) for row in rows], as_json, empty="no rows")
    return ExitCode.PASS
