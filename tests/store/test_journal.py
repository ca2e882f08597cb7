from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import StoreError
from harness.store.journal.journal import CLOSED, encode, journal_files, read_lines
from harness.store.store import Store

Score = Callable[..., dict[str, Any]]
_ANY_TEXT = st.text(st.characters(), max_size=20)


def lines(home: Path) -> list[tuple[str, dict[str, Any]]]:
    return [
        (line.table, json.loads(line.row)) for file in journal_files(home / "journal") for line in read_lines(file, 0)
    ]


def test_a_line_is_one_json_object_with_table_row_and_checksum(home: Path, store: Store) -> None:
    with store.journal("r1") as journal:
        journal.add("evaluation_names", [{"name": "a", "evaluation": "e", "at": "2026-01-02 03:04:05"}])
    (file,) = (home / "journal" / "r1").glob(f"{os.getpid()}-*.jsonl")
    first = json.loads(file.read_text("utf-8").splitlines()[0])
    assert first["t"] == "evaluation_names"
    assert first["r"] == {"name": "a", "evaluation": "e", "at": "2026-01-02 03:04:05.000000"}
    assert len(first["c"]) == 8


def test_closing_marks_the_file_as_finished_also_after_an_exception(home: Path, store: Store, score: Score) -> None:
    with contextlib.suppress(ZeroDivisionError), store.journal("r") as journal:
        journal.add("scores", [score(1)])
        raise ZeroDivisionError
    assert [table for table, _ in lines(home)] == ["scores", CLOSED]


def test_rows_that_may_wait_are_read_at_once_and_synced_by_the_second(
    store: Store, score: Score, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    clock = iter(range(0, 100))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock) / 4)
    journal = store.journal("r")
    for number in range(8):
        journal.add("scores", [score(number)], at_once=False)
    assert 1 <= len(synced) <= 3
    monkeypatch.undo()
    assert store.query("SELECT count(*) FROM scores")[1] == [(8,)]
    journal.close()


def test_a_journal_without_rows_leaves_no_file(home: Path, store: Store) -> None:
    with store.journal("r") as journal:
        journal.add("scores", [])
    assert not home.exists()


def test_folders_that_come_and_go_while_journals_are_listed_are_no_error(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "1.jsonl").touch()
    program = """
import os, sys
while True:
    for number in range(100):
        os.mkdir(f"{sys.argv[1]}/{number}")
    for number in range(100):
        os.rmdir(f"{sys.argv[1]}/{number}")
"""
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)]) as churning:
        try:
            until = time.monotonic() + 0.5
            while time.monotonic() < until:
                assert journal_files(tmp_path) == [tmp_path / "here" / "1.jsonl"]
        finally:
            churning.kill()


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        ("score", {}, "unknown table 'score'"),
        ("scores", {"anser_key": "k"}, r"unknown columns \['anser_key'\]; it has: answer_key, content"),
        ("scores", {"answer_key": 3}, "scores.answer_key: 3 is no VARCHAR"),
        ("scores", {"answer_key": "k", "content": None}, "scores.content: needs a value"),
        ("predictions", {"answer_key": "k", "sample": 2**31}, "at most 32 bits"),
        ("predictions", {"answer_key": "k", "sample": True}, "predictions.sample: True is no INTEGER"),
        ("predictions", {"answer_key": "k", "sample": 0, "kind": "text", "replies": "one"}, "expected a sequence"),
        ("cases", {"content": "c", "body": {"x": object()}}, "object has no JSON"),
        ("cases", {"content": "c", "body": float("nan")}, "cases.body: needs a value"),
        ("decisions", {"run": "r", "at": "yesterday", "body": {}}, "'yesterday' is no TIMESTAMP"),
    ],
)
def test_a_row_that_could_not_be_ingested_is_refused_at_once(
    home: Path, store: Store, table: str, row: dict[str, Any], message: str
) -> None:
    with store.journal("r") as journal, pytest.raises(StoreError, match=message):
        journal.add(table, [row])
    assert not home.exists()


