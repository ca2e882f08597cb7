"""harness power"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from rich.console import RenderableType

    from harness.runs.assembly.built import BuiltSuite
    from harness.runs.planning.suite_power import PlannedMetric

_OUT_OF_REACH = "out of reach"


def command(
    context: typer.Context,
    suite: Annotated[str, typer.Argument(help="A suite, by name or path.")],
    baseline: Annotated[str | None, typer.Option(help="Count only what was compared with this baseline.")] = None,
    tier: Annotated[str, typer.Option(help="dev, gate, vault or all; gate:100 takes a frozen 100 cases.")] = "gate",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Show what difference a suite can see, before any compute is spent; loads no model."""
    from harness.baselines.naming import resolve_baseline
    from harness.errors import ExitCode
    from harness.runs.assembly.build import build_suite
    from harness.runs.assembly.suites import find_suite
    from harness.runs.planning.suite_power import plan_metrics

    invocation = context.obj
    invocation.talk()
    host = invocation.host()
    built = build_suite(host, find_suite(host, suite, Path.cwd(), invocation.store), tier)
    against = resolve_baseline(invocation.store, baseline, built.suite.name).evaluation if baseline else None
    with invocation.store.reader() as reader:
        metrics = plan_metrics(reader, built, against)
    if as_json:
        invocation.print_json(_record(built, metrics))
    else:
        invocation.print_rich(_page(built, metrics))
    return ExitCode.PASS


def _record(built: BuiltSuite, metrics: Sequence[PlannedMetric]) -> dict[str, Any]:
    return {
        "suite": built.suite.name,
        "version": built.suite.version,
        "selection": built.selection,
        "cases": len(built.cases),
        "metrics": [_metric(metric) for metric in metrics],
    }


def _metric(metric: PlannedMetric) -> dict[str, Any]:
    from dataclasses import asdict

    from harness.runs.planning.suite_power import ASSUMED

    plan, history = metric.plan, metric.history
    assumed = ASSUMED if plan and history is None else None
    return {
        "metric": metric.use.name,
        "role": metric.use.role,
        "n": metric.n,
        "clusters": metric.clusters,
        "family": metric.family,
        "design_effect": plan.design_effect if plan else None,
        "discordance": history.discordance if history else assumed,
        "assumed": history is None,
        "comparisons": history.comparisons if history else 0,
        "pairs": history.pairs if history else 0,
        "detectable": metric.detectable,
        "margin": metric.use.margin,
        "loss": metric.loss,
        "passes_if_equal": metric.passes_if_equal,
        "point": metric.point,
        "cases_for_points": {str(points): cases for points, cases in metric.cases_for_points.items()},
        "noise": asdict(metric.noise) if metric.noise else None,
    }


def _page(built: BuiltSuite, metrics: Sequence[PlannedMetric]) -> RenderableType:
    from rich.console import Group

    from harness.report.terminal.text import Encodable, plain

    head = plain(f"{built.suite.name}: {len(built.cases):,} cases ({built.selection})", "bold")
    if not metrics:
        return Group(head, plain("no metrics: its safety checks have limits, and are compared with nothing"))
    warnings = [plain(f"! {metric.below_noise}", "yellow") for metric in metrics if metric.below_noise]
    return Encodable(Group(head, "", _table(metrics), "", _words(metrics), *warnings))


def _table(metrics: Sequence[PlannedMetric]) -> RenderableType:
    from harness.comparison.power import rounded_up
    from harness.report.numbers import NONE, bound, share
    from harness.report.terminal.text import plain, ruled_table
    from harness.runs.planning.suite_power import ASSUMED, POINTS

    table = ruled_table()
    table.add_column("metric", overflow="fold")
    clustered = any(metric.clusters < metric.n for metric in metrics)
    for name in ("clusters", "effect") if clustered else ():
        table.add_column(name, justify="right", vertical="bottom", no_wrap=True)
    for name in ("differ", "seen\nfrom", "not worse\nif equal", *(f"{points}\n{_points(points)}" for points in POINTS)):
        table.add_column(name, justify="right", vertical="bottom", no_wrap=True)
    for metric in metrics:
        plan, history = metric.plan, metric.history
        discordance = history.discordance if history else ASSUMED if plan else None
        unreached = _OUT_OF_REACH if plan else NONE
        equal = metric.passes_if_equal
        cells: list[RenderableType] = [
            plain(metric.use.name).append(f" {metric.use.role}", "dim"),
            *([f"{metric.clusters:,}", f"×{plan.design_effect:.1f}" if plan else NONE] if clustered else []),
            _two_digits(discordance) + ("?" if plan and not history else ""),
            unreached if metric.detectable is None else _two_digits(metric.detectable),
            NONE if equal is None else f"{share(equal)} at {bound(metric.loss)}",
            *(unreached if n is None else f"{rounded_up(n):,}" for n in metric.cases_for_points.values()),
        ]
        table.add_row(*cells)
    return table


def _words(metrics: Sequence[PlannedMetric]) -> RenderableType:
    """What the columns mean, and what the figures rest on."""
    from rich.table import Table

    from harness.report.terminal.text import plain
    from harness.runs.planning.margins import resting_on
    from harness.runs.planning.suite_power import POINTS

    family = max((metric.family for metric in metrics if metric.use.role != "watch"), default=1)
    tests = f", as one of the gate's {family} tests" if family > 1 else ""
    words = [("differ", "share of cases that two models score differently; ? where it is assumed")]
    if any(metric.clusters < metric.n for metric in metrics):
        words.append(("effect", "by how much clusters multiply the variance"))
    words += [
        ("seen from", f"the smallest loss that is found 80 times in 100{tests}"),
        ("not worse", "how often an equal model is found not worse than the margin, or the floor where there is none"),
        (f"1, 2, {POINTS[-1]} points", "cases with which such a loss is seen; of a range of 0 to 1, a point is 0.01"),
    ]
    if not all(metric.reaches_all for metric in metrics):
        words.append((_OUT_OF_REACH, "a loss up to the floor, or within the margin, is never mostly found"))
    rests: dict[str, list[str]] = {}
    for metric in metrics:
        rests.setdefault(resting_on(metric), []).append(metric.use.name)
    words += [(", ".join(names), said) for said, names in rests.items()]
    if any(metric.plan and not metric.history for metric in metrics):
        words.append(("assumed", "with half or twice the discordance, losses are seen from 0.7 or 1.4 times as much"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", max_width=24, overflow="fold")
    grid.add_column(style="dim")
    for term, meaning in words:
        grid.add_row(plain(term), plain(meaning))
    return grid


def _points(points: int) -> str:
    return "point" if points == 1 else "points"


def _two_digits(value: float | None) -> str:
    from math import floor, log10

    from harness.report.numbers import figure

    return figure(value, max(0, 1 - floor(log10(value))) if value else None)
