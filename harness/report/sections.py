"""What a report has to say, part by part: the terminal, the page and Markdown lay the same parts out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from harness.report.cells import worst_findings, worth_showing
from harness.report.model import DataSummary, Report
from harness.report.sentences import lines as sentences
from harness.report.sentences.endings import reply_lines

SectionKind: TypeAlias = Literal[
    "comparison",
    "result",
    "endings",
    "reasons",
    "warnings",
    "trend",
    "cycles",
    "cleaning",
    "training",
    "safety",
    "answers",
    "time",
    "next",
]


class Section(NamedTuple):
    """A part under its own headline. `body` holds records of the report's model, or lines of text."""

    kind: SectionKind
    title: str
    body: Any


def sections(report: Report) -> Iterator[Section]:
    """Every part that has something to say, in the order in which a terminal shows them."""
    for comparison in report.comparisons:
        if comparison.metrics or comparison.warnings:
            yield Section("comparison", sentences.title(comparison, report.comparisons), comparison)
    for result in report.results:
        if result.metrics:
            yield Section("result", f"{result.evaluation.suite} · {result.evaluation.selection}", result)
    if ended := reply_lines(report):
        yield Section("endings", "Answers", ended)
    if report.decision is not None and len(report.decision.reasons) > 1:
        yield Section("reasons", "Gate", sentences.other_reasons(report))
    if report.warnings:
        yield Section("warnings", "Warnings", report.warnings)
    if trends := worth_showing(report.trends):
        yield Section("trend", "Trend", trends)
    yield from _material(report)
    checks = [(suite, results) for suite, results in sentences.checked_suites(report) if results]
    if checks or report.findings:
        yield Section("safety", "Safety", (checks, worst_findings(report.findings)))
    if report.answers or report.answer_counts:
        yield Section("answers", "Changed answers", (report.answer_counts, report.answers))
    if report.stages:
        yield Section("time", "Time", report.stages)
    if report.next_steps:
        yield Section("next", "Next", report.next_steps)


def _material(report: Report) -> Iterator[Section]:
    """What the model was made of."""
    if report.cycles:
        yield Section("cycles", "Cycles", report.cycles)
    if report.data is not None and says_more(report.data):
        yield Section("cleaning", "Cleaning", report.data)
    if report.training is not None:
        yield Section("training", "Training", report.training)


def says_more(data: DataSummary) -> bool:
    """Whether there is more to tell of the data than the line from rows read to sets trained on."""
    return bool(data.rejections or data.cleaners or data.contamination)


def in_order(found: Iterable[Section], order: Sequence[SectionKind]) -> list[Section]:
    """The sections of these kinds, kind by kind."""
    return sorted(
        (section for section in found if section.kind in order), key=lambda section: order.index(section.kind)
    )
