from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from store_workers import commit_and_die, ingest, ingest_and_die, open_without_lock

from harness.errors import StoreError
from harness.store import Store
from harness.store.journal import journal_files
from harness.store.lock import locked

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
    store.add("scores", [score(1)])
    process = multiprocessing.get_context("spawn").Process(target=commit_and_die, args=(home / "store.duckdb",))
    process.start()
    process.join()
    assert (home / "store.duckdb.wal").exists()
    assert count(store) == 2
