"""harness demo"""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="Evaluate all cases instead of a frozen subset.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Train and judge a real 135M chat model on the data that ships: the whole cycle, in minutes on two cores."""
    from importlib.resources import as_file, files

    from harness.cli.run import run_recipe
    from harness.runs.recipe import load_recipe

    with as_file(files("harness.cli.demo_project")) as folder:
        recipe = load_recipe(folder / "recipe.yaml")
        if full:
            whole = [suite.model_copy(update={"limit": None}) for suite in recipe.suites]
            inside = recipe.folder
            recipe = recipe.model_copy(update={"suites": whole})
            recipe._folder = inside
        return run_recipe(context.obj, recipe, "demo", "demo", baseline=None, as_json=as_json)
