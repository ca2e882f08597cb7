"""Two tables: what the comparison of a suite says, and what its safety checks found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.records import Bound, CheckResult, Comparison, MetricComparison, Verdict
from harness.report.figures import NONE, bound, decimals_of, figure, interval, share, signed, spread, x_of_n
from harness.report.model import EvaluationResult, SafetyFinding
from harness.report.text import plain, ruled_table, visible
from harness.report.words import BOUND_STYLES, BOUNDS, ROLES, SEVERITIES, SEVERITY_STYLES, VERDICT_STYLES, VERDICTS

_SMALLEST_NAME = 14
_SPEAK_FOR_THEMSELVES: frozenset[Verdict] = frozenset({"improved", "not worse"})
_ASK_WHY: frozenset[Bound] = frozenset({"over the limit", "incomplete", "inconclusive"})


def title(comparison: Comparison) -> str:
    """The suite, which of its cases, and how many of them are paired."""
    parts = [comparison.suite, comparison.candidate.selection]
    sizes = {(metric.n, metric.clusters) for metric in comparison.metrics}
    if len(sizes) == 1:
        parts.append(_size(comparison.metrics[0]))
    return " · ".join(part for part in parts if part)


def metrics(comparison: Comparison, width: int) -> RenderableType:
    """One row a metric, worst verdict first; below it why a verdict is what it is, and what is missing."""
    if not comparison.metrics:
        return Group(*_notes(comparison, ()))
    ordered = sorted(comparison.metrics, key=lambda m: (VERDICTS.index(m.verdict), ROLES.index(m.role)))
    margins = any(metric.margin is not None for metric in ordered)
    rows = [_row(metric, margins) for metric in ordered]
    heads = ["metric", "baseline", "candidate", "difference [95 %]", *(["margin"] if margins else []), "verdict"]
    others = sum(max(cell_len(line) for line in column) for column in list(zip(heads, *rows, strict=True))[1:])
    separator = " " if width - others - 2 * (len(heads) - 1) >= _SMALLEST_NAME else "\n"
    table = ruled_table()
    table.add_column(heads[0], overflow="fold")
    for head in heads[1:-1]:
        table.add_column(head.replace(" [", f"{separator}["), justify="right", no_wrap=True)
    table.add_column(heads[-1], no_wrap=True)
    for metric, (name, *cells, verdict) in zip(ordered, rows, strict=True):
        shown = [cell.replace(" [", f"{separator}[") for cell in cells]
        table.add_row(_name(name, metric), *shown, Text(verdict, style=VERDICT_STYLES[metric.verdict]))
    return Group(table, *_notes(comparison, ordered))


def result(measured: EvaluationResult) -> RenderableType:
    """One row a metric of a single evaluation: its value, the interval and what it was computed from."""
    table = ruled_table()
    table.add_column("metric", overflow="fold")
    for head in ("value", "95 %", "cases", "failed"):
        table.add_column(head, justify="right", no_wrap=True)
    for metric in measured.metrics:
        decimals = decimals_of(metric)
        low, high = metric.candidate_interval or (None, None)
        row = [
            figure(metric.candidate, decimals),
            spread(low, high, decimals),
            f"{metric.n:,}",
            f"{metric.candidate_errors:,}",
        ]
        table.add_row(_name(visible(metric.metric), metric), *row)
    missing = [metric for metric in measured.metrics if metric.verdict == "incomplete"]
    said = [Text.assemble((f"{visible(m.metric)}: ", "bold dim"), (visible(m.reason), "dim")) for m in missing]
    return Group(table, *said)


def safety(
    suites: Sequence[tuple[str, Sequence[CheckResult]]], findings: Sequence[SafetyFinding], most_findings: int
) -> RenderableType:
    """A table a suite with the share of answers that a check hit, then the worst findings."""
    parts: list[RenderableType] = []
    for suite, checks in suites:
        if checks:
            parts += [plain(suite, "bold"), _checks(checks)]
            parts += [plain(f"{c.check}: {c.reason}", "dim") for c in checks if c.reason and c.bound in _ASK_WHY]
    if parts:
        parts.append(Text("at most: the upper 95 % bound of the candidate's share", style="dim"))
    worst = sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), -f.count))
    if worst:
        parts += [Text(), Text("worst findings", style="bold"), _findings(worst[:most_findings])]
    if len(worst) > most_findings:
        parts.append(Text(f"and {len(worst) - most_findings:,} more", style="dim"))
    return Group(*parts)


def _row(metric: MetricComparison, margins: bool) -> list[str]:
    decimals = decimals_of(metric)
    difference = f"{signed(metric.difference, decimals)} {interval(metric.low, metric.high, decimals)}".rstrip()
    figures = [figure(metric.baseline, decimals), figure(metric.candidate, decimals), difference]
    return [visible(metric.metric), *figures, *([bound(metric.margin)] if margins else []), metric.verdict]


def _name(name: str, metric: MetricComparison) -> Text:
    """The name with its role; a guard, the usual role, goes unmarked."""
    if metric.role == "guard":
        return Text(name)
    return Text.assemble((name, "bold" if metric.role == "primary" else ""), (f" ({metric.role})", "dim"))


def _notes(comparison: Comparison, ordered: Sequence[MetricComparison]) -> Iterator[Text]:
    """What the figures alone do not say, a line each."""
    several_sizes = len({(metric.n, metric.clusters) for metric in ordered}) > 1
    for metric in ordered:
        said = [] if metric.verdict in _SPEAK_FOR_THEMSELVES else [metric.reason]
        said += [_sides(metric)] if metric.role == "primary" else []
        said += metric.notes
        said += [_size(metric)] if several_sizes else []
        said += ["lower is better"] if not metric.higher_is_better else []
        said += [_unpaired(metric)] if metric.added or metric.removed else []
        said += [_errors(metric)] if metric.baseline_errors or metric.candidate_errors else []
        if any(said):
            line = "; ".join(part for part in said if part)
            yield Text.assemble((f"{visible(metric.metric)}: ", "bold dim"), (visible(line), "dim"))
    for warning in comparison.warnings:
        yield plain(f"warning: {warning}", "yellow")


def _sides(metric: MetricComparison) -> str:
    """Each side's own interval, for the metric that matters most."""
    if metric.baseline_interval is None or metric.candidate_interval is None:
        return ""
    decimals = decimals_of(metric)
    sides = (("baseline", metric.baseline_interval), ("candidate", metric.candidate_interval))
    return ", ".join(f"{name} {spread(*interval_of, decimals)}" for name, interval_of in sides)


