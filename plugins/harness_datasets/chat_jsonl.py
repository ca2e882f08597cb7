"""Chat JSON Lines: one object a line, with `messages`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from harness.documents.formats import head_of, not_json_lines
from harness.documents.strict_json import parse_json
from harness.types import Conversation, LoadRequest, Rejected, Source
from harness_datasets.chat_rows import conversation_of, short

_RAW_CHARACTERS = 200


class ChatJsonl:
    """The rows of a file of chats.

    A row has `messages`, and may have `id`, `tags`, `label`, `tools` and `rejected`: worse replies, each a list of
    messages. Other keys of a row are tags where their value is a single one. A message keeps its name, tool calls,
    weight and all keys that are not known here; its text may come in parts, and `developer` is `system`. A row without
    id gets one from its content.
    """

    def __init__(self, path: Path) -> None:
        if path.is_dir():
            raise ValueError(f"path: {str(path)!r} is a folder; name a file in it")
        if not path.is_file():
            raise ValueError(f"path: there is no file {str(path)!r}")
        self._path = path

    def load(self, request: LoadRequest) -> Iterator[Conversation | Rejected]:
        return islice(self._rows(), request.limit)

    def _rows(self) -> Iterator[Conversation | Rejected]:
        other = not_json_lines(head_of(self._path))
        if other is not None:
            yield Rejected(str(self._path), 1, f"{other}; chat-jsonl expects JSON Lines, one object a line")
            return
        line_of_id: dict[str, int] = {}
        with self._path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if not line.strip(b"\xef\xbb\xbf \t\r\n"):
                    continue
                try:
                    yield _conversation(line, Source(str(self._path), number), line_of_id)
                except ValueError as error:
                    raw = line[: 4 * _RAW_CHARACTERS].decode("utf-8", "replace").strip()
                    yield Rejected(str(self._path), number, str(error), raw[:_RAW_CHARACTERS])


def _conversation(line: bytes, source: Source, line_of_id: dict[str, int]) -> Conversation:
    try:
        row = parse_json(line.decode("utf-8-sig").strip())
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start} of the line)") from error
    if not isinstance(row, dict):
        raise ValueError(f"holds {short(row)}, expected an object with 'messages'")
    return conversation_of(row, source, line_of_id)
