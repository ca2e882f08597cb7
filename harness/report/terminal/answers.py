"""Changed answers with their differences marked: what broke first, then what was mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from harness.documents.visible import visible
from harness.report.diff import Kept, Part, marked, shortened, word_diff
from harness.report.model import AnswerCounts, Change, ChangedAnswer
from harness.report.numbers import figure
from harness.report.terminal.text import plain
from harness.report.text import quoted

_STYLES: Mapping[Change, str] = {"newly wrong": "bold red", "newly right": "bold green", "changed": "bold yellow"}
_WORD_STYLES: Mapping[Kept, str] = {"both": "", "baseline": "red", "candidate": "green"}
_MOST_CHARACTERS = 1_000
_MOST_OF_A_THOUGHT = 200
_LEGEND = "[-only the baseline said this-] {+only the candidate+}"


def changed(counts: Sequence[AnswerCounts], answers: Sequence[ChangedAnswer], most: int) -> RenderableType:
    """How many answers changed in each suite, then at most `most` of them."""
    shown = chosen(answers, most)
    diffs = [differences(answer) for answer in shown]
    parts: list[RenderableType] = [_count_line(count) for count in counts]
    for answer, diff in zip(shown, diffs, strict=True):
        parts += [Text(), _head(answer), _said(answer, diff)]
    ends = [f"{len(shown)} of {len(answers):,} changed answers shown"] if len(shown) < len(answers) else []
    ends += [_LEGEND] if any(diffs) else []
    if ends:
        parts += [Text(), Text("\n".join(ends), style="dim")]
    return Group(*parts)


def chosen(answers: Sequence[ChangedAnswer], most: int) -> list[ChangedAnswer]:
    """Newly wrong, then newly right, then changed ones; a third of the places is kept for what is not newly wrong."""
    ordered = sorted(answers, key=lambda answer: list(_STYLES).index(answer.change))
    wrong = [answer for answer in ordered if answer.change == "newly wrong"]
    others = ordered[len(wrong) :]
    kept = wrong[: most - min(len(others), most // 3)]
    return [*kept, *others[: most - len(kept)]]


def differences(answer: ChangedAnswer) -> list[Part] | None:
    """The two answers as one text with what differs apart, shared stretches cut; None where they read better whole."""
    parts = word_diff(visible(answer.baseline_reply), visible(answer.candidate_reply))
    short = shortened(parts) if parts is not None else None
    return short if short and sum(len(part.text) for part in short) <= _MOST_CHARACTERS else None


def scores(answer: ChangedAnswer) -> str:
    """ "token-f1 0.61 → 0.42" for an answer that is neither right nor wrong; else empty."""
    if answer.baseline_score is None or answer.candidate_score is None:
        return ""
    return f"{answer.metric} {figure(answer.baseline_score)} → {figure(answer.candidate_score)}"


def _count_line(count: AnswerCounts) -> Text:
    parts = [
        Text(f"{count.newly_wrong:,} newly wrong", style=_STYLES["newly wrong"] if count.newly_wrong else ""),
        Text(f"{count.newly_right:,} newly right", style=_STYLES["newly right"] if count.newly_right else ""),
        Text(f"{count.changed:,} otherwise changed"),
    ]
    said = Text(" · ").join(parts[:3] if count.changed else parts[:2])
    return Text.assemble(plain(f"{count.suite}: "), said, plain(f" of {count.n:,} by {count.metric}", "dim"))


def _head(answer: ChangedAnswer) -> Text:
    where = " · ".join(part for part in (answer.suite, answer.case, scores(answer)) if part)
    return Text.assemble((answer.change, _STYLES[answer.change]), plain(f"  {where}", "dim"))


def _said(answer: ChangedAnswer, diff: Sequence[Part] | None) -> Table:
    """What was asked, what would be right, and both answers: as one text where they share most of their words."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("question", plain(quoted(answer.question)))
    if answer.reference is not None:
        table.add_row("reference", plain(quoted(answer.reference)))
    for side, thought in (("baseline", answer.baseline_thought), ("candidate", answer.candidate_thought)):
        if thought:
            table.add_row(f"{side} thought", plain(quoted(thought, _MOST_OF_A_THOUGHT), "dim"))
    if diff is None:
        table.add_row("baseline", plain(quoted(answer.baseline_reply)))
        table.add_row("candidate", plain(quoted(answer.candidate_reply)))
    else:
        table.add_row("answers", Text.assemble(*_marked(diff)))
    return table


def _marked(diff: Sequence[Part]) -> Iterator[tuple[str, str] | str]:
    for part in diff:
        words, space = marked(part)
        yield words, _WORD_STYLES[part.where]
        yield space
