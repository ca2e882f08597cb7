"""harness baselines"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.records import Evaluation
    from harness.store import Store

app = typer.Typer(help="Name the evaluations that candidates are compared with.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("set")
def assign(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The baseline's name; one name serves several suites.")],
    evaluation: Annotated[str, typer.Argument(help="An evaluation: id, unique prefix or name.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
) -> int:
    """Let a name point at an evaluation, for that evaluation's suite."""
    from harness.errors import ExitCode
    from harness.store import now

    store = context.obj.store
    one = store.evaluation(evaluation)
    row = {"name": name, "suite": one.suite, "evaluation": one.id, "note": note, "at": now()}
    store.add("baselines", [row])
    context.obj.print_line(f"{name} on {one.suite} is now {one.model} ({one.id[:12]})")
    return ExitCode.PASS


@app.command("list")
def listing(context: typer.Context, as_json: AsJson = False) -> int:
    """List the baselines."""
    from harness.cli.tables import show_rows
    from harness.errors import ExitCode

    store = context.obj.store
    rows = [
        {
            "baseline": one.name,
            "suite": one.suite,
            "evaluation": one.evaluation[:12],
            "model": str(store.evaluation(one.evaluation).model),
            "note": one.note,
            "set": one.at,
        }
        for one in store.baselines()
    ]
    show_rows(context.obj, rows, as_json, empty="no baseline yet; `harness baselines set NAME EVALUATION`")
    return ExitCode.PASS


@app.command()
def export(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A baseline's name.")],
    file: Annotated[Path, typer.Argument(help="The file to write; `harness gate --baseline FILE` reads it.")],
    suite: Annotated[str | None, typer.Option(help="Which suite, where the name serves several.")] = None,
) -> int:
    """Write a baseline's predictions, identity and provenance as one file, so that CI needs no store."""
    from harness.cli.exchange import export_evaluation
    from harness.errors import ExitCode, NoBaselineError, UsageError

    store = context.obj.store
    suites = [one.suite for one in store.baselines() if one.name == name and suite in (None, one.suite)]
    if not suites:
        raise NoBaselineError(f"baseline {name!r}: there is none{f' on {suite!r}' if suite else ''}")
    if len(suites) > 1:
        raise UsageError(f"baseline {name!r}: serves {', '.join(suites)}; say which with --suite")
    count = export_evaluation(store, baseline_evaluation(store, name, suites[0]), file)
    context.obj.print_line(f"wrote {file}: {count} predictions of {name} on {suites[0]}")
    return ExitCode.PASS


def baseline_evaluation(store: Store, name: str, suite: str) -> Evaluation:
    """The evaluation of a baseline's name, of an exported file, or of an evaluation's own address.

    Raises NoBaselineError that says how to make one.
    """
    from harness.cli.exchange import import_evaluation
    from harness.errors import NoBaselineError, UsageError

    if Path(name).is_file():
        return import_evaluation(store, Path(name), suite)
    pointed = store.baseline(name, suite)
    try:
        one = _addressed(store, pointed.evaluation if pointed else name, suite)
    except UsageError as error:
        known = sorted({one.name for one in store.baselines() if one.suite == suite})
        raise NoBaselineError(
            f"baseline {name!r}: there is none on suite {suite!r}; known: {', '.join(known) or 'none'}; make one with "
            f"`harness evaluate MODEL --suite {suite} --name {name}` and `harness baselines set {name} {name}`"
        ) from error
    if one.suite != suite:
        raise NoBaselineError(f"baseline {name!r}: measured suite {one.suite!r}, not {suite!r}")
    return one


def _addressed(store: Store, address: str, suite: str) -> Evaluation:
    """The evaluation of the address in the suite, else in whichever it is; UsageError where there is none."""
    from harness.errors import UsageError

    try:
        return store.evaluation(address, suite)
    except UsageError:
        return store.evaluation(address)


def evaluations_of(store: Store, name: str, suites: Sequence[str]) -> dict[str, Evaluation]:
    """The baseline's evaluation on each suite."""
    return {suite: baseline_evaluation(store, name, suite) for suite in suites}
