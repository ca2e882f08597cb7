"""harness calibrate"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harness.comparison.records import Noise


def command(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="Folder, hub name, alias or BACKEND:REFERENCE.")],
    suite: Annotated[list[str] | None, typer.Option(help="A suite, by name or path; may be repeated.")] = None,
    times: Annotated[int, typer.Option(min=2, help="How often the same model is measured.")] = 5,
    adapter: Annotated[str | None, typer.Option(help="A LoRA adapter's folder, on top of the model.")] = None,
    option: Annotated[list[str] | None, typer.Option(help="KEY=VALUE for the backend, e.g. dtype=bfloat16.")] = None,
    tier: Annotated[str, typer.Option(help="dev, gate, vault or all; gate:100 takes a frozen 100 cases.")] = "gate",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Measure one model again and again: the noise floor of each metric on this machine."""
    from dataclasses import asdict

    from harness.runs import api

    invocation = context.obj
    invocation.talk()
    workspace = invocation.workspace()
    found = api.calibrate(workspace, model, suite or [], times=times, adapter=adapter, options=option or (), tier=tier)
    if as_json:
        noises = [asdict(noise) for noise in found.noises]
        invocation.print_json({"noises": noises, "warnings": list(found.warnings)})
    else:
        invocation.print_rich(_page(found.noises, found.warnings))
    return int(found.code)


def _page(noises: Sequence[Noise], warnings: Sequence[str]) -> RenderableType:
    from rich.console import Group

    from harness.comparison.power import noise_floor
    from harness.report.numbers import decimals_for, figure, share
    from harness.report.terminal.text import Encodable, plain, ruled_table

    table = ruled_table()
    table.add_column("metric", overflow="fold")
    for name in ("value", "deviation", "noise floor", "cases changed"):
        table.add_column(name, justify="right", no_wrap=True)
    for noise in noises:
        decimals = decimals_for(noise.deviation) if noise.deviation else None
        table.add_row(
            plain(f"{noise.suite} {noise.metric}"),
            figure(noise.value, decimals),
            figure(noise.deviation, decimals) if noise.deviation else "0",
            figure(noise_floor(noise.deviation), decimals) if noise.deviation else "0",
            share(noise.changed),
        )
    still = [f"{noise.suite} {noise.metric}" for noise in noises if not noise.deviation]
    words = ["Two measurements of one model differ by less than the noise floor in 95 of 100 cases."]
    if still:
        words.append(f"No measurement differed: {', '.join(still)}.")
    return Encodable(Group(table, "", *map(plain, words), *(plain(f"! {one}", "yellow") for one in warnings)))
