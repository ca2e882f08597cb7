"""Conversations that are empty, too short or too long."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from harness.types import Conversation, Dropped, Kept, Message, Outcome


class LengthBounds:
    """Drops a conversation with an empty message, or outside the bounds. Lengths are in characters, outer space aside.

    A conversation's length is that of all its messages; a bound that is not set does not hold. `max_turns` counts
    user and assistant messages.
    """

    scope: Literal["row", "set"] = "row"

    def __init__(
        self,
        min_characters: int = 10,
        max_characters: int | None = None,
        min_reply_characters: int = 1,
        max_reply_characters: int | None = None,
        max_turns: int | None = None,
    ) -> None:
        for name, low, high in (
            ("characters", min_characters, max_characters),
            ("reply_characters", min_reply_characters, max_reply_characters),
            ("turns", 1, max_turns),
        ):
            if low < 0 or (high is not None and high < max(low, 1)):
                raise ValueError(f"no conversation fits min_{name} {low} and max_{name} {high}")
        self._conversation = (min_characters, max_characters)
        self._reply = (min_reply_characters, max_reply_characters)
        self._max_turns = max_turns

    def clean(self, conversations: Iterable[Conversation]) -> Iterator[Outcome]:
        for conversation in conversations:
            reason = self._problem(conversation)
            yield Dropped(conversation.id, reason) if reason else Kept(conversation.id)

    def _problem(self, conversation: Conversation) -> str | None:
        said = [message for message in conversation.messages if not message.tool_calls]
        empty = next((message for message in said if not message.content.strip()), None)
        if empty is not None:
            what = "reply" if empty.role == "assistant" else "message"
            number = conversation.messages.index(empty) + 1
            return f"empty {what}: message {number} of {len(conversation.messages)}, from {empty.role!r}"
        turns = sum(message.role in ("user", "assistant") for message in conversation.messages)
        if self._max_turns is not None and turns > self._max_turns:
            return f"too many turns: {turns}, at most {self._max_turns}"
        for message in said:
            if message.role == "assistant" and (reason := _outside("reply", _length(message), self._reply)):
                return reason
        return _outside("conversation", sum(map(_length, conversation.messages)), self._conversation)


def _outside(what: str, length: int, bounds: tuple[int, int | None]) -> str | None:
    low, high = bounds
    if length < low:
        return f"{what} too short: {length} characters, at least {low}"
    if high is not None and length > high:
        return f"{what} too long: {length} characters, at most {high}"
    return None


def _length(message: Message) -> int:
    return len(message.content.strip())
