"""How the answers of each side ended: what was cut, what has no text, what failed and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from harness.comparison.records import Comparison
from harness.evaluation.records import Evaluation
from harness.report.model import ModelSide, ReasonCount, ReplyCounts, Report
from harness.store.reader import Reader
from harness.types import Thoughts
from harness.types.thoughts import as_read

_MOST_REASONS = 5
"""Reasons of a side that a report names."""


def compared_replies(reader: Reader, comparisons: Iterable[Comparison]) -> Iterator[ReplyCounts]:
    """How the answers of each side of each comparison ended, each evaluation once."""
    seen: set[str] = set()
    for one in comparisons:
        thoughts = thoughts_of(reader, one.candidate.suite_version)
        other: ModelSide = "anchor" if one.against == "anchor" else "baseline"
        sides: tuple[tuple[ModelSide, Evaluation], ...] = (("candidate", one.candidate), (other, one.baseline))
        yield from (replies(reader, each, side, thoughts) for side, each in sides if each.id not in seen)
        seen |= {one.candidate.id, one.baseline.id}


def replies(reader: Reader, evaluation: Evaluation, side: ModelSide, thoughts: Thoughts | None = None) -> ReplyCounts:
    """How the answers of an evaluation ended."""
    thoughts = thoughts or thoughts_of(reader, evaluation.suite_version)
    found = reader.endings(evaluation, partial(as_read, thoughts=thoughts))
    shown = found.reasons[:_MOST_REASONS]
    cases = reader.cases_of(evaluation.suite_version, {one.content for one in shown}) if shown else {}
    names = {content: case.id for content, case in cases.items()}
    return ReplyCounts(
        suite=evaluation.suite,
        side=side,
        asked=found.asked,
        failed=found.failed,
        replies=found.replies,
        cut=found.cut,
        cut_without_text=found.cut_without_text,
        without_text=found.without_text,
        max_new_tokens=int(evaluation.settings.get("max_new_tokens", 0)),
        reasons=tuple(ReasonCount(one.reason, one.count, names.get(one.content)) for one in shown),
    )


def thoughts_of(reader: Reader, suite_version: str) -> Thoughts:
    """What becomes of thoughts in a suite version; what is usual where it is not in the store."""
    suite = reader.latest_suite(suite_version)
    return "split" if suite is None else suite.thoughts


def reply_lines(report: Report, suite: str | None = None) -> list[str]:
    """What is to be said of the answers of each side, to all suites or to one; nothing where all answers are whole."""
    several = suite is None and len({counts.suite for counts in report.reply_counts}) > 1
    lines = []
    for counts in report.reply_counts:
        if suite in (None, counts.suite):
            label = " · ".join([counts.suite] * several + [counts.side] * (not report.results))
            lines += [f"{label}: {line}" if label else line for line in _lines(counts)]
    return lines


def why_failed(report: Report) -> str:
    """Why most of the failed answers failed, of the side with the most of them; empty where none did."""
    counts = max(report.reply_counts, key=lambda counts: counts.failed, default=None)
    if counts is None or not counts.failed:
        return ""
    return _cut(counts) if 2 * counts.cut_without_text > counts.failed else _failed(counts)


def _lines(counts: ReplyCounts) -> Iterator[str]:
    if counts.cut:
        yield _cut(counts)
    if silent := counts.without_text - counts.cut_without_text:
        ended = "ended otherwise and " if counts.cut else ""
        yield f"{silent:,} of {counts.replies:,} replies {ended}have no text"
    if counts.failed:
        yield _failed(counts)


def _cut(counts: ReplyCounts) -> str:
    said = f"{counts.cut:,} of {counts.replies:,} replies ended at max_new_tokens ({counts.max_new_tokens:,})"
    text = f"{counts.cut_without_text:,} without text"
    return f"{said}, {text}{': raise generation.max_new_tokens' if counts.cut_without_text else ''}"


def _failed(counts: ReplyCounts) -> str:
    why = [_reason(one) for one in counts.reasons]
    rest = counts.failed - sum(one.count for one in counts.reasons)
    why += [f"other reasons ({rest:,})"] if rest else []
    return f"{counts.failed:,} of {counts.asked:,} answers failed: {'; '.join(why)}"


def _reason(one: ReasonCount) -> str:
    return f"{one.reason} ({one.count:,}{f', such as case {one.example}' if one.example else ''})"
