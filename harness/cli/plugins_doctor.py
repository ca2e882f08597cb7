"""harness plugins doctor"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from harness.authoring.doctor.records import Diagnosis, Line

_SIGNS = {"ok": "✓ ok", "fail": "✗ mend", "note": "! note", "not run": "– not run"}
_NOT_RUN = ("contract", "not run")


def command(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Plugins; without, all but the harness's own.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(metavar="COMPONENT.KEY=VALUE", help="Build a component with this for its contract; repeatable."),
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="BACKEND:REFERENCE", help="A small model for contracts of trainers, backends.")
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, help="The most that an import or a contract may take.")] = 120,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Say what is to be mended in plugins.

    Looks at entry point, import, API range, hooks, options, needs and contracts, and at the file that --plugin names.
    Exit code 2: there is something to mend.
    """
    from harness.authoring.doctor.examination import examine
    from harness.authoring.doctor.records import Given
    from harness.errors import ExitCode

    invocation = context.obj
    found = []
    given = Given(_options(option or ()), model, seconds)
    for diagnosis in examine(names or (), invocation.plugin_files, given):
        found.append(diagnosis)
        if not as_json:
            invocation.print_line("\n".join(_written(diagnosis)))
    if as_json:
        invocation.print_json({"plugins": [_record(one) for one in found]})
    else:
        invocation.print_line(_summary(found))
    return ExitCode.PASS if all(one.well for one in found) else ExitCode.USAGE


def _options(written: list[str] | tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """COMPONENT.KEY=VALUE by component and key; a value is read as YAML, as in a recipe."""
    from harness.documents.reading import parse_value
    from harness.errors import UsageError

    found: dict[str, dict[str, Any]] = {}
    for one in written:
        place, equals, value = one.partition("=")
        component, dot, key = place.rpartition(".")
        if not (equals and dot and component and key):
            raise UsageError(f"--option {one!r}: write COMPONENT.KEY=VALUE, for example two-columns.path=rows.tsv")
        try:
            found.setdefault(component, {})[key] = parse_value(value)
        except ValueError as error:
            raise UsageError(f"--option {one!r}: the value {error}") from error
    return found


def _written(diagnosis: Diagnosis) -> Iterator[str]:
    yield f"plugin {diagnosis.plugin}"
    component = ""
    for line in diagnosis.lines:
        if line.component != component:
            component = line.component
            yield f"  {component}"
        yield from _line(line, "    " if component else "  ")


def _line(line: Line, indent: str) -> Iterator[str]:
    first, *others = line.text.splitlines() or [""]
    yield f"{indent}{_SIGNS[line.state]:<9}  {line.subject}: {first}"
    yield from (f"{indent}{'':<9}  {'':<{len(line.subject)}}  {other}" for other in others)
    if line.mend and line.state != "ok":
        yield f"{indent}{'':<9}  → {line.mend}"


def _summary(found: list[Diagnosis]) -> str:
    if not found:
        return "no plugin to look at: none is installed but those of the harness; name one, or give --plugin FILE.py"
    ill = [one.plugin.name for one in found if not one.well]
    if ill:
        return f"to mend: {', '.join(ill)}"
    well = "all is well" if len(found) == 1 else f"all {len(found)} are well"
    not_run = [line.component for one in found for line in one.lines if (line.subject, line.state) == _NOT_RUN]
    return f"{well}, but not run: {', '.join(f'contract of {one}' for one in not_run)}" if not_run else well


def _record(diagnosis: Diagnosis) -> dict[str, Any]:
    from dataclasses import asdict

    lines = [asdict(line) for line in diagnosis.lines]
    return {**asdict(diagnosis.plugin), "well": diagnosis.well, "lines": lines}
