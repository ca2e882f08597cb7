"""harness evaluate"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    context: typer.Context,
    model: Annotated[str | None, typer.Argument(help="Folder, hub name, alias or BACKEND:REFERENCE.")] = None,
    suite: Annotated[list[str] | None, typer.Option(help="A suite, by name or path; may be repeated.")] = None,
    predictions: Annotated[Path | None, typer.Option(help="Score recorded answers (JSON Lines); no model.")] = None,
    adapter: Annotated[str | None, typer.Option(help="A LoRA adapter's folder, on top of the model.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="KEY=VALUE for the backend, e.g. dtype=bfloat16.")] = None,
    name: Annotated[str | None, typer.Option(help="A name to find the evaluation by.")] = None,
    tier: Annotated[str, typer.Option(help="dev, gate, vault or all; gate:100 takes a frozen 100 cases.")] = "gate",
    explain_plan: Annotated[
        bool, typer.Option("--explain-plan", help="Say how it would be done; ask nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Measure a model, or recorded answers, on a suite."""
    from harness.errors import ExitCode, UsageError
    from harness.report.query.build import run_report
    from harness.runs import api

    invocation, suites = context.obj, suite or []
    invocation.talk()
    if explain_plan and predictions is not None and model is None:
        raise UsageError("evaluate: --explain-plan is about asking a MODEL; recorded answers are only scored")
    if explain_plan and model is not None and predictions is None:
        workspace = invocation.workspace()
        lines = api.explain_plan(workspace, model, suites, adapter=adapter, options=option or (), tier=tier)
        invocation.show_lines(lines, as_json)
        return ExitCode.PASS
    found = api.evaluate(
        invocation.workspace(),
        model,
        suites,
        predictions=predictions,
        adapter=adapter,
        options=option or (),
        name=name,
        tier=tier,
    )
    invocation.show(run_report(invocation.store, found.run), as_json)
    return int(found.code)
