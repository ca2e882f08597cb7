"""harness suites"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from harness.cli.invocation import Invocation
    from harness.suites.records import Suite

app = typer.Typer(help="Add, list, show, compare and export suites.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="A suite: path, name or version.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A suite file, or with --from a file of another program.")],
    source: Annotated[
        Literal["lm-eval"] | None,
        typer.Option("--from", help="Import a task file of lm-evaluation-harness as a suite."),
    ] = None,
    folder: Annotated[Path, typer.Option("--to", help="Where an imported suite is written.")] = Path("suites"),
    trust_code: Annotated[
        bool, typer.Option("--trust-code", help="Run the Python functions that an imported task names, read any data.")
    ] = False,
    shots: Annotated[
        int | None, typer.Option("--num-fewshot", min=0, help="Examples in front of each question of an imported task.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Import the first rows alone.")] = None,
) -> int:
    """Check a suite file and add it to the store; an unchanged one is there already.

    With --from lm-eval a task file becomes a suite in a folder of yours first, which asks the same questions.
    """
    from harness.errors import ExitCode, UsageError
    from harness.runs.assembly.build import build_suite
    from harness.suites.document import load_suite

    invocation = context.obj
    if source is not None:
        file = _imported(invocation, file, folder, trust_code, shots, limit)
    elif trust_code or shots is not None or limit is not None:
        raise UsageError("--trust-code, --num-fewshot and --limit are for imports; add --from lm-eval")
    suite = load_suite(file)
    built = build_suite(invocation.host(), suite, "all")
    with invocation.store.facts() as journal:
        journal.suite(suite, built.tier_of)
    invocation.print_line(f"{suite.name}: {len(suite.cases)} cases, version {suite.version[:12]}")
    return ExitCode.PASS


@app.command("list")
def listing(context: typer.Context, as_json: AsJson = False) -> int:
    """List the suites of the project, of the installed plugins and of the store."""
    from harness.cli.tables import show_rows
    from harness.errors import ExitCode
    from harness.suites.document import load_suite

    invocation = context.obj
    rows = []
    for folder in [Path("suites"), *invocation.host().suite_folders()]:
        for file in sorted(folder.glob("*.yaml")):
            suite = load_suite(file)
            rows.append(
                {"suite": suite.name, "cases": len(suite.cases), "version": suite.version[:12], "where": str(file)}
            )
    files = {row["version"] for row in rows}
    for stored in invocation.store.suites():
        if stored.version[:12] not in files:
            where = f"store, {stored.added_at}"
            rows.append({"suite": stored.name, "cases": stored.cases, "version": stored.version[:12], "where": where})
    show_rows(invocation, rows, as_json, empty="no suite yet; `harness init` writes one")
    return ExitCode.PASS


@app.command()
def show(context: typer.Context, name: Name, as_json: AsJson = False) -> int:
    """Show a suite's settings, tiers, metrics and the versions of it that the store keeps."""
    from collections import Counter

    from harness.cli.tables import show_rows
    from harness.errors import ExitCode
    from harness.suites.tiers import split

    suite = _found(context.obj, name)
    versions = context.obj.store.suite_versions(suite.name)
    tiers = Counter(split(suite).values())
    rows: list[dict[str, object]] = [
        {"key": "name", "value": suite.name},
        {"key": "description", "value": suite.description},
        {"key": "version", "value": suite.version},
        {"key": "stored", "value": ", ".join(f"{one.version[:12]} ({one.added_at[:19]})" for one in versions)},
        {"key": "cases", "value": len(suite.cases)},
        {"key": "tiers", "value": ", ".join(f"{tier} {count}" for tier, count in sorted(tiers.items()))},
        {"key": "metrics", "value": ", ".join(f"{one.name} ({one.role})" for one in suite.metrics)},
        {"key": "checks", "value": ", ".join(f"{one.name} (limit {one.limit})" for one in suite.checks)},
        {"key": "generation", "value": str(suite.generation)},
    ]
    show_rows(context.obj, rows, as_json, empty="")
    return ExitCode.PASS


@app.command()
def diff(context: typer.Context, old: Name, new: Name, as_json: AsJson = False) -> int:
    """Show which cases and settings differ between two suites or versions."""
    from dataclasses import asdict

    from harness.errors import ExitCode
    from harness.suites.diff import diff_suites

    invocation = context.obj
    found = diff_suites(_found(invocation, old), _found(invocation, new))
    if as_json:
        invocation.print_json(asdict(found))
        return ExitCode.PASS
    for label, ids in (("added", found.added), ("removed", found.removed), ("changed", found.changed)):
        invocation.print_line(f"{label}: {len(ids)}{': ' + ', '.join(ids) if ids else ''}")
    invocation.print_line(f"settings: {', '.join(found.settings) or 'the same'}")
    return ExitCode.PASS


@app.command()
def export(
    context: typer.Context, name: Name, folder: Annotated[Path, typer.Argument(help="Where to write the files.")]
) -> int:
    """Write a suite, also one that is only in the store, back to files."""
    from harness.errors import ExitCode
    from harness.suites.exporting import export_suite

    written = export_suite(_found(context.obj, name), folder)
    context.obj.print_line(f"wrote {written}")
    return ExitCode.PASS


def _imported(
    invocation: Invocation, file: Path, folder: Path, trust_code: bool, shots: int | None, limit: int | None
) -> Path:
    """The suite file that a task file of lm-eval has become; nothing is written where it would be no good suite."""
    from harness.runs.assembly.build import build_suite
    from harness.suites.exporting import export_suite
    from harness.suites.lmeval.importing import import_task

    imported = import_task(file, trust_code=trust_code, shots=shots, limit=limit)
    build_suite(invocation.host(), imported.suite, "all")
    written = export_suite(imported.suite, folder)
    invocation.print_line(f"wrote {written}")
    if imported.repeated:
        invocation.print_line(f"{imported.repeated} rows repeat earlier ones and were left out; lm-eval counts them")
    return written


def _found(invocation: Invocation, name: str) -> Suite:
    from harness.runs.assembly.suites import find_suite

    return find_suite(invocation.host(), name, Path.cwd(), invocation.store)
