from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from stored_rows import add_rows

from harness.errors import StoreError
from harness.evaluation.records import Evaluation
from harness.store.pruning import Pruned, prune
from harness.store.rows.evaluation_rows import evaluation_row, prediction_row
from harness.store.schema import migrations
from harness.store.store import Store
from harness.types import Prediction

AT = "2026-01-0{} 00:00:00"
REPLY = "x" * 904  # with its own row, 1000 bytes


@pytest.fixture
def measured(store: Store, evaluation: Callable[..., Evaluation]) -> Store:
    """The evaluations e1 to e4, used in that order, with an answer of 1000 bytes each; e1 and e4 share another."""
    names = [f"e{number}" for number in range(1, 5)]
    add_rows(
        store, "evaluations", [evaluation_row(replace(evaluation(name), created_at=AT.format(1))) for name in names]
    )
    for number, name in enumerate(names, start=1):
        asked(store, name, f"k{number}", f"c{number}")
        state(store, "evaluation", name, "complete", number)
    asked(store, "e1", "shared", "c0")
    asked(store, "e4", "shared", "c0")
    keys = ["k1", "k2", "k3", "k4", "shared"]
    add_rows(store, "predictions", [answer(key) for key in keys])
    return store


def asked(store: Store, evaluation: str, key: str, content: str) -> None:
    row = {"evaluation": evaluation, "position": 0, "content": content, "kind": "text", "answer_key": key}
    add_rows(store, "evaluation_cases", [row])


def answer(key: str, run: str | None = None) -> dict[str, Any]:
    return prediction_row(key, Prediction(f"{key}:0", "", "text", replies=(REPLY,)), run)


def state(store: Store, subject: str, name: str, said: str, day: int) -> None:
    add_rows(store, "states", [{"subject": subject, "id": name, "state": said, "at": AT.format(day)}])


def left(store: Store) -> list[str]:
    return [key for (key,) in store.query("SELECT answer_key FROM predictions ORDER BY ALL")[1]]


def test_what_was_used_longest_ago_goes_first_but_not_what_others_share(measured: Store) -> None:
    pruned = measured.prune(3_000)
    assert (pruned.answers, pruned.evaluations, pruned.before, pruned.after) == (2, 2, 5_000, 3_000)
    assert left(measured) == ["k3", "k4", "shared"]


def test_nothing_goes_where_there_is_room(measured: Store) -> None:
    assert measured.prune(5_000).answers == 0
    assert len(left(measured)) == 5


def test_a_dry_run_only_tells(measured: Store) -> None:
    assert measured.prune(0, dry_run=True).answers == 5
    assert len(left(measured)) == 5


def test_a_comparison_is_a_use_and_the_latest_ones_are_kept(measured: Store) -> None:
    run = {"command": "gate", "recipe": {}, "folder": "f", "started_at": AT.format(5)}
    add_rows(measured, "runs", [{"id": "r", **run}])
    compared = {"suite": "s", "baseline": "e1", "candidate": "e2", "body": {}, "at": AT.format(6)}
    add_rows(measured, "comparisons", [{"id": "c", "run": "r", **compared}])
    assert measured.prune(0).after == 3_000
    assert left(measured) == ["k1", "k2", "shared"]
    assert measured.prune(1_000, runs_kept=0).after == 1_000
    assert left(measured) == ["k2"]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("baselines", {"name": "b", "suite": "s", "evaluation": "e1", "at": AT.format(9)}),
        ("anchors", {"suite": "s", "evaluation": "e1", "at": AT.format(9)}),
        ("evaluation_names", {"name": "n", "evaluation": "e1", "at": AT.format(9)}),
        ("states", {"subject": "evaluation", "id": "e1", "state": "running", "at": AT.format(9)}),
    ],
)
def test_what_something_rests_on_is_kept(measured: Store, table: str, row: dict[str, Any]) -> None:
    add_rows(measured, table, [row])
    measured.prune(0)
    assert left(measured) == ["k1", "shared"]