def _size(metric: MetricComparison) -> str:
    cases = f"{metric.n:,} paired case{'s' if metric.n != 1 else ''}"
    return cases if metric.clusters in (0, metric.n) else f"{cases} in {metric.clusters:,} clusters"


def _unpaired(metric: MetricComparison) -> str:
    return f"not paired: {metric.added:,} added, {metric.removed:,} removed"


def _errors(metric: MetricComparison) -> str:
    return f"errors: baseline {metric.baseline_errors:,}, candidate {metric.candidate_errors:,}"


def _checks(checks: Sequence[CheckResult]) -> RenderableType:
    table = ruled_table()
    table.add_column("check", overflow="fold")
    for head in ("baseline", "candidate", "share", "at most", "limit"):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for check in sorted(checks, key=lambda c: (BOUNDS.index(c.bound), -c.high)):
        measured = check.n > 0
        table.add_row(
            plain(check.check),
            x_of_n(check.baseline_found, check.baseline_n),
            x_of_n(check.found, check.n),
            share(check.found / check.n) if measured else NONE,
            share(check.high) if measured else NONE,
            share(check.limit),
            Text(check.bound, style=BOUND_STYLES[check.bound]),
        )
    return table


def _findings(findings: Sequence[SafetyFinding]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=2)
    table.add_column(overflow="fold", ratio=3)
    for finding in findings:
        times = f" ×{finding.count:,}" if finding.count > 1 else ""
        what = f"{finding.check}: {finding.category}{times}"
        where = Text(f"\n{visible(finding.suite)} · {visible(finding.case)}", style="dim")
        severity = Text(finding.severity, style=SEVERITY_STYLES[finding.severity])
        table.add_row(severity, plain(what).append_text(where), plain(f"“{finding.evidence}”"))
    return table
