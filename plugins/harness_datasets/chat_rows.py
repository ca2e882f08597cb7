"""One row of a chat file as a conversation; ValueError says where the row is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from harness.documents.strict_json import parse_json
from harness.types import Conversation, Message, Source, message_from_record
from harness_datasets.other_rows import looks_like

ROLES = ("system", "user", "assistant", "tool")
_SAME_ROLE = {"developer": "system"}
_OWN_KEYS = ("id", "messages", "tags", "rejected", "label", "tools")
_TEXT_PARTS = ("text", "input_text", "output_text")


def conversation_of(row: Mapping[str, Any], source: Source, line_of_id: dict[str, int]) -> Conversation:
    """The conversation of a row; its id is put into `line_of_id`, in which a given one may not be yet."""
    if not _has_messages(row):
        raise ValueError(looks_like(row))
    messages = _messages("messages", row["messages"])
    return Conversation(
        id=_id(row, line_of_id, source.line),
        messages=messages,
        tags=_tags(row),
        rejected=_rejected(row.get("rejected")),
        label=None if row.get("label") is None else _scalar("label", row["label"]),
        source=source,
        tools=_tools(row),
    )


def short(value: Any) -> str:
    """The beginning of a value, for a message."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _has_messages(row: Mapping[str, Any]) -> bool:
    """Whether there are messages, if only wrong ones; turns of other formats are none."""
    given = row.get("messages")
    first = given[0] if isinstance(given, list) and given else None
    return given is not None and not (isinstance(first, dict) and {"from", "value"} <= first.keys())


def _messages(key: str, value: Any) -> tuple[Message, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError(f"{key}: expected a list of messages that is not empty, got {short(value)}")
    return tuple(_message(f"{key}[{index}]", message) for index, message in enumerate(value))


def _message(place: str, message: Any) -> Message:
    if not isinstance(message, dict):
        raise ValueError(f"{place}: expected an object with 'role' and 'content', got {short(message)}")
    if message.get("function_call") is not None:
        raise ValueError(f"{place}.function_call: is the older form; write tool_calls: [{{'function': …}}]")
    calls = _calls(f"{place}.tool_calls", message.get("tool_calls"))
    name = message.get("name")
    if name is not None and not isinstance(name, str):
        raise ValueError(f"{place}.name: expected a string, got {short(name)}")
    known = {
        "role": _role(f"{place}.role", message.get("role")),
        "content": _content(f"{place}.content", message.get("content"), may_be_missing=bool(calls)),
        "tool_calls": calls,
        "weight": _weight(f"{place}.weight", message.get("weight")),
    }
    return message_from_record({**message, **known})


def _role(place: str, role: Any) -> str:
    own = _SAME_ROLE.get(role, role) if isinstance(role, str) else role
    if own in ROLES:
        return str(own)
    near = get_close_matches(str(role), ROLES, n=1)
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise ValueError(f"{place}: unknown role {short(role)}{hint}; known: {', '.join(ROLES)}")


def _content(place: str, content: Any, may_be_missing: bool) -> str:
    """The text of a message. Text parts are joined with line breaks, as servers do for models that take a string."""
    if may_be_missing and content in (None, []):
        return ""  # OpenAI writes null where a reply is nothing but tool calls
    if isinstance(content, list) and content:
        return "\n".join(_part(f"{place}[{index}]", part) for index, part in enumerate(content))
    if not isinstance(content, str):
        raise ValueError(f"{place}: expected a string or a list of text parts, got {short(content)}")
    return content


def _part(place: str, part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict) or "type" not in part:
        raise ValueError(f"{place}: expected a part {{'type': 'text', 'text': …}}, got {short(part)}")
    if part["type"] not in _TEXT_PARTS:
        raise ValueError(f"{place}: is a part of type {short(part['type'])}; only text can be trained on")
    if not isinstance(part.get("text"), str):
        raise ValueError(f"{place}.text: expected a string, got {short(part.get('text'))}")
    return str(part["text"])


def _weight(place: str, weight: Any) -> float | None:
    if weight is None:
        return None
    if isinstance(weight, bool) or weight not in (0, 1):
        raise ValueError(f"{place}: expected 0 (not trained) or 1 (trained), got {short(weight)}")
    return weight  # type: ignore[no-any-return]


def _calls(place: str, calls: Any) -> Sequence[Mapping[str, Any]]:
    if not calls:
        return ()
    if not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls):
        raise ValueError(f"{place}: expected a list of objects, got {short(calls)}")
    return tuple(_call(f"{place}[{index}]", call) for index, call in enumerate(calls))


def _call(place: str, call: Mapping[str, Any]) -> Mapping[str, Any]:
    """The call, its arguments as an object: a template would quote a text once more."""
    inner = call.get("function")
    if isinstance(inner, dict):
        return {**call, "function": _call(f"{place}.function", inner)}
    arguments = call.get("arguments")
    if not isinstance(arguments, str):
        return call
    place = f"{place}.arguments"
    given = _parsed(place, arguments) if arguments.strip() else {}
    if not isinstance(given, dict):
        raise ValueError(f"{place}: expected an object, or one as JSON text, got {short(arguments)}")
    return {**call, "arguments": given}


def _tools(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """The definitions of tools; data sets whose columns hold texts alone have them as JSON text."""
    if row.get("functions") is not None:
        raise ValueError("functions: is the older form; write tools: [{'type': 'function', 'function': …}]")
    given = row.get("tools")
    tools = _parsed("tools", given) if isinstance(given, str) else given
    if tools is None:
        return ()
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise ValueError(f"tools: expected a list of objects, or one as JSON text, got {short(given)}")
    return tuple(tools)


def _parsed(place: str, text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError as error:
        raise ValueError(f"{place}: {error}, got {short(text)}") from error


def _id(row: Mapping[str, Any], line_of_id: dict[str, int], number: int) -> str:
    given = row.get("id")
    if given is not None:
        name = _scalar("id", given)
        first = line_of_id.setdefault(name, number)
        if first != number:
            raise ValueError(f"id: {name!r} is the id of line {first} too")
        return name
    text = json.dumps([row["messages"], row.get("rejected")], sort_keys=True)
    name = own = f"chat-{hashlib.blake2b(text.encode(), digest_size=6).hexdigest()}"
    repeat = 1
    while line_of_id.setdefault(name, number) != number:
        repeat += 1
        name = f"{own}-{repeat}"
    return name


def _tags(row: Mapping[str, Any]) -> dict[str, str]:
    given = row.get("tags") or {}
    if not isinstance(given, dict):
        raise ValueError(f"tags: expected an object, got {short(given)}")
    own = {key: _scalar(f"tags.{key}", value) for key, value in given.items() if value is not None}
    others = {key: value for key, value in row.items() if key not in _OWN_KEYS and isinstance(value, str | int | float)}
    return {**{key: _scalar(key, value) for key, value in others.items()}, **own}


def _rejected(value: Any) -> tuple[tuple[Message, ...], ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(reply, list) for reply in value):
        raise ValueError(f"rejected: expected a list of replies, each a list of messages, got {short(value)}")
    return tuple(_messages(f"rejected[{index}]", reply) for index, reply in enumerate(value))


def _scalar(place: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise ValueError(f"{place}: expected a text, number or truth value, got {short(value)}")
