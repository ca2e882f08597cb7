"""Stop strings, looked for in what the newest tokens add to a reply."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.thoughts import reply_start

UNFINISHED = "\N{REPLACEMENT CHARACTER}"  # what a character looks like until its last byte is there


def text_of(tokenizer: Any, tokens: Sequence[int]) -> str:
    """The text of a reply."""
    return str(tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))


def cut(text: str, stops: Sequence[str]) -> str | None:
    """The text before the first of the stop strings, None where there is none of them in it, thoughts left aside."""
    begin = reply_start(text)
    if begin:  # white space behind a thought is no part of the reply
        begin = len(text) - len(text[begin:].lstrip())
    found = [at for at in (text.find(stop, begin) for stop in stops) if at >= 0]
    return text[: min(found)] if found else None


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
