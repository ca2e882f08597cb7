"""A report on the terminal: the decision first, then what led to it. Width and colour are the console's."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from harness.comparison.records import Comparison
from harness.documents.visible import visible
from harness.report.cells import sliced_metrics
from harness.report.model import ModelLine, Report
from harness.report.numbers import duration
from harness.report.sections import Section, sections
from harness.report.sentences import lines as sentences
from harness.report.sentences.words import CODE_STYLES, VERDICT_STYLES
from harness.report.terminal import answers, curve, material, safety, slices, tables, trends
from harness.report.terminal.text import Encodable, plain


def render(report: Report, console: Console, most_answers: int = 6, most_findings: int = 6) -> None:
    """Print the report; at most so many changed answers and safety findings are shown, and what is left out is said."""
    console.print(Encodable(_lead(report)))
    console.print(Encodable(Padding(_facts(report), (0, 1))))
    for section in sections(report):
        content = _content(section, report, console.width - 2, most_answers, most_findings)
        console.print()
        console.print(Encodable(Rule(Text(visible(section.title), style="bold"), align="left", style="dim")))
        console.print(Encodable(Padding(content, (0, 1))))


def _content(section: Section, report: Report, width: int, most_answers: int, most_findings: int) -> RenderableType:
    match section.kind:
        case "comparison":
            return _comparison(section.body, report, width)
        case "result":
            return tables.result(section.body)
        case "endings" | "warnings":
            return _lines(section.body, style="yellow")
        case "reasons":
            return _lines(section.body)
        case "trend":
            return trends.trend_lines(section.body)
        case "cycles":
            return material.cycles(section.body)
        case "cleaning":
            return material.cleaning(section.body)
        case "training":
            return curve.training(section.body, width)
        case "safety":
            checks, findings = section.body
            return safety.safety(checks, findings, most_findings)
        case "answers":
            counts, shown = section.body
            return answers.changed(counts, shown, most_answers)
        case "time":
            return material.stage_times(section.body, width)
        case "next":
            return material.next_steps(section.body, width)


def _comparison(comparison: Comparison, report: Report, width: int) -> RenderableType:
    """The table of metrics, then the slices of the metrics that matter most."""
    by_slice = sliced_metrics(comparison, report.comparisons)
    table = tables.metrics(comparison, width)
    return Group(table, slices.slices(by_slice)) if by_slice else table


def _lead(report: Report) -> RenderableType:
    """The decision in a word, its exit code, the reason that weighs most, and how many verdicts of each kind."""
    word, said = sentences.decision_word(report), sentences.exit_line(report)
    code = sentences.code_of(report)
    style = "" if code is None else CODE_STYLES[code]
    head = Text(f"{word}  {said}", style="bold")
    if code is not None:
        head = Text.assemble((f" {word} ", f"bold reverse {style}"), "  ", (said, "bold"))
    lines: list[RenderableType] = [head]
    if reason := sentences.main_reason(report):
        lines.append(plain(reason))
    for before, watched in (("", False), ("watched only: ", True)):
        if counted := sentences.verdict_counts(report, watched=watched):
            verdicts = Text(" · ").join(Text(f"{n} {verdict}", VERDICT_STYLES[verdict]) for verdict, n in counted)
            lines.append(Text.assemble((before, "dim"), verdicts))
    return Panel(Group(*lines), box=box.ROUNDED, border_style=style or "none")


def _facts(report: Report) -> RenderableType:
    """Run, models and data: a label and a line each."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    took = duration(report.seconds) if report.seconds is not None else ""
    grid.add_row(
        "run", _joined([report.run, f"harness {report.command}", report.recipe, report.state, report.started, took])
    )
    for model in report.models:
        grid.add_row(model.side, _model(model))
    if report.data is not None:
        grid.add_row("data", material.data_line(report.data))
    if said := sentences.intervals(report):
        grid.add_row("figures", said)
    return grid


def _model(model: ModelLine) -> Text:
    name = f"{model.reference} + {model.adapter}" if model.adapter else model.reference
    threads = f"{model.threads} thread{'s' if model.threads != 1 else ''}" if model.threads is not None else None
    parts = [model.fingerprint, model.numerics, model.device, threads, None if model.verified else "files not verified"]
    return Text("\n").join([plain(name, "bold"), _joined(parts, style="dim")]) if any(parts) else plain(name, "bold")


def _joined(parts: Sequence[str | None], style: str = "") -> Text:
    return plain(" · ".join(part for part in parts if part), style)


def _lines(lines: Sequence[str], style: str = "") -> RenderableType:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, style=style)
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row("·", plain(line))
    return grid
