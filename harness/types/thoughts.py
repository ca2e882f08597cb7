"""What a model thinks, told apart from what it says: the one rule, for every answer wherever it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from harness.types import Prediction, Thoughts
from harness.types.blanks import is_blank

VERSION = "3"
"""Part of the key of scores and findings: raise it when the rule gives another text for any reply."""

_NO_WORD = {
    "length": "the reply was cut at max_new_tokens before it began",
    "content_filter": "the server's filter withheld the reply",
}
"""The error of an answer that ended for this reason without a word outside of thoughts."""

MARKED = r"[<\[◁]|^\s*analysis"
"""Matches every text that may hold a thought, and more; for those who would rather not look at each."""

_MARKED = re.compile(MARKED)
_PAIRS = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<reasoning>": "</reasoning>",
    "<seed:think>": "</seed:think>",
    "[think]": "[/think]",
    "◁think▷": "◁/think▷",
    "<|start_thinking|>": "<|end_thinking|>",
    "<|begin_of_thought|>": "<|end_of_thought|>",
    "<|inner_prefix|>": "<|inner_suffix|>",
    "<|channel>thought": "<channel|>",
    "<unused94>thought": "<unused95>",
}
_MARK = "|".join(map(re.escape, _PAIRS))
_OF_CHANNELS = ("<|channel|>", "<|message|>", "<|start|>", "<|end|>", "<|channel>", "<unused94>")
MARKS = frozenset({*_PAIRS, *_PAIRS.values(), *_OF_CHANNELS})
"""What thoughts are told by, in small letters: where these are special tokens, a text must have them all the same."""
_LEAD = "[\\s\u200b\u2060\ufeff]*(?:<s>|<bos>)?[\\s\u200b\u2060\ufeff]*"
_OPENING = re.compile(rf"{_LEAD}({_MARK})", re.IGNORECASE)
_OPENED = re.compile(rf"(?:{_MARK})\s*\Z", re.IGNORECASE)


def _closing(marks: Iterable[str]) -> re.Pattern[str]:
    """Finds one of the marks where it is used: between quotes or backticks it is spoken of."""
    return re.compile(rf"(?<![`'\"(])(?:{'|'.join(map(re.escape, marks))})(?![`'\")])", re.IGNORECASE)


_CLOSING = {opening: _closing([closing]) for opening, closing in _PAIRS.items()}
_ANY_CLOSING = _closing(_PAIRS.values())
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_ENDS_A_SENTENCE = tuple(".!?:;…。！？”)")
_STRAY = re.compile(rf"\s*(?:{'|'.join(map(re.escape, _PAIRS.values()))})", re.IGNORECASE)
_RESPONSE = re.compile(
    r"\A(?:<\|START_RESPONSE\|>|<\|begin_of_solution\|>)|(?:<\|END_RESPONSE\|>|<\|end_of_solution\|>)\s*\Z"
)
# gpt-oss speaks in channels, of which only "final" is for the user; without special tokens the marks run together.
_CHANNELS_BEGIN = re.compile(r"\s*(?:<\|start\|>assistant)?<\|channel\|>")
_CHANNEL = re.compile(
    r"<\|channel\|>(?P<name>\w+).*?<\|message\|>"
    r"(?P<text>.*?)(?=<\|end\|>|<\|return\|>|<\|call\|>|<\|start\|>|<\|channel\|>|\Z)",
    re.DOTALL,
)
_BARE_CHANNELS = re.compile(r"\s*analysis(?P<thought>.*?)assistantfinal(?P<reply>.*)\Z", re.DOTALL)


class Parted(NamedTuple):
    """A text as the model's thought, without its marks, and the reply; without a thought the reply is the text."""

    thought: str
    reply: str


