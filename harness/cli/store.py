"""harness store"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from harness.store.repairing import Repaired

app = typer.Typer(
    help="See what the store's folder holds, remove answers that nothing rests on, mend a damaged file.",
    no_args_is_help=True,
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def size(context: typer.Context, as_json: AsJson = False) -> int:
    """List what takes how much room: answers, scores, and the files of the store's folder."""
    from harness.cli.tables import show_rows
    from harness.documents.amounts import size_text
    from harness.errors import ExitCode

    sizes = context.obj.store.sizes()
    people = [{"what": one.what, "count": f"{one.count:,}", "size": size_text(one.bytes)} for one in sizes]
    show_rows(context.obj, [asdict(one) for one in sizes] if as_json else people, as_json, empty="")
    return ExitCode.PASS


@app.command()
def prune(
    context: typer.Context,
    max_size: Annotated[str, typer.Option(help="The most that answers may take: 500MB, 2GB.")],
    keep_runs: Annotated[int, typer.Option(min=0, help="Keep what comparisons of so many latest runs rest on.")] = 20,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: AsJson = False,
) -> int:
    """Remove answers with their scores, of the evaluations used longest ago first; figures and verdicts stay.

    Answers of baselines, anchors, named evaluations and of those that are not complete are never removed.
    """
    from harness.documents.amounts import parse_size, size_text
    from harness.errors import ExitCode

    most = parse_size(max_size, "--max-size")
    pruned = context.obj.store.prune(most, keep_runs, dry_run=dry_run)
    if as_json:
        context.obj.print_json(asdict(pruned))
        return ExitCode.PASS
    verb = "would remove" if dry_run else "removed"
    of = f"{pruned.answers:,} answers of {pruned.evaluations:,} evaluations"
    context.obj.print_line(f"{verb} {of}: {size_text(pruned.before)} of answers, then {size_text(pruned.after)}")
    if pruned.after > most:
        context.obj.print_line(
            "baselines, anchors, names, unfinished evaluations and recent comparisons rest on the rest"
        )
    return ExitCode.PASS


@app.command()
def repair(
    context: typer.Context,
    baseline: Annotated[
        list[Path] | None, typer.Option(help="A file of `harness baselines export` to take in; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Make a damaged store anew from what can be read, from the journals and from exported baselines.

    The damaged file is kept under another name. A store that is whole is left alone.
    """
    from harness.baselines.moves import take_over
    from harness.errors import ExitCode

    store = context.obj.store
    repaired = store.repair()
    moves = [take_over(store, file, None) for file in baseline or ()]
    taken = [f"{move.name} on {one.suite}" for move, one in moves]
    if as_json:
        context.obj.print_json({**asdict(repaired), "baselines": taken})
        return ExitCode.PASS
    for line in _told(store.file, repaired):
        context.obj.print_line(line)
    for name in taken:
        context.obj.print_line(f"baseline {name} is back, from its file")
    return ExitCode.PASS


def _told(file: Path, repaired: Repaired) -> Iterator[str]:
    """What was got back and what was lost, as people read it."""
    rows = {table: count for table, count in repaired.rows.items() if count}
    if not repaired.lost:
        said = f"is whole: {sum(rows.values()):,} rows" if file.exists() else "is not there yet"
        yield f"{file} {said}; nothing was changed"
        return
    yield f"{file} was damaged: {', '.join(repaired.lost)} could not be read"
    yield f"kept as {', '.join(path.name for path in repaired.kept)}"
    listed = ", ".join(f"{table} {count:,}" for table, count in rows.items())
    yield f"got back: {listed or 'nothing'}"
    if repaired.runs:
        yield f"lost: all that was stored of {len(repaired.runs)} runs: {', '.join(repaired.runs)}"
        yield "names of baselines, anchors, and looks that were counted may be among it"
        yield "the same commands measure again; `--baseline FILE` takes in what `harness baselines export` wrote"
    elif repaired.lost_answers:
        yield "lost: answers; the same evaluations ask for them again, figures and verdicts are there"
