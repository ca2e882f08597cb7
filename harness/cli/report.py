"""harness report"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def command(
    context: typer.Context,
    run: Annotated[str, typer.Argument(help="A run's id or unique prefix; `latest` for the last one.")] = "latest",
    form: Annotated[str, typer.Option("--format", help="rich, html, markdown, json or junit.")] = "rich",
    output: Annotated[
        Path | None, typer.Option(help="The file to write; - for stdout. Default: in reports/RUN/; of rich, stdout.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json --output -.")] = False,
) -> int:
    """Show the report of a run again, from what is stored, or write it as a file and print the file's path."""
    from harness.errors import ExitCode, UsageError
    from harness.report.formats import FILES, formatted, write
    from harness.report.query.build import run_report
    from harness.store.journal.journal import run_folder

    if form != "rich" and form not in FILES:
        raise UsageError(f"--format {form!r}: is no format; there are rich, {', '.join(FILES)}")
    to_stdout = output is not None and str(output) == "-"
    if as_json and (form not in ("rich", "json") or output is not None):
        raise UsageError("--json prints JSON on stdout; give --format and --output instead to have it otherwise")
    if form == "rich" and output is not None and not to_stdout:
        raise UsageError("--output: rich is for terminals; write a file as html, markdown, json or junit")
    invocation = context.obj
    if run == "latest" and not invocation.store.runs(limit=1):
        raise UsageError("report: there is no run yet; start with `harness demo`")
    found = invocation.store.runs(limit=1)[0] if run == "latest" else invocation.store.run(run)
    report = run_report(invocation.store, found.id)
    if form == "rich":
        invocation.show(report, as_json)
    elif as_json or to_stdout:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")  # the files are UTF-8 and say so, whatever the terminal is
        invocation.print_line(formatted(report, form).removesuffix("\n"))
    else:
        file = output or run_folder(invocation.reports, found.id) / FILES[form]
        write(report, form, file)
        invocation.print_line(os.path.relpath(file) if output is None else str(file))
    return ExitCode.PASS
