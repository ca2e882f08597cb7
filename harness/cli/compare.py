"""harness compare"""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    context: typer.Context,
    baseline: Annotated[str, typer.Argument(help="An evaluation: id, unique prefix or name.")],
    candidate: Annotated[str, typer.Argument(help="Another evaluation of the same suite.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Compare two stored evaluations; exits like the gate would."""
    from harness.baselines.naming import Pointed
    from harness.cli.measure import judge
    from harness.errors import NoBaselineError

    invocation = context.obj
    invocation.talk()
    before, after = invocation.store.evaluation(baseline), invocation.store.evaluation(candidate)
    if before.suite != after.suite:
        raise NoBaselineError(f"{baseline} measured {before.suite!r}, {candidate} measured {after.suite!r}")
    label = f"compare {baseline} {candidate}"
    return judge(
        invocation,
        invocation.host(),
        label,
        {after.suite: Pointed(before)},
        {after.suite: after},
        exactly=True,
        as_json=as_json,
    )
