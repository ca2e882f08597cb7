"""What is to be said of training rows before they are trained on: refused, cut, left out, or of little use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.types import Conversation, Remark, TrainRequest
from harness_transformers.examples import Examples, Rows, make_examples
from harness_transformers.loading import Speaks
from harness_transformers.locate import read_json
from harness_transformers.render import NotAppendedError, check_appends, render_conversation

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is trained and what is validated on."""

    train: Examples
    validation: Examples


def make_lessons(speaks: Speaks, request: TrainRequest, max_tokens: int) -> Lessons:
    """The examples of both sets. Raises UsageError where rows cannot be rendered, or nothing is left to train on."""
    lessons = Lessons(*(make_examples(speaks, rows, max_tokens) for rows in (request.train, request.validation)))
    refused: dict[str, Rows] = {}
    for examples in (lessons.train, lessons.validation):
        for reason, rows in examples.refused.items():
            refused.setdefault(reason, Rows()).join(rows)
    if refused:
        total = lessons.train.total + lessons.validation.total
        lines = [_refusal(speaks.tokenizer, reason, rows, total) for reason, rows in islice(refused.items(), SHOWN)]
        more = len(refused) - SHOWN
        raise UsageError("\n".join([*lines, f"… and {more:,} more reasons"] if more > 0 else lines))
    if not lessons.train.rows:
        raise UsageError(
            f"training: none of {lessons.train.total} conversations has an assistant turn within the first "
            f"{max_tokens} tokens; raise max_tokens, or look at their roles and weights"
        )
    return lessons


def remarks_on(lessons: Lessons, tokenizer: Any, folder: Path, max_tokens: int, rows_a_step: int) -> Iterator[Remark]:
    """What a user should know of the rows; `folder` holds the model, `rows_a_step` are the most that a step takes."""
    train, validation = lessons.train, lessons.validation
    used = f"{len(train.rows):,} of {train.total:,} rows to train on"
    held = f", {len(validation.rows):,} of {validation.total:,} to validate on" if validation.total else ""
    yield Remark(used + held, "note")
    yield from _losses(train, "rows to train on", max_tokens)
    yield from _losses(validation, "rows to validate on", max_tokens)
    if validation.total and not validation.rows:
        yield Remark("no row is left to validate on: the training does not stop early, and its last step is taken")
    yield from _ends(train, tokenizer, folder)
    yield from _unseen_tools(train, tokenizer)
    if len(train.rows) < rows_a_step:
        yield Remark(
            f"a step of {rows_a_step:,} rows (batch_size × accumulate) is larger than the data: each step is one pass "
            f"over all {len(train.rows):,}"
        )


def end_ids_of(folder: Path, tokenizer: Any) -> frozenset[int]:
    """The tokens that end a reply of the model in the folder: what `loading.end_ids` says, told by its files."""
    named = (read_json(folder / name).get("eos_token_id") for name in ("generation_config.json", "config.json"))
    found = next((one for one in named if one is not None), tokenizer.eos_token_id)
    if found is None:
        return frozenset()
    return frozenset(found) if isinstance(found, list) else frozenset([found])


def _losses(examples: Examples, which: str, max_tokens: int) -> Iterator[Remark]:
    of = f"of {examples.total:,} {which}"
    if examples.silent.count:
        yield Remark(f"{examples.silent.count:,} {of} have no assistant turn to learn: {examples.silent}")
    if examples.beyond.count:
        yield Remark(
            f"{examples.beyond.count:,} {of} are left out, because what is to be learnt lies beyond their first "
            f"{max_tokens:,} tokens (max_tokens): {examples.beyond}"
        )
    if examples.cut.count:
        yield Remark(
            f"{examples.cut.count:,} {of} are cut to their first {max_tokens:,} tokens (max_tokens), so how they end "
            f"is not learnt: {examples.cut}"
        )
    if examples.wordless.count:
        yield Remark(f"{examples.wordless.count:,} {of} train no word, only how a reply ends: {examples.wordless}")


def _ends(train: Examples, tokenizer: Any, folder: Path) -> Iterator[Remark]:
    """Whether a model that is trained on these learns to stop, where whole rows say."""
    ends = end_ids_of(folder, tokenizer)
    if not train.lasts or not ends or ends & train.marks:
        return
    stops = ", ".join(repr(token) for token in tokenizer.convert_ids_to_tokens(sorted(ends)))
    if others := sorted(train.lasts & train.marks):
        written = ", ".join(repr(token) for token in tokenizer.convert_ids_to_tokens(others))
        yield Remark(
            f"replies are trained to end in {written}, but the model stops at {stops} alone: name both as eos_token_id "
            "in generation_config.json, or use a template that writes what the model stops at"
        )
        return
    yield Remark(
        f"the chat template ends a reply with no end mark, so the model does not learn to stop: replies run on to "
        f"max_new_tokens; use a template that writes {stops} behind each reply"
    )


def _unseen_tools(train: Examples, tokenizer: Any) -> Iterator[Remark]:
    """Whether the template leaves out tools or calls of them: a template does so for all rows, so one is tried."""
    of = f"of {train.total:,} rows to train on"
    for row in train.with_tools.first[:1]:
        if _is_same(tokenizer, row, replace(row, tools=())):
            yield Remark(
                f"{train.with_tools.count:,} {of} have tools, which the chat template does not render, so the model "
                f"does not see them: {train.with_tools}"
            )
    for row in train.with_calls.first[:1]:
        silent = tuple(replace(message, tool_calls=()) for message in row.messages)
        if _is_same(tokenizer, row, replace(row, messages=silent)):
            yield Remark(
                f"{train.with_calls.count:,} {of} call tools, which the chat template does not render, so "
                f"the calls are not learnt: {train.with_calls}"
            )


def _is_same(tokenizer: Any, row: Conversation, other: Conversation) -> bool:
    """Whether both are rendered alike; one that is refused is not."""
    try:
        return render_conversation(tokenizer, row) == render_conversation(tokenizer, other)
    except UsageError:
        return False


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