@pytest.mark.parametrize("run", ["", "..", "a/b", "/etc"])
def test_a_run_must_be_the_name_of_a_folder(store: Store, run: str) -> None:
    with pytest.raises(StoreError, match="name of a folder"):
        store.journal(run)


def test_numbers_that_are_not_finite_become_null(home: Path, store: Store, score: Score) -> None:
    nan, infinity = float("nan"), float("inf")
    with store.journal("r") as journal:
        journal.add("scores", [score(1, statistics=[nan, infinity, 0.1])])
        journal.add("cases", [{"content": "c", "body": {"a": [nan, {"b": -infinity}], "c": 1}}])
    rows = [row for _, row in lines(home)]
    assert rows[0]["statistics"] == [None, None, 0.1]
    assert rows[1]["body"] == {"a": [None, {"b": None}], "c": 1}


@given(_ANY_TEXT)
def test_every_text_becomes_valid_utf8_and_only_lone_surrogates_change(text: str) -> None:
    line = encode("cases", {"content": text})
    read = json.loads(line.decode("utf-8"))["r"]["content"]
    assert read == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert line.count(b"\n") == 1


@given(st.lists(_ANY_TEXT, min_size=1, max_size=5), st.integers(0, 10_000))
def test_a_cut_file_gives_exactly_its_whole_lines(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], cut: int
) -> None:
    encoded = [encode("cases", {"content": text}) for text in texts]
    file = tmp_path_factory.getbasetemp() / "cut.jsonl"
    file.write_bytes(b"".join(encoded)[:cut])
    whole = [number for number in range(len(encoded)) if sum(map(len, encoded[: number + 1])) <= cut]
    assert [line.end for line in read_lines(file, 0)] == [sum(map(len, encoded[: number + 1])) for number in whole]


def test_a_damaged_line_is_known_and_a_cut_one_is_no_line(tmp_path: Path) -> None:
    file = tmp_path / "j.jsonl"
    line = encode("cases", {"content": "c"})
    file.write_bytes(line + line[:-5])
    assert [found.damage for found in read_lines(file, 0)] == [""]
    file.write_bytes(line + line.replace(b'"c"}', b'"d"}') + line)
    assert [found.damage for found in read_lines(file, 0)] == ["", "is damaged", ""]


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_damaged_byte_costs_its_line_or_where_it_parts_lines_the_next(
    tmp_path_factory: pytest.TempPathFactory, at: int, change: int
) -> None:
    encoded = [encode("cases", {"content": f"text {number}"}) for number in range(3)]
    content = bytearray(b"".join(encoded))
    at %= len(content)
    content[at] ^= change
    file = tmp_path_factory.getbasetemp() / "damaged.jsonl"
    file.write_bytes(content)
    hit = at // len(encoded[0])
    parts_lines = at == sum(map(len, encoded[: hit + 1])) - 1
    left = [number for number in range(3) if number != hit and not (parts_lines and number == hit + 1)]
    rows = [json.loads(line.row)["content"] for line in read_lines(file, 0) if not line.damage]
    assert rows == [f"text {number}" for number in left]


def test_kill_9_of_a_writing_process_loses_at_most_the_batch_in_flight(home: Path, store: Store) -> None:
    program = """
import sys
from pathlib import Path
from harness.store.store import Store
with Store(Path(sys.argv[1])).journal("r") as journal:
    for batch in range(100_000):
        rows = [{"name": f"n{batch}-{i}", "evaluation": "e", "at": "2026-01-01"} for i in range(10)]
        journal.add("evaluation_names", rows)
        print(batch, flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", program, str(home)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [next(writer.stdout) for _ in range(20)]
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
    reported = len(said)
    stored = store.ingest()
    assert reported * 10 <= stored <= (reported + 1) * 10
    assert store.query("SELECT count(*) FROM evaluation_names")[1] == [(stored,)]
