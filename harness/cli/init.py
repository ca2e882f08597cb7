"""harness init"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where to start; it may exist.")] = Path(),
) -> int:
    """Write a recipe, a suite and sample data to start from. Never overwrites a file."""
    from importlib.resources import files

    from harness.errors import ExitCode, UsageError
    from harness.schemas import recipe_schema, suite_schema, write_schema

    template = files("harness.cli") / "template"
    names = ("recipe.yaml", "conversations.jsonl", "suites/my-suite.yaml", "suites/my-suite.jsonl")
    schemas = {"schema/recipe.json": recipe_schema, "schema/suite.json": suite_schema}
    present = [name for name in (*names, *schemas) if (folder / name).exists()]
    if present:
        raise UsageError(f"init: {folder / present[0]} is there already; choose another folder")
    for name in names:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text((template / name).read_text(encoding="utf-8"), encoding="utf-8")
        context.obj.print_line(f"wrote {target}")
    host = context.obj.host()
    for name, schema in schemas.items():
        write_schema(schema(host), folder / name)
        context.obj.print_line(f"wrote {folder / name}, which lets an editor complete and check the keys")
    context.obj.print_line(f"next: harness run {folder / 'recipe.yaml'} --check, then without --check")
    return ExitCode.PASS
