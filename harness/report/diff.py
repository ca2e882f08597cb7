"""Two answers word by word: what only one of them says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, NamedTuple, TypeAlias

Kept: TypeAlias = Literal["both", "baseline", "candidate"]

_MOST_WORDS = 1_000
_SAME_NEEDED = 0.5
_CONTEXT = 8
_WORD = re.compile(r"\S+\s*")


class Part(NamedTuple):
    """A run of words that stands in both answers, or in one of them only; white space follows its last word."""

    where: Kept
    text: str


def word_diff(baseline: str, candidate: str) -> list[Part] | None:
    """The candidate's answer with the baseline's words put where they stood.

    None where less than half of the words are shared, or an answer has more than 1,000: then the two read better whole.
    """
    before, after = _WORD.findall(baseline.strip()), _WORD.findall(candidate.strip())
    if not before or not after or max(len(before), len(after)) > _MOST_WORDS:
        return None
    matcher = SequenceMatcher(None, [w.strip() for w in before], [w.strip() for w in after], autojunk=False)
    shared = 2 * sum(block.size for block in matcher.get_matching_blocks()) / (len(before) + len(after))
    if shared < _SAME_NEEDED:
        return None
    return list(_parts(matcher, before, after))


def shortened(parts: Sequence[Part]) -> list[Part]:
    """The parts with the middle of long shared runs replaced by "…"; eight words are kept beside each difference."""
    if len(parts) < 2:
        return list(parts)
    last = len(parts) - 1
    return [
        part if part.where != "both" else Part("both", _elided(part.text, place > 0, place < last))
        for place, part in enumerate(parts)
    ]


def marked(part: Part) -> tuple[str, str]:
    """The part with the signs that `git diff --word-diff` gives it, and the white space that follows it."""
    words = part.text.rstrip()
    space = part.text[len(words) :]
    signs = {"baseline": ("[-", "-]"), "candidate": ("{+", "+}"), "both": ("", "")}[part.where]
    return f"{signs[0]}{words}{signs[1]}", space or ("" if part.where == "both" else " ")


def _parts(matcher: SequenceMatcher[str], before: Sequence[str], after: Sequence[str]) -> Iterator[Part]:
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            yield Part("both", "".join(after[new_start:new_end]))
            continue
        if end > start:
            yield Part("baseline", "".join(before[start:end]))
        if new_end > new_start:
            yield Part("candidate", "".join(after[new_start:new_end]))


def _elided(text: str, after_a_difference: bool, before_a_difference: bool) -> str:
    words = _WORD.findall(text)
    head = _CONTEXT if after_a_difference else 0
    tail = _CONTEXT if before_a_difference else 0
    if len(words) <= head + tail + 2:
        return text
    return "".join([*words[:head], "… ", *words[len(words) - tail :]])
