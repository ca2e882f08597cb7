"""harness compare"""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    context: typer.Context,
    baseline: Annotated[str, typer.Argument(help="An evaluation: id, unique prefix or name.")],
    candidate: Annotated[str, typer.Argument(help="Another evaluation of the same suite.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Compare two stored evaluations; exits like the gate would."""
    from harness.report.query.build import run_report
    from harness.runs import api

    invocation = context.obj
    invocation.talk()
    outcome = api.compare(invocation.workspace(), baseline, candidate)
    invocation.show(run_report(invocation.store, outcome.run), as_json)
    return int(outcome.code)
