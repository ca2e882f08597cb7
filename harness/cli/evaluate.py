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
    from harness.cli.measure import evaluate_model, evaluate_recorded, explained, suites_of
    from harness.errors import ExitCode, UsageError
    from harness.report.query.build import run_report
    from harness.runs.recipe import ModelSpec, model_spec

    invocation = context.obj
    invocation.talk()
    if (model is None) == (predictions is None):
        raise UsageError("evaluate: give a MODEL or --predictions FILE, one of the two")
    host = invocation.host()
    built = suites_of(invocation, host, suite, tier)
    subject = model if predictions is None else f"--predictions {predictions}"
    label = " ".join(["evaluate", str(subject), *(f"--suite {one}" for one in suite or [])])
    request = {"model": model, "adapter": adapter, "predictions": str(predictions), "suites": suite, "tier": tier}
    spec = ModelSpec.model_validate(model_spec(str(model), adapter, option or ()))
    if explain_plan:
        if predictions is not None:
            raise UsageError("evaluate: --explain-plan is about asking a MODEL; recorded answers are only scored")
        invocation.show_lines(explained(host, spec, built), as_json)
        return ExitCode.PASS
    if predictions is None:
        found = evaluate_model(invocation, host, label, {**request, "options": option}, spec, built, name)
    else:
        found = evaluate_recorded(invocation, host, label, request, predictions, built, name)
    invocation.show(run_report(invocation.store, found.run), as_json)
    return int(found.code)
