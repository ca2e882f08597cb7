"""harness refine"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.checked import show_check


def command(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(help="A recipe with a `refiner:`.")],
    cycles: Annotated[int, typer.Option(min=1, help="The most proposals to try; alpha is spent over them.")] = 5,
    check: Annotated[bool, typer.Option("--check", help="Check all that needs no model, then stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Try proposals on the dev tier, keep what is shown to be better, measure the winner once on the gate tier."""
    from harness.report.query.build import run_report
    from harness.runs import api
    from harness.runs.recipe import load_recipe

    invocation = context.obj
    invocation.talk()
    loaded, file = load_recipe(recipe), str(recipe)
    if check:
        return show_check(invocation, loaded, file, refines=True)
    outcome = api.refine_recipe(invocation.workspace(loaded), loaded, file, cycles)
    invocation.show(run_report(invocation.store, outcome.run), as_json)
    return int(outcome.code)
