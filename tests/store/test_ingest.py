from __future__ import annotations

import json
import multiprocessing
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from store_workers import commit_and_die, ingest, ingest_and_die, open_without_lock
from stored_rows import add_rows

from harness.errors import StoreError
from harness.store.journal.journal import journal_files
from harness.store.lock import locked
from harness.store.store import Store

Score = Callable[..., dict[str, Any]]


def count(store: Store, table: str = "scores") -> int:
    return int(store.query(f"SELECT count(*) FROM {table}")[1][0][0])


def write(store: Store, run: str, rows: list[dict[str, Any]]) -> None:
    with store.journal(run) as journal:
        journal.add("scores", rows)


def test_rows_are_taken_over_once(store: Store, score: Score) -> None:
    with store.journal("r") as journal:
        journal.add("scores", [score(1), score(2)])
        assert store.ingest() == 2
        assert store.ingest() == 0
        journal.add("scores", [score(3)])
        assert store.ingest() == 1
    assert store.query("SELECT answer_key FROM scores ORDER BY ALL")[1] == [("k1",), ("k2",), ("k3",)]


def test_100_000_rows_are_taken_over_in_one_call(store: Store, score: Score) -> None:
    write(store, "r", [score(number) for number in range(100_000)])
    assert store.ingest() == 100_000
    assert count(store) == 100_000


def test_of_two_rows_with_the_same_key_the_first_stays(store: Store, score: Score) -> None:
    write(store, "r", [score(1, statistics=[1.0])])
    store.ingest()
    write(store, "r", [score(1, statistics=[9.0])])
    assert store.query("SELECT statistics FROM scores")[1] == [([1.0],)]
    assert store.ingest() == 0
    assert store.query("SELECT statistics FROM scores")[1] == [([1.0],)]


def test_nothing_is_written_before_there_is_something_to_ingest(home: Path, store: Store) -> None:
    assert store.ingest() == 0
    assert store.runs() == []
    assert not home.exists()


@pytest.mark.parametrize("kept", [1, -1, -2])
def test_a_half_written_last_line_is_lost_alone(home: Path, store: Store, score: Score, kept: int) -> None:
    journal = store.journal("r")
    journal.add("scores", [score(1), score(2)])
    (file,) = journal_files(home / "journal")
    whole = file.stat().st_size
    journal.add("scores", [score(3)])
    content = file.read_bytes()
    file.write_bytes(content[: whole + kept] if kept > 0 else content[:kept])
    write(store, "later", [score(4)])
    assert store.ingest() == 3
    assert store.query("SELECT answer_key FROM scores ORDER BY ALL")[1] == [("k1",), ("k2",), ("k4",)]
    assert store.ingest() == 0


def test_a_line_that_is_completed_later_is_taken_over_then(home: Path, store: Store, score: Score) -> None:
    journal = store.journal("r")
    journal.add("scores", [score(1), score(2)])
    (file,) = journal_files(home / "journal")
    content = file.read_bytes()
    file.write_bytes(content[:-20])
    assert store.ingest() == 1
    file.write_bytes(content)
    assert store.ingest() == 1
    assert count(store) == 2


def test_a_finished_journal_goes_and_an_open_one_stays(home: Path, store: Store, score: Score) -> None:
    with store.journal("open") as journal:
        journal.add("scores", [score(1)])
        write(store, "closed", [score(2)])
        store.ingest()
        assert [file.parent.name for file in journal_files(home / "journal")] == ["open"]
        assert not (home / "journal" / "closed").exists()
        journal.add("scores", [score(3)])
    assert store.ingest() == 1
    assert journal_files(home / "journal") == []
    assert count(store) == 3


def test_a_journal_left_after_its_rows_were_committed_is_not_taken_over_again(
    home: Path, store: Store, score: Score
) -> None:
    """As after a crash between the commit and the deletion."""
    write(store, "r", [score(1)])
    (file,) = journal_files(home / "journal")
    content = file.read_bytes()
    with store.journal("r") as journal:
        journal.add("scores", [score(2)])
        store.ingest()
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        store.ingest()
    assert count(store) == 2


def test_ingest_is_postponed_while_the_store_is_locked(home: Path, store: Store, score: Score) -> None:
    write(store, "r", [score(1)])
    with locked(home / "store.lock", exclusive=False, seconds=1):
        assert store.ingest(wait_seconds=0.05) == 0
    assert store.ingest() == 1


