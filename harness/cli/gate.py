"""harness gate"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    context: typer.Context,
    suite: Annotated[str, typer.Option(help="The suite, by name or path.")],
    baseline: Annotated[str, typer.Option(help="A baseline's name, an evaluation, or an exported file.")],
    candidate: Annotated[str | None, typer.Option(help="An evaluation; default: the newest of the suite.")] = None,
    predictions: Annotated[Path | None, typer.Option(help="Recorded answers of the candidate instead.")] = None,
    tier: Annotated[
        str | None, typer.Option(help="The cases to read of recorded answers: gate, all, gate:100 …; default: gate.")
    ] = None,
    policy: Annotated[str, typer.Option(help="default, strict or lenient, on what is inconclusive.")] = "default",
    looks: Annotated[
        int,
        typer.Option(min=1, max=2, help="2: more cases may follow if these cannot tell; alpha is .03 in each look."),
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Decide whether the candidate may pass: 0 pass, 1 regressed, 3 inconclusive, 4 incomplete, 5 no baseline."""
    from harness.report.query.build import run_report
    from harness.runs import api

    invocation = context.obj
    invocation.talk()
    outcome = api.gate(
        invocation.workspace(),
        suite,
        baseline,
        candidate=candidate,
        predictions=predictions,
        tier=tier,
        policy=policy,
        looks=looks,
    )
    invocation.show(run_report(invocation.store, outcome.run), as_json)
    return int(outcome.code)
