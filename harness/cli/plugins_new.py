"""harness plugins new"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.types.component import KINDS, Kind

_KIND_OF_WORD = {kind.word: kind for kind in KINDS.values()}


def _kind(word: str) -> Kind:
    if word not in _KIND_OF_WORD:
        raise typer.BadParameter(f"{word!r} is not one of {', '.join(map(repr, _KIND_OF_WORD))}")
    return _KIND_OF_WORD[word]


def command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Of distribution, plugin and component; as polite-endings.")],
    kind: Annotated[Kind, typer.Option(help="What it adds.", parser=_kind, metavar=f"[{'|'.join(_KIND_OF_WORD)}]")],
    folder: Annotated[Path, typer.Option("--dir", help="Where its folder is made.")] = Path(),
) -> int:
    """Write a new plugin as a distribution of its own.

    It has one component, tests, an example, a README and a CI job. Never overwrites a file.
    """
    from harness.authoring.scaffold.writing import summary_of, write_distribution
    from harness.errors import ExitCode

    invocation = context.obj
    taken = [offer.name for offer in invocation.host(quiet=True).offers() if offer.kind == kind.name]
    for file in write_distribution(name, kind, folder, taken):
        invocation.print_line(f"wrote {file}")
    invocation.print_line(f"the {kind.name} {name!r}: {summary_of(kind)}")
    invocation.print_line(f'next: cd {folder / name} && pip install -e ".[test]" && harness plugins && pytest')
    invocation.print_line("then make it yours: README.md says where")
    return ExitCode.PASS
