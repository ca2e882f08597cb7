"""harness schema"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def command(
    context: typer.Context,
    document: Annotated[Literal["recipe", "suite"], typer.Argument(help="What the schema describes.")],
    out: Annotated[Path | None, typer.Option(help="Write it to this file, in place of an older one.")] = None,
) -> int:
    """Print the JSON Schema by which an editor completes and checks a recipe or a suite, plugins' options included."""
    from harness.authoring.schemas.documents import recipe_schema, schema_text, suite_schema
    from harness.documents.whole_files import write_whole
    from harness.errors import ExitCode

    invocation = context.obj
    invocation.talk()
    schema = {"recipe": recipe_schema, "suite": suite_schema}[document](invocation.host())
    if out is None:
        invocation.print_json(schema)
    else:
        write_whole(out, schema_text(schema))
        line = f"# yaml-language-server: $schema={out.name}"
        invocation.print_line(f"wrote {out}; the first line of a {document} beside it that names it: {line}")
    return ExitCode.PASS
