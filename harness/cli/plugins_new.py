"""harness plugins new"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.types.component import KindWord


def command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Of distribution, plugin and component; as polite-endings.")],
    kind: Annotated[
        KindWord,
        typer.Option(help="What it adds."),
    ],
    folder: Annotated[Path, typer.Option("--dir", help="Where its folder is made.")] = Path(),
) -> int:
    """Write a new plugin as a distribution of its own.

    It has one component, tests, an example, a README and a CI job. Never overwrites a file.
    """
    from harness.authoring.scaffold.writing import SORT_OF_KIND, write_distribution
    from harness.errors import ExitCode

    invocation = context.obj
    sort = SORT_OF_KIND[kind]
    taken = [offer.name for offer in invocation.host(quiet=True).offers() if offer.kind == sort.component]
    for file in write_distribution(name, kind, folder, taken):
        invocation.print_line(f"wrote {file}")
    invocation.print_line(f"the {sort.component} {name!r}: {sort.summary}")
    invocation.print_line(f'next: cd {folder / name} && pip install -e ".[test]" && harness plugins && pytest')
    invocation.print_line("then make it yours: README.md says where")
    return ExitCode.PASS
