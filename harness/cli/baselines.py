"""harness baselines"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from harness.baselines.moves import Standing
    from harness.evaluation.records import Baseline

app = typer.Typer(help="Name the evaluations that candidates are compared with.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="The baseline's name; one name serves several suites.")]
Note = Annotated[str, typer.Option(help="Why.")]


@app.command("set")
def assign(
    context: typer.Context,
    name: Name,
    evaluation: Annotated[str, typer.Argument(help="An evaluation: id, unique prefix or name.")],
    note: Note = "",
    picked_from: Annotated[
        int, typer.Option(min=0, help="How many models it was picked from by their scores on these cases.")
    ] = 0,
) -> int:
    """Let a name point at an evaluation, for that evaluation's suite."""
    import logging

    from harness.baselines.moves import assign
    from harness.errors import ExitCode

    invocation = context.obj
    invocation.talk()
    one = invocation.store.evaluation(evaluation)
    measured = len(invocation.store.models_tried(one.id, None))
    assign(invocation.store, name, one, note, picked_from)
    invocation.print_line(f"{name} on {one.suite} is now {one.model} ({one.id[:12]})")
    if measured > 1 and not picked_from:
        said = "%d models were measured on these cases; if it was picked by its score on them, say --picked-from %d"
        logging.getLogger("harness").info(said, measured, measured)
    return ExitCode.PASS


@app.command()
def promote(
    context: typer.Context,
    name: Name,
    evaluation: Annotated[str | None, typer.Argument(help="The candidate of a gate; default: of the newest.")] = None,
    *,
    note: Note,
    run: Annotated[str | None, typer.Option(help="The run that compared it, by id or unique prefix.")] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Promote what did not pass, too; it is recorded.")] = False,
) -> int:
    """Make the candidate that passed a gate against this baseline the new baseline, in every suite of that gate."""
    from harness.baselines.promotion import promote
    from harness.errors import ExitCode

    invocation = context.obj
    store = invocation.store
    candidate = store.evaluation(evaluation) if evaluation else None
    for move in promote(store, name, note, candidate, run, anyway):
        one = store.evaluation(move.evaluation)
        invocation.print_line(f"{name} on {one.suite} is now {one.model} ({one.id[:12]}); {_picked(move)}")
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
            "set": one.at if as_json else one.at[:19],
            "who": one.who,
            "selected": one.selected_from if as_json else f"from {one.selected_from}" if one.selected else "",
        }
        for one in store.baselines()
    ]
    show_rows(context.obj, rows, as_json, empty="no baseline yet; `harness baselines set NAME EVALUATION`")
    return ExitCode.PASS


@app.command()
def show(
    context: typer.Context,
    name: Name,
    suite: Annotated[str | None, typer.Option(help="Only this suite.")] = None,
    as_json: AsJson = False,
) -> int:
    """Show what a baseline is, who made it one, what justified that, and all its moves."""
    from harness.baselines.moves import standings
    from harness.errors import ExitCode

    found = standings(context.obj.store, name, suite)
    if as_json:
        context.obj.print_json([_record(one) for one in found])
        return ExitCode.PASS
    for one in found:
        for line in _lines(one):
            context.obj.print_line(line)
    return ExitCode.PASS


@app.command()
def anchor(
    context: typer.Context,
    suite: Annotated[str | None, typer.Argument(help="The suite; without it the anchors are listed.")] = None,
    evaluation: Annotated[str | None, typer.Argument(help="An evaluation, a baseline's name or a file.")] = None,
    note: Note = "",
    as_json: AsJson = False,
) -> int:
    """Compare every later candidate of a suite with this evaluation, too. It moves by this command alone."""
    from harness.baselines.moves import set_anchor
    from harness.cli.tables import show_rows
    from harness.errors import ExitCode, UsageError

    invocation = context.obj
    store = invocation.store
    if suite is not None:
        if evaluation is None:
            raise UsageError(f"anchor {suite!r}: EVALUATION is missing; `harness baselines anchor` lists the anchors")
        one = store.evaluation(set_anchor(store, suite, evaluation, note).evaluation)
        invocation.print_line(f"the anchor of {suite} is now {one.model} ({one.id[:12]})")
        return ExitCode.PASS
    rows = [
        {
            "suite": one.suite,
            "evaluation": one.evaluation[:12],
            "model": str(store.evaluation(one.evaluation).model),
            "note": one.note,
            "set": one.at if as_json else one.at[:19],
            "who": one.who,
        }
        for one in store.anchors()
    ]
    show_rows(invocation, rows, as_json, empty="no anchor yet; `harness baselines anchor SUITE EVALUATION`")
    return ExitCode.PASS


