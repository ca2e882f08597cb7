"""harness refine"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    context: typer.Context,
    recipe: Annotated[Path, typer.Argument(help="A recipe with a `refiner:`.")],
    cycles: Annotated[int, typer.Option(min=1, help="The most proposals to try; alpha is spent over them.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Try proposals on the dev tier, keep what is shown to be better, measure the winner once on the gate tier."""
    from harness.config import load_recipe
    from harness.errors import UsageError
    from harness.loop import refine
    from harness.options import build
    from harness.planning import check_margins
    from harness.preflight import built_recipe
    from harness.report.build import run_report

    invocation = context.obj
    invocation.talk()
    loaded = load_recipe(recipe)
    if loaded.refiner is None:
        raise UsageError(
            f"{recipe}: refiner: is missing; write e.g. {{use: grid, settings: {{trainer.epochs: [1, 2]}}}}"
        )
    host = invocation.host(loaded.plugins, loaded.folder)
    built = built_recipe(host, loaded, str(recipe), invocation.store)
    check_margins(invocation.store, built.suites)
    refiner = build(host, "refiner", loaded.refiner.as_mapping(), f"{recipe}: refiner", loaded.folder)
    label = f"refine {recipe} --cycles {cycles}"
    with invocation.session(host, label, loaded.record()) as session:
        outcome = refine(
            session,
            built,
            refiner,
            cycles,
            lambda changed: built_recipe(host, changed, str(recipe), invocation.store),
        )
    invocation.show(run_report(invocation.store, session.run), as_json)
    return int(outcome.decision.code)
