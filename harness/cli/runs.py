"""harness runs"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from harness.store.rows.listed import Progress


def command(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """List runs, newest first, with their state, what they have not finished, and their decision."""
    from harness.cli.tables import show_rows
    from harness.errors import ExitCode

    store = context.obj.store
    with store.reader():
        runs = [store.as_it_is(run) for run in store.runs(limit=limit)]
        unfinished = store.progress([run.id for run in runs])
    rows = [
        {
            "run": run.id,
            "command": run.command,
            "state": run.state,
            "unfinished": _unfinished([one for one in unfinished if one.run == run.id], as_json),
            "started": run.started_at,
            "decision": "" if run.code is None else f"exit {int(run.code)}",
        }
        for run in runs
    ]
    show_rows(context.obj, rows, as_json, empty="no run yet; start with `harness demo`")
    return ExitCode.PASS


def _unfinished(evaluations: Sequence[Progress], as_json: bool) -> Any:
    """How far each evaluation of a run has come that is not complete."""
    if as_json:
        return [{"suite": one.suite, "answered": one.answered, "wanted": one.wanted} for one in evaluations]
    return ", ".join(f"{one.suite}: {one.answered:,} of {one.wanted:,}" for one in evaluations)
