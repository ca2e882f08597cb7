"""harness history"""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    context: typer.Context,
    metric: Annotated[str, typer.Argument(help="A metric, as its suite calls it.")],
    suite: Annotated[str | None, typer.Option(help="Only on this suite.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The latest evaluations to show.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Plot a metric over evaluations, with intervals and the points at which its level changed."""
    from dataclasses import asdict

    from harness.errors import ExitCode
    from harness.report.query.changepoints import METHOD, available
    from harness.report.terminal.history import histories, render

    invocation = context.obj
    with invocation.store.reader() as reader:
        found = histories(reader, metric, suite, limit)
    if as_json:
        method = METHOD if available() else None
        invocation.print_json({"histories": [asdict(one) for one in found], "change_points": method})
    else:
        invocation.print_rich(render(found, invocation.out.width))
    return ExitCode.PASS
