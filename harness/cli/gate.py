"""harness gate"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    context: typer.Context,
    suite: Annotated[str, typer.Option(help="The suite, by name or path.")],
    baseline: Annotated[str, typer.Option(help="A baseline's name, an evaluation, or an exported file.")],
    candidate: Annotated[str | None, typer.Option(help="An evaluation; default: the newest of the suite.")] = None,
    predictions: Annotated[Path | None, typer.Option(help="Recorded answers of the candidate instead.")] = None,
    tier: Annotated[
        str | None, typer.Option(help="The cases to read of recorded answers: gate, all, gate:100 …; default: gate.")
    ] = None,
    policy: Annotated[str, typer.Option(help="default, strict or lenient, on what is inconclusive.")] = "default",
    looks: Annotated[
        int,
        typer.Option(min=1, max=2, help="2: more cases may follow if these cannot tell; alpha is .03 in each look."),
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> int:
    """Decide whether the candidate may pass: 0 pass, 1 regressed, 3 inconclusive, 4 incomplete, 5 no baseline."""
    from harness.baselines.naming import pointed
    from harness.cli.measure import evaluate_recorded, judge, newest, refuse, suites_of
    from harness.errors import HarnessError, UsageError

    if candidate is not None and predictions is not None:
        raise UsageError("gate: give --candidate or --predictions, not both")
    if tier is not None and predictions is None:
        raise UsageError("--tier: is for --predictions; an evaluation has been measured on its own cases")
    tier = tier or "gate"
    if policy not in ("default", "strict", "lenient"):
        raise UsageError(f"--policy {policy!r}: is no policy; there are default, strict and lenient")
    invocation = context.obj
    invocation.talk()
    host = invocation.host()
    label = f"gate --suite {suite} --baseline {baseline}"
    try:
        built = suites_of(invocation, host, [suite], tier)
        name = built[0].suite.name
        before = pointed(invocation.store, baseline, name)
        if predictions is not None:
            request = {"predictions": str(predictions), "suite": suite, "tier": tier}
            found = evaluate_recorded(invocation, host, f"evaluate {predictions}", request, predictions, built, None)
            after = found.results[0].evaluation
        elif candidate is not None:
            after = invocation.store.evaluation(candidate, name)
            if after.suite != name:
                raise UsageError(f"--candidate {candidate!r}: measured suite {after.suite!r}, not {name!r}")
        else:
            after = newest(invocation.store, name, before.evaluation)
    except HarnessError as error:
        refuse(invocation, host, label, error)
    return judge(
        invocation,
        host,
        label,
        {name: before},
        {name: after},
        suites=built,
        policy=policy,
        looks=looks,
        as_json=as_json,
    )
