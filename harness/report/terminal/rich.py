"""A report on the terminal: the decision first, then what led to it. Width and colour are the console's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from harness.comparison.records import Comparison
from harness.documents.visible import visible
from harness.report.cells import sliced_metrics, worth_showing
from harness.report.model import ModelLine, Report
from harness.report.numbers import duration
from harness.report.sentences import endings
from harness.report.sentences import lines as sentences
from harness.report.sentences.words import CODE_STYLES, VERDICT_STYLES
from harness.report.terminal import answers, curve, material, safety, slices, tables, trends
from harness.report.terminal.text import Encodable, plain

Section: TypeAlias = tuple[str, RenderableType]


def render(report: Report, console: Console, most_answers: int = 6, most_findings: int = 6) -> None:
    """Print the report; at most so many changed answers and safety findings are shown, and what is left out is said."""
    console.print(Encodable(_lead(report)))
    console.print(Encodable(Padding(_facts(report), (0, 1))))
    for title, content in _sections(report, console, most_answers, most_findings):
        console.print()
        console.print(Encodable(Rule(Text(visible(title), style="bold"), align="left", style="dim")))
        console.print(Encodable(Padding(content, (0, 1))))


def _sections(report: Report, console: Console, most_answers: int, most_findings: int) -> Iterator[Section]:
    width = console.width - 2
    for comparison in report.comparisons:
        if comparison.metrics or comparison.warnings:
            yield sentences.title(comparison, report.comparisons), _comparison(comparison, report, width)
    for measured in (one for one in report.results if one.metrics):
        yield f"{measured.evaluation.suite} · {measured.evaluation.selection}", tables.result(measured)
    if ended := endings.reply_lines(report):
        yield "Answers", _lines(ended, style="yellow")
    if report.decision is not None and len(report.decision.reasons) > 1:
        yield "Gate", _lines(sentences.other_reasons(report))
    if report.warnings:
        yield "Warnings", _lines(report.warnings, style="yellow")
    if found := worth_showing(report.trends):
        yield "Trend", trends.trend_lines(found)
    if report.cycles:
        yield "Cycles", material.cycles(report.cycles)
    if report.data is not None and material.says_something(report.data):
        yield "Cleaning", material.cleaning(report.data)
    if report.training is not None:
        yield "Training", curve.training(report.training, width)
    checks = sentences.checked_suites(report)
    if any(results for _, results in checks) or report.findings:
        yield "Safety", safety.safety(checks, report.findings, most_findings)
    if report.answers or report.answer_counts:
        yield "Changed answers", answers.changed(report.answer_counts, report.answers, most_answers)
    if report.stages:
        yield "Time", material.stage_times(report.stages, width)
    if report.next_steps:
        yield "Next", material.next_steps(report.next_steps, width)


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
