"""Conversations whose roles do not take turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from harness.types import Changed, Conversation, Dropped, Kept, Message, Outcome


class RoleOrder:
    """Drops a chat that is not: a system message or none, then user and assistant in turn, the assistant last.

    Tool messages may follow an assistant's tool calls, and then the assistant speaks again. `mend` cuts user turns
    off the end instead of dropping the chat, where what is left is in order.
    """

    scope: Literal["row", "set"] = "row"

    def __init__(self, mend: bool = False) -> None:
        self._mend = mend

    def clean(self, conversations: Iterable[Conversation]) -> Iterator[Outcome]:
        for conversation in conversations:
            reason = _problem(conversation.messages)
            mended = _without_last_users(conversation.messages) if self._mend and reason else ()
            if reason is None:
                yield Kept(conversation.id)
            elif mended and _problem(mended) is None:
                cut = len(conversation.messages) - len(mended)
                shorter = replace(conversation, messages=mended)
                yield Changed(conversation.id, shorter, f"cut the end: {cut} user message(s) without a reply")
            else:
                yield Dropped(conversation.id, reason)


def _problem(messages: Sequence[Message]) -> str | None:
    """What is wrong with the order of the roles, or None."""
    expected: tuple[str, ...] = ("system", "user")
    for number, message in enumerate(messages, 1):
        if message.role not in expected:
            return f"role order: message {number} is from {message.role!r}, expected {' or '.join(expected)}"
        expected = _next(message)
    last = messages[-1].role if messages else "nobody"
    if last != "assistant":
        return f"no reply at the end: the last message is from {last!r}"
    return "no reply at the end: the last message asks for a tool" if messages[-1].tool_calls else None


def _next(message: Message) -> tuple[str, ...]:
    if message.role == "assistant":
        return ("tool",) if message.tool_calls else ("user",)
    return {"system": ("user",), "user": ("assistant",), "tool": ("tool", "assistant")}[message.role]


def _without_last_users(messages: Sequence[Message]) -> tuple[Message, ...]:
    end = len(messages)
    while end and messages[end - 1].role == "user":
        end -= 1
    return tuple(messages[:end])
