"""Which conversations are a case of a suite, or nearly one."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from harness.types import Case, Conversation

GRAM = 5
NEARLY = 0.8
"""The share of a case's word 5-grams from which on a conversation counts as nearly that case."""

Words: TypeAlias = tuple[str, ...]
# Scripts that write no spaces have their characters as words.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


@dataclass(frozen=True, slots=True)
class Match:
    """A case that a conversation repeats; `share` of its word 5-grams, 1 where all its words are there."""

    suite: str
    case: str
    share: float


class CaseIndex:
    """The questions of suites, to be looked up in conversations.

    A conversation matches a case when its user turns are the case's, when one of its messages is the case's last user
    turn (of 5 words or more), or when it holds at least 0.8 of the case's word 5-grams. Case, width, punctuation and
    white space do not count. A case that asks nothing is known by its first reference.
    """

    def __init__(self, cases: Iterable[tuple[str, Case]]) -> None:
        self._cases: list[tuple[str, str]] = []
        self._by_whole: dict[Words, int] = {}
        self._by_last: dict[Words, int] = {}
        self._by_gram: defaultdict[Words, list[int]] = defaultdict(list)
        self._grams: list[int] = []
        for suite, case in cases:
            self._add(suite, case)

    def match(self, conversation: Conversation) -> Match | None:
        """The case that the conversation repeats most of, or None."""
        asked = [words(message.content) for message in conversation.messages if message.role == "user"]
        said = [words(message.content) for message in conversation.messages]
        whole = self._by_whole.get(_joined(asked))
        if whole is None:
            whole = next((self._by_last[turn] for turn in said if turn in self._by_last), None)
        if whole is not None:
            return Match(*self._cases[whole], share=1.0)
        hits = Counter(number for gram in grams(said) for number in self._by_gram.get(gram, ()))
        shares = [(count / self._grams[number], -number) for number, count in hits.items()]
        share, minus_number = max(shares, default=(0.0, 0))
        return Match(*self._cases[-minus_number], share=share) if share >= NEARLY else None

    def _add(self, suite: str, case: Case) -> None:
        turns = _asked(case)
        if not _joined(turns):
            return
        number = len(self._cases)
        self._cases.append((suite, case.id))
        self._by_whole.setdefault(_joined(turns), number)
        last = turns[-1 - len(case.follow_ups)] if len(turns) > len(case.follow_ups) else turns[-1]
        if len(last) >= GRAM:
            self._by_last.setdefault(last, number)
        own = grams(turns)
        self._grams.append(len(own))
        for gram in own:
            self._by_gram[gram].append(number)


def words(text: str) -> Words:
    """The words of a text, without case, width and punctuation."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def grams(turns: Iterable[Words]) -> set[Words]:
    """The word 5-grams of some turns, none of them across two turns."""
    return {turn[start : start + GRAM] for turn in turns for start in range(len(turn) - GRAM + 1)}


def _asked(case: Case) -> list[Words]:
    if isinstance(case.prompt, str):
        turns = [case.prompt]
    else:
        turns = [message.content for message in case.prompt if message.role == "user"]
    turns += case.follow_ups
    if not any(words(turn) for turn in turns):
        turns = list(case.references[:1])
    return [words(turn) for turn in turns]


def _joined(turns: Iterable[Words]) -> Words:
    return tuple(word for turn in turns for word in turn)
