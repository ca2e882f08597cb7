"""harness run"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.cli.invocation import Invocation
    from harness.host.host import PluginHost
    from harness.runs.assembly.built import BuiltRecipe
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

    loaded = load_recipe(recipe)
    if check:
        return _check(context.obj, loaded, str(recipe))
    return run_recipe(context.obj, loaded, str(recipe), f"run {recipe}", baseline, as_json)


def run_recipe(
    invocation: Invocation, recipe: Recipe, file: str, label: str, baseline: str | None, as_json: bool
) -> int:
    """Run one cycle of a recipe, show its report and return the gate's exit code."""
    from harness.report.query.build import run_report
    from harness.runs.loop import run_once

    host, built = _built(invocation, recipe, file)
    baselines = {}
    if baseline is not None:
        from harness.baselines.naming import pointed

        names = [one.suite.name for one in built.suites]
        baselines = {name: pointed(invocation.store, baseline, name) for name in names}
    with invocation.session(host, label, recipe.record()) as session:
        outcome = run_once(session, built, baselines)
    invocation.show(run_report(invocation.store, session.run), as_json)
    return outcome.decision.code


def _check(invocation: Invocation, recipe: Recipe, file: str) -> int:
    from harness.cli.checked import show_check
    from harness.errors import ExitCode

    _, built = _built(invocation, recipe, file)
    show_check(invocation, built, file)
    return ExitCode.PASS


def _built(invocation: Invocation, recipe: Recipe, file: str) -> tuple[PluginHost, BuiltRecipe]:
    """The recipe at work; UsageError where anything in it, its refiner too, cannot work."""
    from harness.runs.assembly.build import built_recipe
    from harness.runs.assembly.refiner import built_refiner
    from harness.runs.planning.margins import check_margins

    invocation.talk()
    host = invocation.host(recipe.plugins, recipe.folder)
    built = built_recipe(host, recipe, file, invocation.store)
    check_margins(invocation.store, built.suites)
    built_refiner(host, built, file, lambda changed, where: built_recipe(host, changed, where, invocation.store))
    return host, built
