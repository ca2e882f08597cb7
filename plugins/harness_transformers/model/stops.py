"""Stop strings, looked for in what the newest tokens add to a reply."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from harness.types.thoughts import MARKS

UNFINISHED = "\N{REPLACEMENT CHARACTER}"  # what a character looks like until its last byte is there


def text_of(tokenizer: Any, tokens: Sequence[int]) -> str:
    """The text of a reply, without special tokens but those that part thoughts from it."""
    marks = _marks(tokenizer)
    parts: list[str] = []
    start = 0
    for at, token in enumerate(tokens):
        if token in marks:
            parts += [_decoded(tokenizer, tokens[start:at]), marks[token]]
            start = at + 1
    return "".join([*parts, _decoded(tokenizer, tokens[start:])])


def _decoded(tokenizer: Any, tokens: Sequence[int]) -> str:
    return str(tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))


@lru_cache(maxsize=4)
def _marks(tokenizer: Any) -> Mapping[int, str]:
    """The special tokens that mark a thought."""
    added = tokenizer.added_tokens_decoder.items()
    return {token: one.content for token, one in added if one.special and one.content.lower() in MARKS}


@dataclass
class StopWatch:
    """Looks for stop strings while a reply grows.

    Tokens cannot be decoded one by one: bytes join to a character, a first word may lose its space. So the tokens from
    `start` are decoded together; the text up to `settled` is known, and `tail` is its end, which a stop may begin in.
    """

    tokenizer: Any
    stops: tuple[str, ...]
    start: int = 0
    settled: int = 0
    tail: str = ""

    def sees_stop(self, tokens: Sequence[int]) -> bool:
        """Whether a stop string may stand in the end of the reply, which has grown by one token since the last call."""
        known = text_of(self.tokenizer, tokens[self.start : self.settled])
        fresh = text_of(self.tokenizer, tokens[self.start :])[len(known) :]
        seen = self.tail + fresh
        if fresh and not fresh.endswith(UNFINISHED):
            self.tail = seen[-max(map(len, self.stops)) :]
            self.start, self.settled = self.settled, len(tokens)
        return any(stop in seen for stop in self.stops)
