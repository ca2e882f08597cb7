from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.protocols import Dataset
from harness.types import Conversation, LoadRequest, Message, Rejected, Source
from harness_datasets import register_datasets
from harness_datasets.chat_jsonl import ChatJsonl

TURNS = '[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]'


def load(folder: Path, *lines: str, limit: int | None = None) -> list[Conversation | Rejected]:
    path = folder / "chat.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return list(ChatJsonl(path).load(LoadRequest(limit)))


def test_it_is_registered_as_a_dataset(tmp_path: Path) -> None:
    (component,) = register_datasets()
    (tmp_path / "a.jsonl").touch()
    assert component.name == "chat-jsonl"
    assert isinstance(component.build(path=tmp_path / "a.jsonl"), Dataset)


def test_all_that_a_row_says_is_kept(tmp_path: Path) -> None:
    row = {
        "id": 5,
        "messages": [
            {"role": "user", "content": "hi", "name": "Ann", "lang": "en"},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}], "weight": 0.5},
        ],
        "tags": {"tone": "dry", "none": None},
        "source": "forum",
        "stars": 4,
        "nested": {"is": "dropped"},
        "rejected": [[{"role": "assistant", "content": "go away"}]],
        "label": True,
    }
    (loaded,) = load(tmp_path, json.dumps(row))
    assert loaded == Conversation(
        id="5",
        messages=(
            Message("user", "hi", name="Ann", extra={"lang": "en"}),
            Message("assistant", "", tool_calls=({"id": "1"},), weight=0.5),
        ),
        tags={"source": "forum", "stars": "4", "tone": "dry"},
        rejected=((Message("assistant", "go away"),),),
        label="true",
        source=Source(str(tmp_path / "chat.jsonl"), 1),
    )


def test_ids_come_from_the_content_and_are_unique(tmp_path: Path) -> None:
    line, other = f'{{"messages": {TURNS}}}', '{"messages": [{"role": "user", "content": "x"}]}'
    first, second, third = (row.id for row in load(tmp_path, line, other, line) if isinstance(row, Conversation))
    assert third == f"{first}-2"
    assert second != first
    (again,) = load(tmp_path, line)
    assert isinstance(again, Conversation)
    assert again.id == first


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"messages": [', "is not JSON: Expecting value (column 15)"),
        ("3", "holds 3, expected an object with 'messages'"),
        ('{"id": 1}', "has no 'messages'"),
        ('{"messages": []}', "messages: expected a list of messages that is not empty, got []"),
        ('{"messages": "hi"}', "messages: expected a list of messages that is not empty, got 'hi'"),
        ('{"messages": ["hi"]}', "messages[0]: expected an object with 'role' and 'content', got 'hi'"),
        (
            '{"messages": [{"role": "asistant", "content": "x"}]}',
            "messages[0].role: unknown role 'asistant' (did you mean 'assistant'?); known: system, user,",
        ),
        ('{"messages": [{"role": "user", "content": ["x"]}]}', "messages[0].content: expected a string, got ['x']"),
        ('{"messages": [{"role": "user"}]}', "messages[0].content: expected a string, got None"),
        (
            '{"messages": [{"role": "user", "content": "x", "weight": "1"}]}',
            "messages[0].weight: expected a number from 0 on, got '1'",
        ),
        (f'{{"messages": {TURNS}, "weight": NaN}}', "NaN is no JSON number"),
        (f'{{"messages": {TURNS}, "tags": ["a"]}}', "tags: expected an object, got ['a']"),
        (f'{{"messages": {TURNS}, "rejected": {TURNS}}}', "rejected: expected a list of replies, each a list of"),
        (f'{{"messages": {TURNS}, "tags": {{"a": 1, "a": 2}}}}', "tags.a: is there twice"),
        (f'{{"messages": [], "messages": {TURNS}}}', "messages: is there twice"),
        ('{"messages": [{"role": "user", "content": "\\ud83d"}]}', "holds half a surrogate pair"),
    ],
)
def test_a_bad_row_is_rejected_with_its_line_and_the_rest_is_read(tmp_path: Path, line: str, reason: str) -> None:
    good = f'{{"messages": {TURNS}}}'
    before, rejected, after = load(tmp_path, good, line, good)
    assert isinstance(before, Conversation)
    assert isinstance(after, Conversation)
    assert isinstance(rejected, Rejected)
    assert (rejected.file, rejected.line, rejected.raw) == (str(tmp_path / "chat.jsonl"), 2, line)
    assert rejected.reason.startswith(reason)


def test_a_repeated_id_is_rejected_with_the_first_line(tmp_path: Path) -> None:
    line = f'{{"id": "a", "messages": {TURNS}}}'
    _, rejected = load(tmp_path, line, line)
    assert isinstance(rejected, Rejected)
    assert rejected.reason == "id: 'a' is the id of line 1 too"


def test_a_byte_order_mark_crlf_blank_lines_and_bad_bytes(tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    good = f'{{"messages": {TURNS}}}'.encode()
    path.write_bytes(b"\xef\xbb\xbf" + good + b"\r\n\r\n" + b'{"messages": "\xff"}\n' + good)
    first, bad, last = ChatJsonl(path).load(LoadRequest())
    assert isinstance(first, Conversation)
    assert isinstance(last, Conversation)
    assert isinstance(bad, Rejected)
    assert last.source == Source(str(path), 4)
    assert bad.reason == "is not UTF-8 (byte 14 of the line)"


def test_a_limit_ends_the_reading(tmp_path: Path) -> None:
    assert len(load(tmp_path, *[f'{{"messages": {TURNS}}}'] * 5, limit=2)) == 2


def test_a_file_that_is_not_there_is_an_error_before_loading(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"path: there is no file '.*gone.jsonl'"):
        ChatJsonl(tmp_path / "gone.jsonl")