def test_ingest_is_postponed_while_another_program_has_the_store_open(home: Path, store: Store, score: Score) -> None:
    write(store, "r", [score(1)])
    store.ingest()
    write(store, "r", [score(2)])
    spawn = multiprocessing.get_context("spawn")
    opened, done = spawn.Event(), spawn.Event()
    process = spawn.Process(target=open_without_lock, args=(home / "store.duckdb", opened, done))
    process.start()
    assert opened.wait(60)
    assert store.ingest(wait_seconds=0.05) == 0
    with pytest.raises(StoreError, match="open in another program"):
        store.runs()
    done.set()
    process.join()
    assert store.ingest() == 1


def test_concurrent_ingests_take_each_row_once(home: Path, store: Store, score: Score) -> None:
    for run in range(8):
        write(store, f"r{run}", [score(run * 1000 + number) for number in range(1000)])
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(3) as pool:
        taken = pool.map(ingest, [home] * 6)
    assert sum(taken) == 8000
    assert count(store) == 8000


def test_a_process_killed_while_it_ingests_loses_nothing(home: Path, store: Store, score: Score) -> None:
    write(store, "first", [score(0)])
    store.ingest()
    write(store, "r", [score(number) for number in range(20_000)])
    spawn = multiprocessing.get_context("spawn")
    for seconds in (0.0, 0.05, 0.2):
        process = spawn.Process(target=ingest_and_die, args=(home, seconds))
        process.start()
        process.join()
    assert count(store) == 20_000
    store.ingest()
    assert count(store) == 20_000


def test_what_a_writer_committed_before_it_died_is_read(home: Path, store: Store, score: Score) -> None:
    add_rows(store, "scores", [score(1)])
    process = multiprocessing.get_context("spawn").Process(target=commit_and_die, args=(home / "store.duckdb",))
    process.start()
    process.join()
    assert (home / "store.duckdb.wal").exists()
    assert count(store) == 2


def forged(row: bytes, table: bytes = b"scores") -> bytes:
    """A line with a checksum that is right."""
    body = b'{"t":"' + table + b'","r":' + row
    return body + b',"c":"%08x"}\n' % zlib.crc32(body)


def changed(score: Score, **columns: Any) -> bytes:
    return forged(json.dumps({**score(9), **columns}).encode())


BAD: dict[str, Callable[[Score], bytes]] = {
    "a text for a number": lambda score: changed(score, samples="three"),
    "a number in a text": lambda score: changed(score, samples="3"),
    "a number for a text": lambda score: changed(score, metric=3),
    "part of a whole": lambda score: changed(score, samples=1.5),
    "too large": lambda score: changed(score, samples=2**40),
    "texts in a list of numbers": lambda score: changed(score, statistics=["x"]),
    "no list": lambda score: changed(score, statistics={"a": 1}),
    "nothing where something is needed": lambda score: changed(score, statistics=None),
    "an unknown key": lambda score: changed(score, colour="red"),
    "a list": lambda score: forged(b"[1, 2]"),
    "no JSON": lambda score: forged(b'{"answer_key": '),
    "no UTF-8": lambda score: forged(b'{"answer_key": "\xff"}'),
    "an unknown table": lambda score: forged(b"{}", table=b"treasures"),
    "a wrong checksum": lambda score: changed(score)[:-4] + b'x"}\n',
    "zeros": lambda score: bytes(300) + b"\n",
    "any text": lambda score: b"hello\n",
}


@pytest.mark.parametrize("name", BAD)
def test_a_line_that_fits_no_table_is_set_aside_alone(
    home: Path, store: Store, score: Score, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    journal = store.journal("r")
    journal.add("scores", [score(1)])
    (file,) = journal_files(home / "journal")
    bad = BAD[name](score)
    with file.open("ab") as opened:
        opened.write(bad)
    journal.add("scores", [score(2)])
    journal.close()
    with locked(home / "store.lock", exclusive=False, seconds=1):  # a reader alone leaves it out
        assert count(store) == 2
    assert store.ingest() == 2
    assert store.query("SELECT answer_key FROM scores ORDER BY ALL")[1] == [("k1",), ("k2",)]
    assert all(said.startswith(f"{file}:2: ") for said in caplog.messages)
    assert len(caplog.messages) == 2
    assert (home / "set-aside" / "r" / file.name).read_bytes() == bad
    assert journal_files(home / "journal") == []


def test_a_journal_of_a_version_that_knew_fewer_columns_is_taken_over(home: Path, store: Store, score: Score) -> None:
    store.journal("r").add("scores", [score(1)])
    (file,) = journal_files(home / "journal")
    row = {column: value for column, value in score(2).items() if value is not None}
    with file.open("ab") as opened:
        opened.write(forged(json.dumps(row).encode()))
    assert store.ingest() == 2