def test_answers_of_no_evaluation_go_first_unless_their_run_goes_on(measured: Store) -> None:
    add_rows(measured, "predictions", [answer("done", "r1"), answer("going", "r2")])
    state(measured, "run", "r1", "complete", 9)
    state(measured, "run", "r2", "running", 9)
    measured.prune(6_000)
    assert left(measured) == ["going", "k1", "k2", "k3", "k4", "shared"]


def test_an_evaluation_says_that_its_answers_are_gone_until_it_is_complete_again(measured: Store) -> None:
    measured.prune(3_000)
    assert measured.removed(["e1", "e2", "e3"]).keys() == {"e1", "e2"}
    add_rows(
        measured, "states", [{"subject": "evaluation", "id": "e1", "state": "complete", "at": "2999-01-01 00:00:00"}]
    )
    assert measured.removed(["e1", "e2", "e3"]).keys() == {"e2"}


def test_a_pruned_store_is_smaller_and_whole(measured: Store, home: Path, score: Callable[..., Any]) -> None:
    rows = [answer(f"big{number}") for number in range(3_000)]
    add_rows(measured, "predictions", [{**row, "replies": [f"{number}" * 400]} for number, row in enumerate(rows)])
    add_rows(measured, "scores", [score(1)])
    before = (home / "store.duckdb").stat().st_size
    measured.prune(0)
    assert (home / "store.duckdb").stat().st_size < before / 1.5
    assert not list(home.glob("*.compact*"))
    assert measured.query("SELECT max(number) FROM migrations")[1] == [(migrations()[-1].number,)]
    add_rows(measured, "scores", [score(1), score(2)])  # the keys are still keys
    assert measured.query("SELECT count(*) FROM scores")[1] == [(2,)]


@pytest.mark.parametrize("failing", ["pathlib.Path.replace", "os.fsync"])
def test_a_file_that_could_not_be_made_smaller_stays_and_is_made_so_next_time(
    measured: Store, home: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def full(*values: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    first = inode(home)
    with monkeypatch.context() as patch:
        patch.setattr(failing, full)
        with pytest.raises(StoreError, match="could not be made smaller"):
            measured.prune(3_000)
    assert (left(measured), inode(home)) == (["k3", "k4", "shared"], first)
    assert not list(home.glob("*.compact*"))
    assert measured.prune(3_000).answers == 0
    second = inode(home)
    measured.prune(3_000)
    assert (left(measured), second != first, inode(home)) == (["k3", "k4", "shared"], True, second)


def inode(home: Path) -> int:
    """Which file the store is: another one after it was written anew."""
    return (home / "store.duckdb").stat().st_ino


def test_journals_of_dead_processes_go_and_those_at_work_stay(measured: Store, home: Path) -> None:
    for run in ("dead", "alive"):
        measured.journal(run).add("predictions", [answer(run, run)])  # never closed
        state(measured, "run", run, "running", 9)
    with measured.run_lock("alive"):
        measured.prune(10_000)
        assert [file.parent.name for file in (home / "journal").glob("*/*")] == ["alive"]
    assert {"dead", "alive"} < set(left(measured))


def test_rows_that_a_process_wrote_while_the_store_was_pruned_stay(
    measured: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, journal = measured.run_lock("late"), measured.journal("late")
    lock.acquire()
    journal.add("predictions", [answer("early", "late")])

    def prune_and_write(*values: Any, **named: Any) -> Pruned:
        journal.add("predictions", [answer("late", "late")])
        lock.release()
        return prune(*values, **named)

    monkeypatch.setattr("harness.store.store.prune", prune_and_write)
    measured.prune(10_000)
    assert {"early", "late"} < set(left(measured))


def test_sizes_tell_rows_and_files(measured: Store) -> None:
    sizes = {one.what: (one.count, one.bytes) for one in measured.sizes()}
    assert sizes["answers"] == (5, 5_000)
    assert sizes["scores"] == (0, 0)
    assert sizes["store.duckdb"][0] == 1
    assert sizes["trainings"] == (0, 0)
