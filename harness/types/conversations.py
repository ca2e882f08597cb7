"""What is trained on: messages, conversations, and what becomes of them on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat; `extra` keeps every key of the source row that has no field of its own."""

    role: str
    content: str
    name: str | None = None
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    weight: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


Prompt: TypeAlias = tuple[Message, ...] | str
"""Messages, to be rendered by the model's chat template, or a raw string that is sent as it is."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row was read: file and line, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One row of training data; `rejected` holds worse replies of preference data, `label` a thumb or a class.

    `tools` are the definitions that the chat template renders, as JSON values.
    """

    id: str
    messages: tuple[Message, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    rejected: tuple[tuple[Message, ...], ...] = ()
    label: str | None = None
    source: Source | None = None
    tools: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that could not be read: the loader goes on, the preflight reports it."""

    file: str
    line: int
    reason: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """What a dataset is asked for; `limit` is the most rows wanted, for a quick look."""

    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The conversation passes unchanged; `cluster` names the group of near-equals it belongs to."""

    id: str
    flags: tuple[str, ...] = ()
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """The conversation goes on as `conversation`, under the same id."""

    id: str
    conversation: Conversation
    reason: str
    flags: tuple[str, ...] = ()
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """The conversation ends here, for `reason`."""

    id: str
    reason: str
    flags: tuple[str, ...] = ()


Outcome: TypeAlias = Kept | Changed | Dropped


class ConversationSet(Protocol):
    """Training data as trainers get it: sized, iterable more than once, read from a file as it is needed."""

    @property
    def fingerprint(self) -> str:
        """A hash of the content and its order."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Conversation]: ...


def message_record(message: Message) -> dict[str, Any]:
    """The message as JSON keys and values; fields that say nothing are left out."""
    record: dict[str, Any] = {"role": message.role, "content": message.content, **message.extra}
    if message.name is not None:
        record["name"] = message.name
    if message.tool_calls:
        record["tool_calls"] = [dict(call) for call in message.tool_calls]
    if message.weight is not None:
        record["weight"] = message.weight
    return record


def message_from_record(record: Mapping[str, Any]) -> Message:
    """The inverse of `message_record`; raises KeyError or TypeError where role or content is missing or no string."""
    if not isinstance(record["role"], str) or not isinstance(record["content"], str):
        raise TypeError("role and content must be strings")
    known = {"role", "content", "name", "tool_calls", "weight"}
    return Message(
        role=record["role"],
        content=record["content"],
        name=record.get("name"),
        tool_calls=tuple(record.get("tool_calls") or ()),
        weight=record.get("weight"),
        extra={key: value for key, value in record.items() if key not in known},
    )
