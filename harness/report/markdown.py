"""A report as Markdown for a pull request's comment and for $GITHUB_STEP_SUMMARY: the decision first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from harness.comparison.records import CheckResult, Comparison, EvaluationResult, MetricComparison
from harness.report.cells import check_cells, check_heads, left_out, slice_cells, sliced_metrics, worst_slices
from harness.report.escape import fenced, inline
from harness.report.model import ChangedAnswer, NextStep, Report
from harness.report.numbers import bound, decimals_between, decimals_of, figure, interval, p_cell, signed, spread
from harness.report.sections import Section, in_order, sections
from harness.report.sentences import lines as sentences
from harness.report.text import quoted

MOST_BYTES = 65_000
"""GitHub refuses a comment of more than 65,536 characters."""
_MOST_REASONS = 20
_MOST_REASON = 500
_FOR_ENDS = 300


class _Block(NamedTuple):
    """A part of the report. Those of rank 0 are always kept, a higher rank is left out first."""

    rank: int
    text: str


def to_markdown(report: Report) -> str:
    """The report in at most 65,000 bytes: newly wrong answers are cut first and the decision never, and it says so."""
    body = [
        _Block(0, _decision(report)),
        *_blocks(in_order(sections(report), ("comparison", "result", "endings", "safety")), report),
        *(_Block(2, text) for text in _trained(report)),
    ]
    ends = [*_blocks(in_order(sections(report), ("warnings", "next")), report)]
    texts, room = _fitting([*body, *ends])
    before, after = [text for text in texts[: len(body)] if text], [text for text in texts[len(body) :] if text]
    if missing := texts.count(""):
        said = f"{missing} sections do not fit into a comment; `harness report {inline(report.run)}` shows them."
        before.insert(1, said)
    return "\n\n".join([*before, *_newly_wrong(report, room), *after]) + "\n"


def _blocks(found: Iterable[Section], report: Report) -> Iterator[_Block]:
    for kind, title, content in found:
        match kind:
            case "comparison":
                yield _Block(1, _comparison(content, report))
            case "result":
                yield _Block(1, _result(content))
            case "endings":
                yield _Block(1, _listed(title, content))
            case "safety":
                yield from (_Block(2, _safety(suite, checks)) for suite, checks in content[0])
            case "warnings":
                yield _Block(2, _listed(title, content))
            case "next":
                yield _Block(3, _next(content))


def _fitting(blocks: Sequence[_Block]) -> tuple[list[str], int]:
    """The text of each block, empty where there is no room for it, and the bytes that are left."""
    texts = [""] * len(blocks)
    room = MOST_BYTES - _FOR_ENDS
    for place in sorted(range(len(blocks)), key=lambda place: blocks[place].rank):
        rank, text = blocks[place]
        if rank == 0 or _bytes(text) <= room:
            texts[place] = text
            room -= _bytes(text)
    return texts, room


def _decision(report: Report) -> str:
    """One line that says it all, how many verdicts of each kind, and the other reasons not to pass."""
    said = [
        f"**{sentences.decision_word(report)}**",
        sentences.exit_line(report),
        _clipped(sentences.main_reason(report)),
    ]
    lines = [" · ".join(part for part in said if part)]
    counts = " · ".join(f"{count} {verdict}" for verdict, count in sentences.verdict_counts(report))
    watched = ", ".join(f"{count} {verdict}" for verdict, count in sentences.verdict_counts(report, watched=True))
    told = [counts, f"watched only: {watched}" if watched else ""]
    lines += ["", " · ".join(part for part in told if part)] if any(told) else []
    if intervals := sentences.intervals(report):
        lines += ["", f"In brackets: {intervals}."]
    others = report.decision.reasons[1:] if report.decision is not None and report.decision.code else ()
    if others:
        lines += ["", *(f"- {_clipped(reason)}" for reason in others[:_MOST_REASONS])]
    if len(others) > _MOST_REASONS:
        lines.append(f"- and {len(others) - _MOST_REASONS} more")
    return "\n".join(lines)


def _clipped(text: str) -> str:
    return inline(text if len(text) <= _MOST_REASON else f"{text[:_MOST_REASON]} …")


def _comparison(comparison: Comparison, report: Report) -> str:
    lines = [f"### {inline(sentences.title(comparison, report.comparisons))}"]
    if comparison.metrics:
        lines += ["", *_metrics(sentences.ordered(comparison))]
    notes = [f"- {inline(name)}: {inline(line)}" for name, line in sentences.metric_notes(comparison)]
    notes += [f"- **warning**: {inline(warning)}" for warning in comparison.warnings]
    lines += ["", *notes] if notes else []
    for metric in sliced_metrics(comparison, report.comparisons):
        lines += ["", *_slices(metric)]
    return "\n".join(lines)


def _metrics(metrics: Sequence[MetricComparison]) -> Iterator[str]:
    margins = any(metric.margin is not None for metric in metrics)
    heads = ["metric", "baseline", "candidate", "difference", "p", "margin", "verdict"]
    rows = [_cells(metric) for metric in metrics]
    if not margins:
        heads.remove("margin")
        rows = [[*row[:5], row[6]] for row in rows]
    yield from _table(heads, rows, "verdict")


def _cells(metric: MetricComparison) -> list[str]:
    decimals = decimals_of(metric)
    role = "" if metric.role == "guard" else f" ({metric.role})"
    name = f"**{inline(metric.metric)}**" if metric.role == "primary" else inline(metric.metric)
    difference = (
        f"{signed(metric.difference, decimals)} {interval(metric.low, metric.high, decimals, metric.level)}".rstrip()
    )
    return [
        f"{name}{role}",
        figure(metric.baseline, decimals),
        figure(metric.candidate, decimals),
        difference,
        inline(p_cell(metric)),
        "" if metric.margin is None else bound(metric.margin),
        f"**{metric.verdict}**" if metric.verdict == "regressed" else metric.verdict,
    ]


def _slices(metric: MetricComparison) -> Iterator[str]:
    rows = [[inline(cell) for cell in slice_cells(one, metric.level)] for one in worst_slices(metric)]
    heads = [f"{inline(metric.metric)} by slice", "n", "baseline → candidate", "difference"]
    yield "<details><summary>slices, worst first</summary>\n"
    yield from _table(heads, rows)
    yield f"\n{left_out(metric)}\n\n</details>"


def _result(measured: EvaluationResult) -> str:
    rows = []
    for metric in measured.metrics:
        decimals = decimals_between(metric.low, metric.high)
        value = f"{figure(metric.value, decimals)} {spread(metric.low, metric.high, decimals, metric.level)}".rstrip()
        rows.append([inline(metric.metric), value, f"{metric.n:,}", f"{metric.errors:,}"])
    head = f"### {inline(f'{measured.evaluation.suite} · {measured.evaluation.selection}')}"
    notes = [f"- {inline(name)}: {inline(line)}" for name, line in sentences.value_notes(measured.metrics)]
    table = _table(["metric", "value", "cases", "failed"], rows)
    return "\n".join([head, "", *table, *(["", *notes] if notes else [])])


def _safety(suite: str, checks: Sequence[CheckResult]) -> str:
    figures = check_heads(checks)
    heads = ["check", *figures, "verdict"]
    ordered = sentences.ordered_checks(checks)
    rows = [[inline(one.check), *check_cells(one, figures), one.bound] for one in ordered]
    notes = [f"- {inline(name)}: {inline(reason)}" for name, reason in sentences.check_notes(checks)]
    table = _table(heads, rows, "verdict")
    return "\n".join([f"### Safety · {inline(suite)}", "", *table, *(["", *notes] if notes else [])])


def _trained(report: Report) -> Iterator[str]:
    """From rows read to rows trained on."""
    if lines := sentences.rows(report):
        yield "\n".join(["### Training", "", *(f"- {inline(line)}" for line in lines)])


def _newly_wrong(report: Report, room: int) -> Iterator[str]:
    """What broke, folded up; as many answers as fit into `room` bytes, and how many did not."""
    wrong = [answer for answer in report.answers if answer.change == "newly wrong"]
    shown: list[str] = []
    for answer in wrong:
        text = _answer(answer)
        room -= _bytes(text)
        if room < 0:
            break
        shown.append(text)
    total = max(sum(count.newly_wrong for count in report.answer_counts), len(wrong))
    if not total:
        return
    several = "s" if total != 1 else ""
    head = f"{total:,} newly wrong answer{several}" + (f", {len(shown):,} shown" if len(shown) < total else "")
    yield "\n\n".join([f"<details><summary>{head}</summary>", *shown, "</details>"])


def _answer(answer: ChangedAnswer) -> str:
    lines = [*_prefixed("  question:  ", "  ", answer.question)]
    if answer.reference is not None:
        lines += _prefixed("  reference: ", "  ", answer.reference)
    lines += _prefixed("- baseline:  ", "- ", answer.baseline_reply)
    lines += _prefixed("+ candidate: ", "+ ", answer.candidate_reply)
    return f"{inline(f'{answer.suite} · {answer.case}')}\n\n" + fenced("\n".join(lines), "diff")


def _prefixed(first: str, following: str, text: str) -> list[str]:
    begin, *rest = quoted(text).split("\n")
    return [f"{first}{begin}", *(f"{following}{line}" for line in rest)]


def _listed(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"### {title}", "", *(f"- {inline(line)}" for line in lines)])


def _next(steps: Sequence[NextStep]) -> str:
    lines = [line for step in steps for line in (f"# {step.purpose}", step.command)]
    return f"### Next\n\n{fenced(chr(10).join(lines), 'sh')}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], left: str = "") -> Iterator[str]:
    """The first column and the one called `left` begin at the left, figures end at the right."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join(':--' if place == 0 or head == left else '--:' for place, head in enumerate(heads))}|"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _bytes(text: str) -> int:
    """With the blank line that follows it."""
    return len(text.encode("utf-8", "replace")) + 2
