"""Conversations as token ids with a mask: exactly the tokens whose last character an assistant said are trained."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from harness.types import Conversation
from harness_transformers.render import assistant_spans


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids and, for each, 1 where it is trained."""

    ids: array[int]
    trained: array[int]

    @property
    def trained_tokens(self) -> int:
        return sum(self.trained)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples of a set of conversations, each with a trained token or more, and how many were lost on the way."""

    rows: tuple[Example, ...]
    dropped: int = 0
    truncated: int = 0


def make_examples(tokenizer: Any, conversations: Iterable[Conversation], max_tokens: int) -> Examples:
    """One example a conversation, cut to its first `max_tokens`; those with nothing left to learn are dropped, counted.

    Raises UsageError on a conversation that the chat template refuses or does not render by appending.
    """
    kept, dropped, truncated = [], 0, 0
    for conversation in conversations:
        whole = make_example(tokenizer, conversation)
        example = Example(whole.ids[:max_tokens], whole.trained[:max_tokens])
        if not example.trained_tokens:
            dropped += 1
            continue
        truncated += len(example) < len(whole)
        kept.append(example)
    return Examples(tuple(kept), dropped, truncated)


def make_example(tokenizer: Any, conversation: Conversation) -> Example:
    """The whole conversation with its mask. The first token is never trained: nothing comes before it."""
    text, spans = assistant_spans(tokenizer, conversation)
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    # the last character and not the whole token: where a prompt ends in a space, the first word of the reply is one
    # token with that space. An empty offset (all white space, trimmed) sits behind its character as well.
    last_characters = [end - 1 for _, end in encoded["offset_mapping"]]
    trained = array("b", (any(start <= at < end for start, end in spans) for at in last_characters))
    if trained:
        trained[0] = 0
    return Example(array("i", encoded["input_ids"]), trained)
