"""Thirteen kinds of answer that are no plain text: what the server says, and what the backend makes of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

THOUGHT = "The user wants a letter."
CALL = {"id": "1", "type": "function", "function": {"name": "route", "arguments": "{}"}}


@dataclass(frozen=True)
class AnswerKind:
    """A message and a finish reason, and the reply that they are, or the error."""

    name: str
    message: Mapping[str, Any]
    says: str = "stop"
    reply: str | None = None
    finish_reason: str = "stop"
    error: str | None = None
    usage: Any = field(default_factory=lambda: {"prompt_tokens": 3, "completion_tokens": 7})

    @property
    def body(self) -> bytes:
        """The response of a server."""
        choice = {"index": 0, "message": {"role": "assistant", **self.message}, "finish_reason": self.says}
        return json.dumps({"choices": [choice], "usage": self.usage}).encode()


KINDS = (
    AnswerKind("no content", {"content": None}, error="the server gave no text (finish_reason stop)"),
    AnswerKind("no content, cut", {"content": None}, "length", "", "length"),
    AnswerKind(
        "thought, cut", {"content": None, "reasoning_content": THOUGHT}, "length", f"<think>\n{THOUGHT}", "length"
    ),
    AnswerKind(
        "thought and text",
        {"content": "A letter.", "reasoning": THOUGHT},
        reply=f"<think>\n{THOUGHT}\n</think>\n\nA letter.",
    ),
    AnswerKind("blanks", {"content": " \n "}, reply=" \n "),
    AnswerKind("empty text", {"content": ""}, reply=""),
    AnswerKind("empty text, cut", {"content": ""}, "length", "", "length"),
    AnswerKind("tool calls alone", {"content": None, "tool_calls": [CALL]}, "tool_calls", "", "tool_calls"),
    AnswerKind("declared refusal", {"content": None, "refusal": "I won't."}, "stop", "I won't.", "refusal"),
    AnswerKind(
        "withheld by a filter",
        {"content": None},
        "content_filter",
        error="the server gave no text (finish_reason content_filter)",
    ),
    AnswerKind(
        "text in parts",
        {"content": [{"type": "text", "text": "A "}, {"type": "text", "text": "letter."}]},
        reply="A letter.",
    ),
    AnswerKind(
        "thought in the text, cut", {"content": f"<think>\n{THOUGHT}"}, "length", f"<think>\n{THOUGHT}", "length"
    ),
    AnswerKind(
        "odd numbers",
        {"content": "A letter."},
        reply="A letter.",
        usage={"prompt_tokens": -1, "completion_tokens": "x"},
    ),
)
