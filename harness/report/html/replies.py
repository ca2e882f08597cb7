"""Changed answers as rows: both replies side by side, with the words that only one of them has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from harness.report.diff import word_diff
from harness.report.html.characters import cut
from harness.report.model import Change, ChangedAnswer
from harness.report.numbers import figure

MOST_ROWS = 1_000
MOST_CHARACTERS = 3_000
_ORDER: tuple[Change, ...] = ("newly wrong", "newly right", "changed")
_WORD = re.compile(r"\S+\s*")


class Run(NamedTuple):
    """Words of one reply; `differs` where the other does not have them there."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """What a row of the case table says; `rank` and `gain` sort it."""

    answer: ChangedAnswer
    question: str
    reference: str | None
    baseline: tuple[Run, ...]
    candidate: tuple[Run, ...]
    before: str
    after: str
    rank: int
    gain: float | None
    baseline_thought: str = ""
    candidate_thought: str = ""


def answer_rows(answers: Sequence[ChangedAnswer]) -> list[AnswerRow]:
    """At most 1,000 rows, newly wrong ones first; each text is cut after 3,000 characters."""
    ordered = sorted(answers, key=lambda answer: _ORDER.index(answer.change))
    return [_row(answer) for answer in ordered[:MOST_ROWS]]


def side_by_side(baseline: str, candidate: str) -> tuple[tuple[Run, ...], tuple[Run, ...]]:
    """Both replies in runs of shared and differing words; one run each where they have too little in common."""
    parts = word_diff(baseline, candidate)
    if parts is None:
        return (Run(baseline, False),), (Run(candidate, False),)
    sides: dict[str, list[Run]] = {"baseline": [], "candidate": []}
    words = {"baseline": _WORD.findall(baseline.strip()), "candidate": _WORD.findall(candidate.strip())}
    for part in parts:
        count = len(_WORD.findall(part.text))
        for side, runs in sides.items():
            if part.where in ("both", side):
                runs += _runs("".join(words[side][:count]), differs=part.where == side)
                del words[side][:count]
    return tuple(sides["baseline"]), tuple(sides["candidate"])


def _runs(text: str, differs: bool) -> list[Run]:
    """The white space after differing words is not marked with them."""
    words = text.rstrip()
    return [Run(words, True), Run(text[len(words) :], False)] if differs else [Run(text, False)]


def _row(answer: ChangedAnswer) -> AnswerRow:
    baseline, candidate = side_by_side(
        cut(answer.baseline_reply, MOST_CHARACTERS), cut(answer.candidate_reply, MOST_CHARACTERS)
    )
    return AnswerRow(
        answer,
        question=cut(answer.question, MOST_CHARACTERS),
        reference=None if answer.reference is None else cut(answer.reference, MOST_CHARACTERS),
        baseline=baseline,
        candidate=candidate,
        before=_graded(answer.baseline_right, answer.baseline_score),
        after=_graded(answer.candidate_right, answer.candidate_score),
        rank=_ORDER.index(answer.change),
        gain=_gain(answer),
        baseline_thought=_thought(answer.baseline_thought),
        candidate_thought=_thought(answer.candidate_thought),
    )


def _thought(text: str) -> str:
    """Cut to what is shown; a model that did not think has none, not an empty one."""
    return cut(text, MOST_CHARACTERS) if text.strip() else ""


def _graded(right: bool | None, score: float | None) -> str:
    if right is not None:
        return "right" if right else "wrong"
    return "" if score is None else figure(score)


def _gain(answer: ChangedAnswer) -> float | None:
    """What the score rose by, for sorting; right counts 1 and wrong 0."""
    if answer.baseline_right is not None and answer.candidate_right is not None:
        return float(answer.candidate_right) - float(answer.baseline_right)
    if answer.baseline_score is None or answer.candidate_score is None:
        return None
    return answer.candidate_score - answer.baseline_score
