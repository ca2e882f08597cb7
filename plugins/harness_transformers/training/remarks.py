"""What is to be said of training rows before they are trained on: refused, cut, left out, or of little use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.types import Conversation, Remark
from harness_transformers.identity.files import read_json
from harness_transformers.model.render import render_conversation
from harness_transformers.model.vocabulary import gap_of
from harness_transformers.training.examples import Examples
from harness_transformers.training.lessons import Lessons


def remarks_on(lessons: Lessons, folder: Path, max_tokens: int, rows_a_step: int) -> Iterator[Remark]:
    """What a user should know of the rows; `folder` holds the model, `rows_a_step` are the most that a step takes."""
    tokenizer, train, validation = lessons.speech.tokenizer, lessons.train, lessons.validation
    if gap := gap_of(tokenizer.backend_tokenizer, lessons.speech.rows):
        yield Remark(f"{gap}; no text with such a token can be trained on or answered")
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