def parted(text: str) -> Parted:
    """The thoughts that a text begins with, and the rest. A mark further on is text: code, or talk of it.

    A thought that is not closed takes all that follows. A closing mark alone ends a thought that the prompt opened,
    unless it stands in code or in the middle of a sentence.
    """
    if _MARKED.search(text) is None:
        return Parted("", text)
    if _CHANNELS_BEGIN.match(text):
        return _of_channels(text)
    if bare := _BARE_CHANNELS.match(text):
        return Parted(bare["thought"].strip(), bare["reply"].lstrip())
    thoughts, start = _leading(text)
    if not start:
        return Parted("", text)
    return Parted("\n\n".join(filter(None, map(str.strip, thoughts))), _RESPONSE.sub("", text[start:].lstrip()))


def reply_start(text: str) -> int:
    """Where the reply begins in a text that is still growing; at its end where it has not begun."""
    if _CHANNELS_BEGIN.match(text):
        last = next((one for one in _CHANNEL.finditer(text) if one["name"] == "final"), None)
        return last.start("text") if last else len(text)
    return _leading(text)[1]


def before_stop(text: str, stops: Iterable[str]) -> str | None:
    """The text before the first stop string of its reply, thoughts and all; None where none stops it."""
    start = reply_start(text)
    if start:
        start = len(text) - len(text[start:].lstrip())  # blank lines part the thought from the reply
    found = [at for stop in stops if stop and (at := text.find(stop, start)) >= 0]
    return text[: min(found)] if found else None


def opened_by(prompt: str) -> str:
    """The mark with which a rendered prompt opens a thought for the reply to go on in; empty where it opens none."""
    opened = _OPENED.search(prompt)
    return opened[0] if opened else ""


def as_read(prediction: Prediction, thoughts: Thoughts) -> Prediction:
    """The prediction as metrics and checks read it: without thoughts, unless those are to be kept.

    One that was cut or withheld before its last reply began is an error, kept as any that another try would not change.
    """
    if prediction.error is not None or not prediction.replies:
        return prediction
    replies = prediction.replies if thoughts == "keep" else tuple(parted(text).reply for text in prediction.replies)
    error = _NO_WORD.get(prediction.finish_reason)
    error = error if error is not None and is_blank(replies[-1]) else None
    if replies == prediction.replies and error is None and not prediction.permanent:
        return prediction
    return replace(prediction, replies=replies, error=error, permanent=error is not None)


def _of_channels(text: str) -> Parted:
    said: dict[bool, list[str]] = {True: [], False: []}
    for channel in _CHANNEL.finditer(text):
        said[channel["name"] == "final"].append(channel["text"].strip())
    return Parted("\n\n".join(said[False]), "\n\n".join(said[True]))


def _leading(text: str) -> tuple[list[str], int]:
    """The thoughts at the beginning of a text, and where they end; 0 where there is none."""
    thoughts, end = [], 0
    while opening := _OPENING.match(text, end):
        closing = _CLOSING[opening[1].lower()].search(text, opening.end())
        thoughts.append(text[opening.end() : closing.start() if closing else len(text)])
        end = closing.end() if closing else len(text)
        while stray := _STRAY.match(text, end):  # some models close it twice
            end = stray.end()
    if not thoughts and (closing := _lone_closing(text)):
        return [text[: closing.start()]], closing.end()
    return thoughts, end


def _lone_closing(text: str) -> re.Match[str] | None:
    """The first closing mark that nothing in the text opens; None where all of them are spoken of."""
    for mark in _ANY_CLOSING.finditer(text):
        before, after = text[: mark.start()], text[mark.end() :]
        line_before, line_after = before.rpartition("\n")[2], after.partition("\n")[0]
        if len(_FENCE.findall(before)) % 2 or line_before.count("`") % 2:  # in code
            continue
        opening = next(opening for opening, closing in _PAIRS.items() if closing == mark[0].lower())
        if opening in before.lower():
            return None
        alone = not line_before.strip() or not line_after.strip()
        glued = not before[-1:].isspace() and not after[:1].isspace()
        if alone or glued or before.rstrip().endswith(_ENDS_A_SENTENCE):
            return mark
    return None
