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

    from harness.authoring.schemas.documents import recipe_schema, schema_text, suite_schema
    from harness.documents.whole_files import write_new
    from harness.errors import ExitCode

    template = files("harness.cli") / "template"
    names = ("recipe.yaml", "conversations.jsonl", "suites/my-suite.yaml", "suites/my-suite.jsonl")
    host = context.obj.host()
    schemas = {"schema/recipe.json": recipe_schema(host), "schema/suite.json": suite_schema(host)}
    texts = {folder / name: (template / name).read_text(encoding="utf-8") for name in names}
    write_new(texts | {folder / name: schema_text(schema) for name, schema in schemas.items()})
    for name in names:
        context.obj.print_line(f"wrote {folder / name}")
    for name in schemas:
        context.obj.print_line(f"wrote {folder / name}, which lets an editor complete and check the keys")
    context.obj.print_line(f"next: harness run {folder / 'recipe.yaml'} --check, then without --check")
    return ExitCode.PASS
