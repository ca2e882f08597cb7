"""harness runs"""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """List runs, newest first, with their state and decision."""
    from harness.cli.tables import show_rows
    from harness.errors import ExitCode

    rows = [
        {
            "run": run.id,
            "command": run.command,
            "state": run.state,
            "started": run.started_at,
            "decision": "" if run.code is None else f"exit {int(run.code)}",
        }
        for run in context.obj.store.runs(limit=limit)
    ]
    show_rows(context.obj, rows, as_json, empty="no run yet; start with `harness demo`")
    return ExitCode.PASS
