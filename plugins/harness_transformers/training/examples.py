"""Conversations as token ids with a mask: exactly the tokens whose last character an assistant said are trained."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.types import Conversation
from harness.types.blanks import is_blank
from harness_transformers.model.loading import Speaks
from harness_transformers.model.render import assistant_spans, learnt_turns, named, render_conversation
from harness_transformers.model.vocabulary import check_rows

NAMED = 3
FEW_TOKENS = 4  # so many may be white space alone


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids and, for each, 1 where it is trained."""

    ids: array[int]
    trained: array[int]

    @property
    def trained_ids(self) -> list[int]:
        return [token for token, trained in zip(self.ids, self.trained, strict=True) if trained]

    @property
    def trained_tokens(self) -> int:
        return sum(self.trained)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass
class Rows:
    """How many rows share a fate; the first of them are named."""

    count: int = 0
    first: list[Conversation] = field(default_factory=list)

    def add(self, conversation: Conversation) -> None:
        self.count += 1
        if len(self.first) < NAMED:
            self.first.append(conversation)

    def join(self, others: Rows) -> None:
        self.count += others.count
        self.first = [*self.first, *others.first][:NAMED]

    def __str__(self) -> str:
        places = [place(conversation) for conversation in self.first]
        return ", ".join(places) + (" …" if self.count > len(places) else "")


@dataclass
class Examples:
    """The examples of a set of conversations, each with a trained token or more, and what became of the other rows.

    `refused` by reason; `silent` have nothing to be learnt, of `beyond` it lies behind the cut, `cut` ones lost their
    end, `wordless` ones train marks alone. `marks` are the special tokens that are trained, `lasts` those
    that uncut rows end in, or other tokens where they end in none.
    """

    rows: list[Example] = field(default_factory=list)
    refused: dict[str, Rows] = field(default_factory=dict)
    silent: Rows = field(default_factory=Rows)
    beyond: Rows = field(default_factory=Rows)
    cut: Rows = field(default_factory=Rows)
    wordless: Rows = field(default_factory=Rows)
    with_tools: Rows = field(default_factory=Rows)
    with_calls: Rows = field(default_factory=Rows)
    marks: set[int] = field(default_factory=set)
    lasts: set[int] = field(default_factory=set)

    @property
    def dropped(self) -> int:
        return self.silent.count + self.beyond.count

    @property
    def truncated(self) -> int:
        return self.cut.count

    @property
    def total(self) -> int:
        """The rows there were."""
        return len(self.rows) + self.dropped + sum(rows.count for rows in self.refused.values())


def make_examples(speaks: Speaks, conversations: Iterable[Conversation], max_tokens: int) -> Examples:
    """One example a conversation, cut to its first `max_tokens`; those with nothing left to learn are counted, too.

    A conversation that the chat template refuses or does not render by appending, or that the model has no room or no
    weights for, is under `refused`.
    """
    tokenizer = speaks.tokenizer
    special = special_ids(tokenizer)
    examples = Examples()
    for conversation in conversations:
        try:
            whole = _example(tokenizer, conversation, max_tokens)
            _check_fit(speaks, whole, max_tokens)
        except UsageError as error:
            examples.refused.setdefault(str(error), Rows()).add(conversation)
            continue
        if conversation.tools:
            examples.with_tools.add(conversation)
        if any(message.tool_calls for message in conversation.messages):
            examples.with_calls.add(conversation)
        _add(examples, tokenizer, special, conversation, whole, max_tokens)
    return examples


def make_example(tokenizer: Any, conversation: Conversation) -> Example:
    """The whole conversation with its mask. Raises UsageError that names it where it cannot be rendered."""
    try:
        return _example(tokenizer, conversation)
    except UsageError as error:
        raise UsageError(f"conversation {named(conversation)}: {error}") from error


def place(conversation: Conversation) -> str:
    """File and line of a row, or its id; the file's name is enough where many are listed."""
    source = conversation.source
    return f"{Path(source.file).name}:{source.line}" if source else repr(conversation.id)


def special_ids(tokenizer: Any) -> frozenset[int]:
    """The tokens that no text holds: marks of turns, ends, tools."""
    added = (number for number, token in tokenizer.added_tokens_decoder.items() if token.special)
    return frozenset(tokenizer.all_special_ids).union(added)


def _add(
    examples: Examples,
    tokenizer: Any,
    special: frozenset[int],
    conversation: Conversation,
    whole: Example,
    max_tokens: int,
) -> None:
    """Count the row, and keep it where something of it is left to learn."""
    example = Example(whole.ids[:max_tokens], whole.trained[:max_tokens])
    trained = example.trained_ids
    if not trained:
        lies_behind = len(example) < len(whole) and bool(learnt_turns(conversation))
        (examples.beyond if lies_behind else examples.silent).add(conversation)
        return
    examples.rows.append(example)
    examples.marks |= special.intersection(trained)
    if len(example) < len(whole):
        examples.cut.add(conversation)
    else:
        end = trained[-2:]  # a mark may have a line break behind it
        examples.lasts.add(next((token for token in reversed(end) if token in special), trained[-1]))
    words = [token for token in trained if token not in special]
    if not words or (len(words) <= FEW_TOKENS and is_blank(tokenizer.decode(words))):
        examples.wordless.add(conversation)


def _check_fit(speaks: Speaks, whole: Example, max_tokens: int) -> None:
    """Raise UsageError where the model cannot take the example in."""
    check_rows(speaks, whole.ids[:max_tokens])
    if min(len(whole), max_tokens) > speaks.context_length:
        raise UsageError(f"is longer than the model's context; set max_tokens to {speaks.context_length:,} or less")


def _example(tokenizer: Any, conversation: Conversation, used: int | None = None) -> Example:
    """The whole conversation, of which the first `used` tokens are marked; the first never, as nothing is before it."""
    text = render_conversation(tokenizer, conversation)
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    # the last character and not the whole token: where a prompt ends in a space, the first word of the reply is one
    # token with that space. An empty offset (all white space, trimmed) sits behind its character as well.
    last_characters = [end - 1 for _, end in encoded["offset_mapping"][:used]]
    spans = list(assistant_spans(tokenizer, conversation, text, max(last_characters, default=-1) + 1))
    trained = array("b", bytes(len(encoded["input_ids"])))
    for token, at in enumerate(last_characters[1:], start=1):
        trained[token] = any(start <= at < end for start, end in spans)
    return Example(array("i", encoded["input_ids"]), trained)
