"""harness report"""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="A run's id or unique prefix; `latest` for the last one.")] = "latest",
    form: Annotated[str, typer.Option("--format", help="rich or json.")] = "rich",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> int:
    """Show the report of a run again, from what is stored."""
    from harness.errors import ExitCode, UsageError
    from harness.report.build import run_report

    if form not in ("rich", "json"):
        raise UsageError(f"--format {form!r}: is no format; there are rich and json")
    store = context.obj.store
    if run == "latest" and not store.runs(limit=1):
        raise UsageError("report: there is no run yet; start with `harness demo`")
    found = store.runs(limit=1)[0] if run == "latest" else store.run(run)
    context.obj.show(run_report(store, found.id), as_json or form == "json")
    return ExitCode.PASS
