"""The examples of both sets of a training: made once, or refused with the rows named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any
from weakref import finalize

from harness.errors import UsageError
from harness.types import Conversation, TrainRequest
from harness_transformers.model.loading import Speech, load_speech
from harness_transformers.model.render import NotAppendedError, check_appends
from harness_transformers.training.examples import Examples, Rows, make_examples

SHOWN = 10
_looked_at: dict[tuple[str, int, int, int], Lessons] = {}


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is trained and what is validated on, in the tokens of `speech`."""

    speech: Speech
    train: Examples
    validation: Examples


def make_lessons(speech: Speech, request: TrainRequest, max_tokens: int) -> Lessons:
    """The examples of both sets. Raises UsageError where rows cannot be rendered, or nothing is left to train on."""
    lessons = Lessons(
        speech, *(make_examples(speech, rows, max_tokens) for rows in (request.train, request.validation))
    )
    refused: dict[str, Rows] = {}
    for examples in (lessons.train, lessons.validation):
        for reason, rows in examples.refused.items():
            refused.setdefault(reason, Rows()).join(rows)
    if refused:
        total = lessons.train.total + lessons.validation.total
        lines = [_refusal(speech.tokenizer, reason, rows, total) for reason, rows in islice(refused.items(), SHOWN)]
        more = len(refused) - SHOWN
        raise UsageError("\n".join([*lines, f"… and {more:,} more reasons"] if more > 0 else lines))
    if not lessons.train.rows:
        raise UsageError(f"training: {_nothing_left(lessons.train, max_tokens)}")
    return lessons


def _nothing_left(examples: Examples, max_tokens: int) -> str:
    """Why nothing is left to train on, and what would help."""
    none = f"none of {examples.total:,} conversations has an assistant turn to learn from"
    if not examples.beyond.count:
        return f"{none}; look at their roles and weights"
    rest = (
        f"; {examples.silent.count:,} have none at all, look at their roles and weights"
        if examples.silent.count
        else ""
    )
    return (
        f"{none} within the first {max_tokens:,} tokens; raise max_tokens for {examples.beyond.count:,} of them{rest}"
    )


def look_at(source: Path, request: TrainRequest, max_tokens: int) -> Lessons:
    """The examples of a request for the model in the folder, kept for a training on the same sets."""
    lessons = _made(source, request, max_tokens)
    key = _key(source, request, max_tokens)
    _looked_at[key] = lessons
    finalize(request.train, _looked_at.pop, key, None)
    return lessons


def take(source: Path, request: TrainRequest, max_tokens: int) -> Lessons:
    """The examples of a request, those that were looked at already where it names the same sets."""
    return _looked_at.pop(_key(source, request, max_tokens), None) or _made(source, request, max_tokens)


def _made(source: Path, request: TrainRequest, max_tokens: int) -> Lessons:
    return make_lessons(load_speech(source), request, max_tokens)


def _key(source: Path, request: TrainRequest, max_tokens: int) -> tuple[str, int, int, int]:
    return str(source), max_tokens, id(request.train), id(request.validation)


def _refusal(tokenizer: Any, reason: str, rows: Rows, total: int) -> str:
    first = rows.first[0]
    where = first.source or f"conversation {first.id!r}"
    return f"{where}: {reason}{_way_out(tokenizer, first)} ({rows.count:,} of {total:,} rows: {rows})"


def _way_out(tokenizer: Any, conversation: Conversation) -> str:
    """What would work, where the template does not append: tried on the conversation, not assumed."""
    try:
        check_appends(tokenizer, conversation)
    except NotAppendedError:
        if _is_told_apart(tokenizer, conversation):
            return "; write one example a reply, set `weight: 0` on earlier replies, or use another template"
        helps_not = "neither one example a reply nor `weight: 0` on earlier replies helps here"
        return f"; use another template: {helps_not}, since what precedes the last reply is rewritten, too"
    except UsageError:
        return ""
    return ""


def _is_told_apart(tokenizer: Any, conversation: Conversation) -> bool:
    """Whether the last reply alone could be trained."""
    replies = [at for at, message in enumerate(conversation.messages) if message.role == "assistant"]
    weighed = tuple(
        replace(message, weight=float(at == replies[-1])) if at in replies else message
        for at, message in enumerate(conversation.messages)
    )
    try:
        check_appends(tokenizer, replace(conversation, messages=weighed))
    except UsageError:
        return False
    return True
