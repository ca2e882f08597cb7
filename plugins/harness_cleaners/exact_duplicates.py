"""Conversations that repeat an earlier one."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal

from harness.types import Conversation, Dropped, Kept, Message, Outcome

# Only the marks of sentences and quotations: C# is not C, and a[1] is not a 1. White space takes their place, so that
# 3.90 does not become 390.
_MARKS = re.compile(r"""[\s.,;:!?¿¡、。「」『』'"`´‘’‚‛“”„‟«»‹›]+""")


class ExactDuplicates:
    """Keeps the first of the conversations that are equal but for case, width, punctuation and white space.

    Rejected replies, labels and tools count, so a preference pair is no duplicate of another one with the same prompt.
    """

    scope: Literal["row", "set"] = "set"

    def clean(self, conversations: Iterable[Conversation]) -> Iterator[Outcome]:
        first_by_content: dict[bytes, str] = {}
        for conversation in conversations:
            content = _content(conversation)
            first = first_by_content.get(content)
            if first is not None:
                yield Dropped(conversation.id, f"exact duplicate: repeats {first}")
                continue
            where = f" ({conversation.source})" if conversation.source else ""
            first_by_content[content] = f"{conversation.id!r}{where}"
            yield Kept(conversation.id)


def normalised(text: str) -> str:
    """The text without case, width and the punctuation of sentences, with single spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    # A text of nothing but marks is itself: "?" does not repeat "!".
    return _MARKS.sub(" ", folded).strip() or folded


def _content(conversation: Conversation) -> bytes:
    turns = [_said(messages) for messages in (conversation.messages, *conversation.rejected)]
    text = json.dumps([turns, conversation.label, repr(conversation.tools)])
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _said(messages: Iterable[Message]) -> list[tuple[str, str, str]]:
    return [(message.role, normalised(message.content), repr(message.tool_calls)) for message in messages]
