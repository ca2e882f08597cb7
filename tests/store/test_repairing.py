"""A store file that cannot be read, and what `repair` makes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from stored_rows import add_rows

from harness.errors import StoreError
from harness.evaluation.records import Evaluation
from harness.store.rows.evaluation_rows import evaluation_row, prediction_row
from harness.store.store import Store
from harness.types import Prediction

Score = Callable[..., dict[str, Any]]
ADVICE = "is damaged: .*`harness store repair`"
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda content: content[: len(content) // 2],
    "filled with zeros": lambda content: bytes(len(content)),
    "no header": lambda content: b"?" * 4096 + content[4096:],
    "another file": lambda content: b"name: recipe\n" * 2000,
    "empty": lambda content: b"",
}


@pytest.fixture
def full(store: Store, evaluation: Callable[..., Evaluation]) -> Store:
    """A finished evaluation with answers that fill blocks of their own, and a run that is over."""
    store.run_lock("r1").acquire().lock.release()
    row = evaluation_row(evaluation("e1"))
    asked = {"evaluation": "e1", "position": 0, "content": "c1", "kind": "text"}
    texts = [f"{number * 7919 % 10007:05d} " * 90 for number in range(3000)]
    answers = [
        prediction_row(f"k{n}", Prediction(f"k{n}:0", "", "text", replies=(t,)), "r1") for n, t in enumerate(texts)
    ]
    add_rows(store, "evaluations", [row])
    add_rows(store, "evaluation_cases", [{**asked, "position": n, "answer_key": f"k{n}"} for n in range(3000)])
    add_rows(store, "states", [{"subject": "evaluation", "id": "e1", "state": "complete", "at": "2026-01-01"}])
    add_rows(store, "predictions", answers)
    return store


def damage(store: Store, change: Callable[[bytes], bytes]) -> None:
    store.file.write_bytes(change(store.file.read_bytes()))


def blocks_of(file: Path, table: str) -> set[int]:
    """Where in the file the blocks of a table begin."""
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(f"SELECT block_id FROM pragma_storage_info('{table}') WHERE block_id >= 0").fetchall()
    return {3 * 4096 + number * (1 << 18) for (number,) in rows}


def spoil_answers(store: Store) -> None:
    """Overwrite a place in the blocks that hold answers and nothing else."""
    tables = [name for (name,) in store.query("SHOW TABLES")[1] if name != "provenance"]
    alone = blocks_of(store.file, "predictions").difference(
        *(blocks_of(store.file, name) for name in tables if name != "predictions")
    )
    content = bytearray(store.file.read_bytes())
    for start in alone:
        content[start + 1000 : start + 1100] = b"!" * 100
    assert alone
    store.file.write_bytes(content)


@pytest.mark.parametrize("name", DAMAGES)
def test_whoever_reads_or_writes_a_damaged_store_is_told_what_to_do(full: Store, score: Score, name: str) -> None:
    damage(full, DAMAGES[name])
    with pytest.raises(StoreError, match=ADVICE):
        full.evaluations()
    with pytest.raises(StoreError, match=ADVICE):
        full.query("SELECT count(*) FROM runs")
    with pytest.raises(StoreError, match=ADVICE):
        add_rows(full, "scores", [score(1)])


@pytest.mark.parametrize("name", DAMAGES)
def test_repair_keeps_the_file_and_takes_what_the_journals_hold(full: Store, score: Score, name: str) -> None:
    damage(full, DAMAGES[name])
    damaged = full.file.read_bytes()
    with full.journal("r2") as journal:
        journal.add("scores", [score(1)])
    repaired = full.repair()
    assert (repaired.rows["scores"], repaired.runs, len(repaired.lost) > 0) == (1, ("r1",), True)
    assert [kept.read_bytes() for kept in repaired.kept] == [damaged]
    assert full.query("SELECT answer_key FROM scores")[1] == [("k1",)]
    assert full.repair().lost == ()


def test_answers_may_be_lost_alone_and_are_then_removed_ones(full: Store) -> None:
    spoil_answers(full)
    with pytest.raises(StoreError, match=ADVICE):
        full.predictions(["k1"])
    with pytest.raises(StoreError, match=ADVICE):
        full.query("SELECT max(replies) FROM predictions")
    repaired = full.repair()
    assert (repaired.lost, repaired.rows["evaluations"], repaired.rows["predictions"]) == (("predictions",), 1, 0)
    assert list(full.removed(["e1"])) == ["e1"]


def test_a_whole_store_is_left_alone(full: Store) -> None:
    before = full.file.read_bytes()
    repaired = full.repair()
    assert (repaired.kept, repaired.lost, repaired.rows["predictions"]) == ((), (), 3000)
    assert full.file.read_bytes() == before


def test_a_store_that_is_not_there_needs_no_repair(home: Path, store: Store) -> None:
    assert store.repair().rows == {}
    assert not store.file.exists()


def test_a_log_that_has_lost_its_store_is_not_read_into_the_next(home: Path, store: Store, score: Score) -> None:
    home.mkdir()
    other = home / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        connection.execute("CREATE TABLE scores AS SELECT 1 AS a")
    (home / "other.duckdb.wal").rename(home / "store.duckdb.wal")
    add_rows(store, "scores", [score(1)])
    assert store.query("SELECT answer_key FROM scores")[1] == [("k1",)]
    assert len(list(home.glob("store.duckdb.damaged-*.wal"))) == 1


@pytest.mark.parametrize("size", [0, 1, 4096, 12287])
def test_the_torso_of_a_store_that_nothing_was_in_is_no_store(
    home: Path, store: Store, score: Score, size: int
) -> None:
    home.mkdir()
    store.file.write_bytes(b"\0" * size)
    assert store.runs() == []
    with store.run_lock("r"), store.journal("r") as journal:
        journal.add("scores", [score(1)])
        assert store.query("SELECT answer_key FROM scores")[1] == [("k1",)]
        assert store.ingest() in (0, 1)  # a reader may have been first
    assert store.query("SELECT answer_key FROM scores")[1] == [("k1",)]
