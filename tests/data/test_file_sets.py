from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.data.file_sets import FileSet, conversation_from_record, conversation_record, write_set
from harness.types import Conversation, Message, Source

FULL = Conversation(
    id="a",
    messages=(
        Message("user", "Grüße\u2028 ok?", name="Ann", extra={"lang": "de"}),
        Message("assistant", "", tool_calls=({"id": "1"},), weight=0.5),
    ),
    tags={"topic": "x"},
    rejected=((Message("assistant", "no"),),),
    label="good",
    source=Source("f.jsonl", 3),
    tools=({"type": "function", "function": {"name": "book"}},),
)
PLAIN = Conversation("b", (Message("user", "hi"), Message("assistant", "\ud800")))


def test_a_conversation_reads_back_equal_from_its_record() -> None:
    assert conversation_from_record(conversation_record(FULL)) == FULL
    assert conversation_from_record(conversation_record(PLAIN)) == PLAIN


def test_a_set_is_sized_ordered_indexed_and_read_again(tmp_path: Path) -> None:
    written = write_set(tmp_path / "new" / "set.jsonl", [FULL, PLAIN])
    assert len(written) == 2
    assert list(written) == list(written) == [FULL, PLAIN]
    assert (written[1], written[0], written[-1]) == (PLAIN, FULL, PLAIN)
    assert list(FileSet(written.path)) == [FULL, PLAIN]


def test_the_fingerprint_is_that_of_content_and_order_not_of_the_source(tmp_path: Path) -> None:
    elsewhere = Conversation(**{**{f: getattr(FULL, f) for f in FULL.__slots__}, "source": Source("g.jsonl", 9)})
    prints = [
        write_set(tmp_path / f"{i}.jsonl", rows).fingerprint
        for i, rows in enumerate([[FULL, PLAIN], [elsewhere, PLAIN], [PLAIN, FULL], [FULL], []])
    ]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 4


def test_tools_change_the_fingerprint_and_a_set_without_them_has_the_one_it_had(tmp_path: Path) -> None:
    rows = [Conversation("b", (Message("user", "hi"),)), Conversation("b", (Message("user", "hi"),), tools=({},))]
    prints = [write_set(tmp_path / f"{i}.jsonl", [row]).fingerprint for i, row in enumerate(rows)]
    assert prints[0] == "5a154e21b34f68ce58be9a55180c0c44"
    assert prints[1] != prints[0]


def test_a_set_that_fails_half_way_leaves_no_file(tmp_path: Path) -> None:
    def failing() -> object:
        yield PLAIN
        raise RuntimeError("disk on fire")

    with pytest.raises(RuntimeError):
        write_set(tmp_path / "set.jsonl", failing())  # type: ignore[arg-type]
    assert not (tmp_path / "set.jsonl").exists()


@given(texts=st.lists(st.text(), max_size=5))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    rows = [Conversation(str(i), (Message("user", text),)) for i, text in enumerate(texts)]
    assert list(write_set(tmp_path_factory.mktemp("set") / "s.jsonl", rows)) == rows
