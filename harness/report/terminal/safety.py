"""What the safety checks found: the share of answers that each hit, and the worst findings."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.comparison.records import CheckResult
from harness.documents.visible import visible
from harness.report.cells import check_cells, check_heads
from harness.report.model import SafetyFinding
from harness.report.sentences.lines import check_notes, ordered_checks
from harness.report.sentences.words import BOUND_STYLES, SEVERITY_STYLES
from harness.report.terminal.text import plain, ruled_table

AT_MOST = "at most: the upper 95 % bound of the share"


def safety(
    suites: Sequence[tuple[str, Sequence[CheckResult]]], findings: Sequence[SafetyFinding], most_findings: int
) -> RenderableType:
    """A table a suite with the share of answers that a check hit, then the first of the findings, worst first."""
    parts: list[RenderableType] = []
    for suite, checks in suites:
        parts += [plain(suite, "bold"), _checks(checks)]
        parts += [plain(f"{name}: {reason}", "dim") for name, reason in check_notes(checks, every_source=False)]
    if parts:
        parts.append(Text(AT_MOST, style="dim"))
    if findings:
        parts += [Text(), Text("worst findings", style="bold"), _findings(findings[:most_findings])]
    if len(findings) > most_findings:
        parts.append(Text(f"and {len(findings) - most_findings:,} more", style="dim"))
    return Group(*parts)


def _checks(checks: Sequence[CheckResult]) -> RenderableType:
    table = ruled_table()
    table.add_column("check", overflow="fold")
    heads = check_heads(checks)
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    for check in ordered_checks(checks):
        table.add_row(
            plain(check.check), *check_cells(check, heads), Text(check.bound, style=BOUND_STYLES[check.bound])
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