@app.command()
def export(
    context: typer.Context,
    name: Name,
    file: Annotated[Path, typer.Argument(help="The file to write; `harness gate --baseline FILE` reads it.")],
    suite: Annotated[str | None, typer.Option(help="Which suite, where the name serves several.")] = None,
) -> int:
    """Write a baseline's predictions, identity and provenance as one file, so that CI needs no store."""
    from harness.baselines.exchange import export_baseline
    from harness.baselines.moves import standings
    from harness.errors import ExitCode, UsageError

    store = context.obj.store
    found = standings(store, name, suite)
    if len(found) > 1:
        served = ", ".join(one.move.suite for one in found)
        raise UsageError(f"baseline {name!r}: serves {served}; say which with --suite")
    count = export_baseline(store, found[0].move, file)
    context.obj.print_line(f"wrote {file}: {count} predictions of {name} on {found[0].move.suite}")
    return ExitCode.PASS


@app.command("import")
def take(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file that `harness baselines export` wrote.")],
    name: Annotated[str | None, typer.Option(help="Another name than the one in the file.")] = None,
) -> int:
    """Take an exported baseline into the store and let its name point at it, with its provenance."""
    from harness.baselines.moves import take_over
    from harness.errors import ExitCode

    move, one = take_over(context.obj.store, file, name)
    context.obj.print_line(f"{move.name} on {one.suite} is now {one.model} ({one.id[:12]}), from {file}")
    return ExitCode.PASS


def _record(one: Standing) -> dict[str, Any]:
    """A standing as JSON keys and values."""
    from harness.store.rows.comparison_rows import comparison_record

    return {
        "baseline": one.move.name,
        "suite": one.move.suite,
        "evaluation": one.evaluation.id,
        "model": str(one.evaluation.model),
        "fingerprint": one.evaluation.fingerprint,
        "selection": one.evaluation.selection,
        "set": one.move.at,
        "who": one.move.who,
        "note": one.move.note,
        "selected": one.move.selected,
        "selected_from": one.move.selected_from,
        "decision": one.move.decision,
        "comparison": comparison_record(one.comparison) if one.comparison else None,
        "moves": [asdict(move) for move in one.moves],
    }


def _lines(one: Standing) -> Iterator[str]:
    """A standing as people read it."""
    from harness.comparison.reasons import figures
    from harness.documents.visible import visible

    yield visible(f"{one.move.name} on {one.move.suite}: {one.evaluation.model}")
    yield f"  evaluation   {one.evaluation.id[:12]} ({one.evaluation.selection}, {one.evaluation.cases} cases)"
    yield f"  fingerprint  {one.evaluation.fingerprint}"
    yield visible(f"  since        {_moved(one.move)}")
    if one.move.comparison:
        yield f"  justified by {_gate(one.move)}" + ("" if one.comparison else ", which is not in this store")
    for metric in one.comparison.metrics if one.comparison else ():
        yield visible(f"    {metric.metric} ({metric.role}) {metric.verdict}: {figures(metric) or metric.reason}")
    if len(one.moves) > 1:
        yield "  before"
    for move in one.moves[1:]:
        yield visible(f"    {move.evaluation[:12]} {_moved(move)}")


def _moved(move: Baseline) -> str:
    """When, by whom, why, and from how many."""
    parts = [move.at[:19], f"by {move.who}" if move.who else "", move.note, _picked(move)]
    return ", ".join(part for part in parts if part)


def _gate(move: Baseline) -> str:
    passed = "" if not move.decision else f", although its gate ended with {move.decision}"
    return f"comparison {(move.comparison or '')[:12]}{passed}"


def _picked(move: Baseline) -> str:
    if not move.selected_from:
        return "set by hand"
    if not move.selected:
        return "the only model that was tried"
    return f"selected by its scores on these cases from {move.selected_from} models"
