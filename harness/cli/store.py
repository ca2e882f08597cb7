"""harness store"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

app = typer.Typer(
    help="See what the store's folder holds, and remove answers that nothing rests on.", no_args_is_help=True
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def size(context: typer.Context, as_json: AsJson = False) -> int:
    """List what takes how much room: answers, scores, and the files of the store's folder."""
    from harness.cli.tables import show_rows
    from harness.errors import ExitCode
    from harness.sizes import size_text

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
    from harness.errors import ExitCode
    from harness.sizes import parse_size, size_text

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
