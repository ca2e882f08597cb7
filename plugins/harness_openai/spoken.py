"""What a model said, in an answer of either path: servers fill, leave out and rename its fields as they like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.types.finish_reasons import usual_reason
from harness.types.thoughts import before_stop, parted
from harness_openai.error_bodies import FaultError

_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
_KINDS = {"text": "text", "refusal": "refusal", "thinking": "thought", "reasoning": "thought"}
_MOST_TOKENS = 10**8  # far beyond any context; the store adds up the turns in 32 bits
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Spoken:
    """A reply; `thought` came apart from its text. `is_missing`: the server gave nothing, not even an empty text."""

    text: str
    finish_reason: str
    prompt_tokens: int = 0
    new_tokens: int = 0
    thought: str = ""
    is_missing: bool = False

    @property
    def whole(self) -> str:
        """The text with the thought in front; one that took all tokens is not closed."""
        if not self.thought or self.text.lstrip().startswith("<think>"):
            return self.text
        if self.finish_reason == "length" and not self.text.strip():
            return f"<think>\n{self.thought}"
        return f"<think>\n{self.thought}\n</think>\n\n{self.text}"

    @property
    def reply(self) -> str:
        """The text without a thought, which is what goes back to the model."""
        return parted(self.whole).reply

    @property
    def is_thought_alone(self) -> bool:
        """Whether it came to an end before anything was said."""
        thought, reply = parted(self.whole)
        return self.finish_reason == "stop" and bool(thought) and not reply.strip()


def read_reply(said: Any, stops: Sequence[str]) -> Spoken:
    """The reply, its text cut at the first stop string. Raises FaultError where there is none."""
    choice = _first_choice(said)
    message = choice.get("message", choice)  # a raw prompt is answered with a text and no message
    if not isinstance(message, dict):
        raise FaultError(f"a message that is none: {_shown(message)}")
    content = message.get("content", message.get("text"))
    text, thought, refusal = _parts(content)
    reason = usual_reason(str(choice.get("finish_reason") or "stop"))
    thought = thought or next((one for key in _THOUGHTS if (one := _text(message.get(key)))), "")
    refusal = refusal or _text(message.get("refusal"))
    if refusal:
        text, reason = text or refusal, "refusal"
    elif reason != "length" and not text.strip() and _calls_tools(message):
        reason = "tool_calls"
    is_missing = content in (None, []) and reason not in ("length", "refusal", "tool_calls")
    stopped = before_stop(text, stops)
    usage = said.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Spoken(
        text if stopped is None else stopped,
        _printable(reason) if stopped is None else "stop",
        count(counts.get("prompt_tokens")),
        count(counts.get("completion_tokens")),
        thought,
        is_missing,
    )


def count(value: Any) -> int:
    """A number of tokens, 0 where the server wrote something else."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:_SHOWN])
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_TOKENS:
        return 0
    return int(value)


def _first_choice(said: Any) -> Mapping[str, Any]:
    if not isinstance(said, dict):
        raise FaultError(f"an answer without a reply: {_shown(said)}")
    choices = said.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    error = said.get("error")  # some servers tell it with status 200
    if error:
        error = error.get("message", error) if isinstance(error, dict) else error
        raise FaultError(f"an error in place of a reply: {_shown(error)}")
    raise FaultError(f"an answer without a reply: {_shown(said)}")


def _parts(content: Any) -> tuple[str, str, str]:
    """Text, thought and refusal of a content, which is a text, nothing or a list of parts."""
    if content is None or isinstance(content, str):
        return _printable(content or ""), "", ""
    if not isinstance(content, list):
        raise FaultError(f"a reply that is no text: {_shown(content)}")
    found: dict[str, list[str]] = {"text": [], "thought": [], "refusal": []}
    for part in content:
        kind, said = _part(part)
        found[kind].append(said)
    return "".join(found["text"]), "".join(found["thought"]), "".join(found["refusal"])


def _part(part: Any) -> tuple[str, str]:
    """The kind of a part, and what it says. Raises FaultError where it is no text."""
    if isinstance(part, str):
        return "text", _printable(part)
    for key in _KINDS if isinstance(part, dict) else ():
        said = part.get(key)
        if isinstance(said, list):  # some servers give a thought in parts of its own
            said = "".join(_part(one)[1] for one in said)
        if isinstance(said, str):
            return _KINDS.get(str(part.get("type")), _KINDS[key]), _printable(said)
    raise FaultError(f"a part of a reply that is no text: {_shown(part)}")


def _calls_tools(message: Mapping[str, Any]) -> bool:
    return any(isinstance(message.get(key), list | dict) and message[key] for key in ("tool_calls", "function_call"))


def _text(value: Any) -> str:
    return _printable(value) if isinstance(value, str) and value.strip() else ""


def _printable(text: str) -> str:
    """The text without halves of characters, which JSON can write and no file can hold."""
    return text.encode("utf-8", "replace").decode()


def _shown(value: Any) -> str:
    return _printable(str(value))[:_SHOWN]
