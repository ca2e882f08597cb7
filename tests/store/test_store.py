from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from store_workers import BATCHES, ROWS, read_counts, write_batches
from stored_rows import add_rows

from harness.errors import StoreError
from harness.store import instance
from harness.store.journal.journal import journal_files
from harness.store.lock import locked
from harness.store.store import Store

Score = Callable[..., dict[str, Any]]
_PROCESSES = 4


def keys(store: Store) -> list[str]:
    return [row[0] for row in store.query("SELECT answer_key FROM scores ORDER BY ALL")[1]]


def test_a_store_that_does_not_exist_answers_with_nothing(store: Store) -> None:
    assert store.runs() == []
    assert store.suites() == []
    assert store.predictions(["k"]) == {}
    assert store.baseline("main", "support") is None
    assert store.query("SELECT count(*) FROM scores") == (["count_star()"], [(0,)])


def test_importing_the_store_loads_neither_duckdb_nor_numpy() -> None:
    program = "import sys; from harness.store.store import Store; print({'duckdb', 'numpy'} & sys.modules.keys())"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


def test_a_reader_sees_rows_that_no_one_has_ingested(home: Path, store: Store, score: Score) -> None:
    with store.journal("r") as journal:
        journal.add("scores", [score(1)])
        assert keys(store) == ["k1"]
        journal.add("scores", [score(2)])
        assert keys(store) == ["k1", "k2"]


def test_while_ingest_has_to_wait_a_reader_adds_pending_rows_itself(home: Path, store: Store, score: Score) -> None:
    add_rows(store, "scores", [score(1, statistics=[1.0])])
    with store.journal("r") as journal, locked(home / "store.lock", exclusive=False, seconds=1):
        journal.add("scores", [score(1, statistics=[9.0]), score(2)])
        journal.add("evaluation_names", [{"name": "n", "evaluation": "e", "at": "2026-01-01"}])
        assert store.query("SELECT answer_key, statistics[1] FROM scores ORDER BY ALL")[1] == [("k1", 1.0), ("k2", 1.0)]
        assert store.query("SELECT name FROM evaluation_names")[1] == [("n",)]
        tables = [name for (name,) in store.query("SHOW TABLES")[1]]
    assert len(tables) == len(set(tables))
    assert {"ingested", "migrations", "scores", "states"} <= set(tables)


def test_pending_rows_are_read_before_there_is_a_store_file(home: Path, store: Store, score: Score) -> None:
    with store.journal("r") as journal:
        journal.add("scores", [score(1)])
        with locked(home / "store.lock", exclusive=False, seconds=1):
            assert keys(store) == ["k1"]
    assert not (home / "store.duckdb").exists()


def test_a_reader_of_a_locked_store_says_which_file_is_locked(home: Path, score: Score) -> None:
    store = Store(home, wait_seconds=0.05)
    add_rows(store, "scores", [score(1)])
    with (
        locked(home / "store.lock", exclusive=True, seconds=1),
        pytest.raises(StoreError, match=r"store\.lock: another"),
    ):
        store.runs()


def test_a_file_that_is_no_store_is_named(home: Path, store: Store) -> None:
    home.mkdir()
    (home / "store.duckdb").write_bytes(b"not a database" * 1000)
    with pytest.raises(StoreError, match=r"store\.duckdb: .*not a valid DuckDB database"):
        store.runs()


def test_questions_inside_a_reader_use_its_state_of_the_store(store: Store, score: Score) -> None:
    add_rows(store, "scores", [score(1)])
    with store.journal("r") as journal, store.reader() as reader:
        journal.add("scores", [score(2)])
        assert store.ingest() == 0
        with store.reader() as same:
            assert same is reader
        assert store.scored_keys("m", 1, ["k1", "k2"]) == {("k1", "c1")}
    assert keys(store) == ["k1", "k2"]


def test_one_instance_of_the_database_serves_all_that_a_thread_asks(
    store: Store, score: Score, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_rows(store, "scores", [score(1)])
    monkeypatch.setattr(instance, "made", None)  # a second one would be called for
    add_rows(store, "scores", [score(2)])
    assert store.scored_keys("m", 1, ["k1", "k2"]) == {("k1", "c1"), ("k2", "c2")}


def test_an_error_in_a_question_leaves_the_next_one_alone(store: Store, score: Score) -> None:
    add_rows(store, "scores", [score(1)])
    with pytest.raises(KeyError), store.reader():
        raise KeyError
    add_rows(store, "scores", [score(2)])
    assert keys(store) == ["k1", "k2"]


def test_threads_may_ask_one_store_at_once(store: Store, score: Score) -> None:
    add_rows(store, "scores", [score(1)])
    seen: list[list[str]] = []
    threads = [threading.Thread(target=lambda: seen.append(keys(store))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [["k1"]] * 4


def test_four_writing_processes_and_a_reading_one_lose_nothing(home: Path, store: Store) -> None:
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(_PROCESSES + 1) as pool:
        reading = pool.apply_async(read_counts, (home,))
        writing = [pool.apply_async(write_batches, (home, writer)) for writer in range(_PROCESSES)]
        assert [one.get(300) for one in writing] == [BATCHES * ROWS] * _PROCESSES
        counts = reading.get(300)
    assert counts == sorted(counts)
    store.ingest()
    assert store.query("SELECT count(*), count(DISTINCT answer_key) FROM scores")[1] == [(4000, 4000)]
    assert journal_files(home / "journal") == []
