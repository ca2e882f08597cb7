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
            {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}], "weight": 0},
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
            Message("assistant", "", tool_calls=({"id": "1"},), weight=0),
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
        ('{"id": 1}', "has no 'messages' (its keys: 'id'); chat-jsonl expects {"),
        ('{"messages": []}', "messages: expected a list of messages that is not empty, got []"),
        ('{"messages": "hi"}', "messages: expected a list of messages that is not empty, got 'hi'"),
        ('{"messages": ["hi"]}', "messages[0]: expected an object with 'role' and 'content', got 'hi'"),
        (
            '{"messages": [{"role": "asistant", "content": "x"}]}',
            "messages[0].role: unknown role 'asistant' (did you mean 'assistant'?); known: system, user,",
        ),
        ('{"messages": [{"role": "user", "content": 1}]}', "messages[0].content: expected a string or a list of text"),
        (
            '{"messages": [{"role": "user"}]}',
            "messages[0].content: expected a string or a list of text parts, got None",
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


@pytest.mark.parametrize(
    ("arguments", "read"),
    [
        ('{"seats": [1, {"row": "A"}]}', {"seats": [1, {"row": "A"}]}),
        ('{"note": "{\\"a\\": 1}"}', {"note": '{"a": 1}'}),
        ("", {}),
        ({"city": "Oslo"}, {"city": "Oslo"}),
    ],
)
def test_arguments_of_a_tool_call_are_read_as_an_object(tmp_path: Path, arguments: object, read: object) -> None:
    for call in ({"name": "book", "arguments": arguments}, {"function": {"name": "book", "arguments": arguments}}):
        row = {"messages": [{"role": "assistant", "content": None, "tool_calls": [call]}]}
        (loaded,) = load(tmp_path, json.dumps(row))
        assert isinstance(loaded, Conversation)
        (kept,) = loaded.messages[0].tool_calls
        assert kept.get("function", kept) == {"name": "book", "arguments": read}


TOOL = {"type": "function", "function": {"name": "book", "parameters": {"type": "object"}}}


@pytest.mark.parametrize("written", [[TOOL], json.dumps([TOOL])])
def test_the_tools_of_a_row_are_kept(tmp_path: Path, written: object) -> None:
    (loaded,) = load(tmp_path, json.dumps({"messages": json.loads(TURNS), "tools": written}))
    assert isinstance(loaded, Conversation)
    assert loaded.tools == (TOOL,)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ([{"type": "text", "text": "How long?"}], "How long?"),
        ([{"type": "text", "text": "One."}, {"type": "text", "text": "Two."}], "One.\nTwo."),
        (["One.", {"type": "input_text", "text": "Two."}], "One.\nTwo."),
    ],
)
def test_text_in_parts_is_joined(tmp_path: Path, content: object, text: str) -> None:
    (loaded,) = load(tmp_path, json.dumps({"messages": [{"role": "developer", "content": content}]}))
    assert isinstance(loaded, Conversation)
    assert loaded.messages == (Message("system", text),)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            {"content": [{"type": "image_url"}]},
            "content[0]: is a part of type 'image_url'; only text can be trained on",
        ),
        ({"content": ["a", {"type": "input_audio"}]}, "content[1]: is a part of type 'input_audio'; only text can"),
        ({"content": [{"text": "a"}]}, "content[0]: expected a part {'type': 'text', 'text': …}, got {'text': 'a'}"),
        ({"content": [{"type": "text"}]}, "content[0].text: expected a string, got None"),
        ({"content": []}, "content: expected a string or a list of text parts, got []"),
        ({"content": "x", "weight": 0.25}, "weight: expected 0 (not trained) or 1 (trained), got 0.25"),
        ({"content": "x", "weight": 2}, "weight: expected 0 (not trained) or 1 (trained), got 2"),
        ({"content": "x", "weight": -1}, "weight: expected 0 (not trained) or 1 (trained), got -1"),
        ({"content": "x", "weight": True}, "weight: expected 0 (not trained) or 1 (trained), got True"),
        ({"content": "x", "weight": "1"}, "weight: expected 0 (not trained) or 1 (trained), got '1'"),
        ({"content": "x", "function_call": {"name": "book"}}, "function_call: is the older form; write tool_calls"),
        (
            {"content": "", "tool_calls": [{"function": {"arguments": "seat 1"}}]},
            "tool_calls[0].function.arguments: is not JSON: Expecting value (column 1), got 'seat 1'",
        ),
        (
            {"content": "", "tool_calls": [{"name": "book", "arguments": '"seat 1"'}]},
            "tool_calls[0].arguments: expected an object, or one as JSON text, got '\"seat 1\"'",
        ),
        (
            {"content": "", "tool_calls": [{"name": "book", "arguments": '{"seat": 1e999}'}]},
            "tool_calls[0].arguments: 1e999 is too large a number",
        ),
    ],
)
def test_what_cannot_be_trained_is_rejected_by_name(tmp_path: Path, message: dict[str, object], reason: str) -> None:
    (rejected,) = load(tmp_path, json.dumps({"messages": [{"role": "assistant", **message}]}))
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith(f"messages[0].{reason}")


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ('"tools": [1]', "tools: expected a list of objects, or one as JSON text, got [1]"),
        ('"tools": "none"', "tools: is not JSON: Expecting value (column 1), got 'none'"),
        ('"functions": [{"name": "book"}]', "functions: is the older form; write tools"),
        ('"size": 1e400', "1e400 is too large a number"),
        (f'"size": {"9" * 400}', "99999999999999999999… is too large a number, of 400 digits"),
    ],
)
def test_a_row_whose_other_keys_cannot_be_read_is_rejected(tmp_path: Path, key: str, reason: str) -> None:
    (rejected,) = load(tmp_path, f'{{"messages": {TURNS}, {key}}}')
    assert isinstance(rejected, Rejected)
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


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"dialog": [{"from": "user", "value": "hi"}]}', "looks like ShareGPT ('dialog' with 'from' and 'value')"),
        ('{"messages": [{"from": "user", "value": "hi"}]}', "looks like ShareGPT ('messages' with 'from' and 'value')"),
        ('{"chat": [{"role": "user", "content": "hi"}]}', "has its messages under 'chat'"),
        ('{"instruction": "Sum up.", "input": "", "output": "ok"}', "looks like Alpaca ('instruction', 'output')"),
        ('{"prompt": "hi", "completion": "hello"}', "looks like prompt and completion ('prompt', 'completion')"),
        ('{"prompt": "hi", "chosen": "a", "rejected": "b"}', "looks like preference data ('chosen', 'rejected')"),
        ('{"text": "Once upon a time"}', "looks like plain text ('text')"),
        ('{"question": "1+1?", "answer": "2"}', "looks like question and answer ('question', 'answer')"),
        ('{"train": [{"messages": []}]}', "holds all rows under 'train'; chat-jsonl expects each on a line of its own"),
    ],
)
def test_a_row_of_another_format_says_what_it_looks_like(tmp_path: Path, row: str, said: str) -> None:
    (rejected,) = load(tmp_path, row)
    assert isinstance(rejected, Rejected)
    assert rejected.reason.startswith(said)
    assert "chat-jsonl expects" in rejected.reason


def test_a_file_of_another_format_is_one_rejection(tmp_path: Path) -> None:
    (rejected,) = load(tmp_path, *["question,answer", "My bill?,billing"] * 40)
    assert rejected == Rejected(
        str(tmp_path / "chat.jsonl"), 1, "looks like CSV; chat-jsonl expects JSON Lines, one object a line"
    )


def test_a_folder_is_an_error_before_loading(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"path: '.*' is a folder; name a file in it"):
        ChatJsonl(tmp_path)
