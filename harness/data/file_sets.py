"""Conversations in a JSON Lines file: training data that is read as it is needed."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from harness.types import Conversation, Source, message_from_record, message_record
from harness.types.hashing import DIGEST_BYTES


class FileSet:
    """A `ConversationSet` over a file; only the offsets of its lines are in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offsets = _line_offsets(path)

    def __reduce__(self) -> tuple[type[FileSet], tuple[Path]]:
        return FileSet, (self.path,)

    def __len__(self) -> int:
        return len(self._offsets)

    def __iter__(self) -> Iterator[Conversation]:
        with self.path.open("rb") as file:
            for line in file:
                yield conversation_from_record(json.loads(line))

    def __getitem__(self, index: int) -> Conversation:
        with self.path.open("rb") as file:
            file.seek(self._offsets[index])
            return conversation_from_record(json.loads(file.readline()))

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the conversations and their order, not of where they were read."""
        digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
        for conversation in self:
            record = conversation_record(conversation)
            record.pop("source", None)
            digest.update(_line(record))
        return digest.hexdigest()


def write_set(path: Path, conversations: Iterable[Conversation]) -> FileSet:
    """The conversations as a file set; the file is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.part")
    with half.open("wb") as file:
        file.writelines(_line(conversation_record(conversation)) for conversation in conversations)
    half.replace(path)
    return FileSet(path)


def conversation_record(conversation: Conversation) -> dict[str, Any]:
    """The conversation as JSON keys and values; fields that say nothing are left out."""
    record: dict[str, Any] = {
        "id": conversation.id,
        "messages": [message_record(message) for message in conversation.messages],
    }
    if conversation.tags:
        record["tags"] = dict(conversation.tags)
    if conversation.rejected:
        record["rejected"] = [[message_record(message) for message in reply] for reply in conversation.rejected]
    if conversation.label is not None:
        record["label"] = conversation.label
    if conversation.tools:
        record["tools"] = [dict(tool) for tool in conversation.tools]
    if conversation.source is not None:
        record["source"] = {"file": conversation.source.file, "line": conversation.source.line}
    return record


def conversation_from_record(record: Mapping[str, Any]) -> Conversation:
    """The inverse of `conversation_record`."""
    return Conversation(
        id=record["id"],
        messages=tuple(message_from_record(message) for message in record["messages"]),
        tags=record.get("tags", {}),
        rejected=tuple(
            tuple(message_from_record(message) for message in reply) for reply in record.get("rejected", ())
        ),
        label=record.get("label"),
        source=Source(**record["source"]) if "source" in record else None,
        tools=tuple(record.get("tools", ())),
    )


def _line(record: Mapping[str, Any]) -> bytes:
    # ASCII escapes, so that half a surrogate pair from some source cannot break the file.
    return json.dumps(record, sort_keys=True, default=str).encode("ascii") + b"\n"


def _line_offsets(path: Path) -> array[int]:
    offsets = array("Q")
    position = 0
    with path.open("rb") as file:
        for line in file:
            offsets.append(position)
            position += len(line)
    return offsets
