"""Chat JSON Lines: one object a line, with `messages`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

from harness.strictjson import parse_json
from harness.types import Conversation, LoadRequest, Message, Rejected, Source, message_from_record

ROLES = ("system", "user", "assistant", "tool")
_OWN_KEYS = ("id", "messages", "tags", "rejected", "label")
_RAW_CHARACTERS = 200


class ChatJsonl:
    """The rows of a file of chats.

    A row has `messages`, and may have `id`, `tags`, `label` and `rejected`: worse replies, each a list of messages.
    Other keys of a row are tags where their value is a single one. A message keeps its name, tool calls, weight and
    all keys that are not known here. A row without id gets one from its content.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ValueError(f"path: there is no file {str(path)!r}")
        self._path = path

    def load(self, request: LoadRequest) -> Iterator[Conversation | Rejected]:
        return islice(self._rows(), request.limit)

    def _rows(self) -> Iterator[Conversation | Rejected]:
        line_of_id: dict[str, int] = {}
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip(b"\xef\xbb\xbf \t\r\n"):
                    continue
                try:
                    yield self._conversation(line, number, line_of_id)
                except ValueError as error:
                    raw = line[: 4 * _RAW_CHARACTERS].decode("utf-8", "replace").strip()
                    yield Rejected(str(self._path), number, str(error), raw[:_RAW_CHARACTERS])

    def _conversation(self, line: bytes, number: int, line_of_id: dict[str, int]) -> Conversation:
        row = _parsed(line)
        messages = _messages("messages", row.get("messages"))
        return Conversation(
            id=_id(row, line_of_id, number),
            messages=messages,
            tags=_tags(row),
            rejected=_rejected(row.get("rejected")),
            label=None if row.get("label") is None else _scalar("label", row["label"]),
            source=Source(str(self._path), number),
        )


def _parsed(line: bytes) -> Mapping[str, Any]:
    try:
        text = line.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start} of the line)") from error
    row = parse_json(text)
    if not isinstance(row, dict):
        raise ValueError(f"holds {_short(row)}, expected an object with 'messages'")
    return row


def _messages(key: str, value: Any) -> tuple[Message, ...]:
    if value is None:
        raise ValueError(f"has no {key!r}")
    if not isinstance(value, list) or not value:
        raise ValueError(f"{key}: expected a list of messages that is not empty, got {_short(value)}")
    return tuple(_message(f"{key}[{index}]", message) for index, message in enumerate(value))


def _message(place: str, message: Any) -> Message:
    if not isinstance(message, dict):
        raise ValueError(f"{place}: expected an object with 'role' and 'content', got {_short(message)}")
    role, content, calls = message.get("role"), message.get("content"), message.get("tool_calls") or []
    if role not in ROLES:
        near = get_close_matches(str(role), ROLES, n=1)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise ValueError(f"{place}.role: unknown role {_short(role)}{hint}; known: {', '.join(ROLES)}")
    if not isinstance(calls, list) or not all(isinstance(call, dict) for call in calls):
        raise ValueError(f"{place}.tool_calls: expected a list of objects, got {_short(calls)}")
    if content is None and calls:
        content = ""  # OpenAI writes null where a reply is nothing but tool calls
    if not isinstance(content, str):
        raise ValueError(f"{place}.content: expected a string, got {_short(content)}")
    name, weight = message.get("name"), message.get("weight")
    if name is not None and not isinstance(name, str):
        raise ValueError(f"{place}.name: expected a string, got {_short(name)}")
    if weight is not None and (isinstance(weight, bool) or not isinstance(weight, int | float) or weight < 0):
        raise ValueError(f"{place}.weight: expected a number from 0 on, got {_short(weight)}")
    return message_from_record({**message, "content": content})


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
        raise ValueError(f"tags: expected an object, got {_short(given)}")
    own = {key: _scalar(f"tags.{key}", value) for key, value in given.items() if value is not None}
    others = {key: value for key, value in row.items() if key not in _OWN_KEYS and isinstance(value, str | int | float)}
    return {**{key: _scalar(key, value) for key, value in others.items()}, **own}


def _rejected(value: Any) -> tuple[tuple[Message, ...], ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(reply, list) for reply in value):
        raise ValueError(f"rejected: expected a list of replies, each a list of messages, got {_short(value)}")
    return tuple(_messages(f"rejected[{index}]", reply) for index, reply in enumerate(value))


def _scalar(place: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise ValueError(f"{place}: expected a text, number or truth value, got {_short(value)}")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
