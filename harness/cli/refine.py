"""harness refine"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.runs.assembly.built import BuiltRecipe
    from harness.runs.recipe import Recipe


def command(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(help="A recipe with a `refiner:`.")],
    cycles: Annotated[int, typer.Option(min=1, help="The most proposals to try; alpha is spent over them.")] = 5,
    check: Annotated[bool, typer.Option("--check", help="Check all that needs no model, then stop.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Try proposals on the dev tier, keep what is shown to be better, measure the winner once on the gate tier."""
    from harness.errors import ExitCode, UsageError
    from harness.report.query.build import run_report
    from harness.runs.assembly.build import built_recipe
    from harness.runs.assembly.refiner import built_refiner, possible_patches
    from harness.runs.loop import check_tiers, on_tier, refine
    from harness.runs.planning.margins import check_margins
    from harness.runs.recipe import load_recipe

    invocation = context.obj
    invocation.talk()
    loaded, file = load_recipe(recipe), str(recipe)
    if loaded.refiner is None:
        raise UsageError(f"{file}: refiner: is missing; write e.g. {{use: grid, settings: {{trainer.epochs: [1, 2]}}}}")
    host = invocation.host(loaded.plugins, loaded.folder)

    def build(changed: Recipe, where: str = file) -> BuiltRecipe:
        return built_recipe(host, changed, where, invocation.store)

    built = build(loaded)
    check_margins(invocation.store, built.suites)
    check_tiers(built.suites)
    refiner = built_refiner(host, built, file, build)
    assert refiner is not None  # the recipe has one
    if check:
        from harness.cli.checked import show_check

        known = len(possible_patches(refiner))
        show_check(invocation, built, file, [on_tier(suite, "dev") for suite in built.suites])
        invocation.print_line(
            f"  {refiner.use}: {f'{known} proposals' if known else 'its proposals are not known yet'}"
        )
        return ExitCode.PASS
    with invocation.session(host, f"refine {file} --cycles {cycles}", loaded.record()) as session:
        outcome = refine(session, built, refiner, cycles, build)
    invocation.show(run_report(invocation.store, session.run), as_json)
    return int(outcome.decision.code)
