"""harness run"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.checked import show_check

if TYPE_CHECKING:
    from harness.cli.invocation import Invocation
    from harness.runs.recipe import Recipe


def command(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(help="The recipe, a YAML file.")],
    baseline: Annotated[str | None, typer.Option(help="Compare with this baseline instead of the base model.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Check all that needs no model, then stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Clean, train, evaluate, compare and gate: one cycle of a recipe."""
    from harness.runs.recipe import load_recipe

    invocation, loaded, file = context.obj, load_recipe(recipe), str(recipe)
    if check:
        return show_check(invocation, loaded, file)
    return run_recipe(invocation, loaded, file, f"run {file}", baseline, as_json)


def run_recipe(
    invocation: Invocation, recipe: Recipe, file: str, label: str, baseline: str | None, as_json: bool
) -> int:
    """Run one cycle of a recipe, show its report and return the gate's exit code."""
    from harness.report.query.build import run_report
    from harness.runs import api

    invocation.talk()
    outcome = api.run_recipe(invocation.workspace(recipe), recipe, file, label, baseline)
    invocation.show(run_report(invocation.store, outcome.run), as_json)
    return int(outcome.code)
