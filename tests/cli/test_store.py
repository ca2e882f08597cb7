from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from tests.cli.conftest import Run
    from tests.conftest import Project


def answers(harness: Run) -> int:
    return int(harness("sql", "SELECT count(*) AS n FROM predictions", "--json").json[0]["n"])


def test_pruned_answers_are_asked_again_and_figures_stay(project: Project, harness: Run) -> None:
    command = ("evaluate", "fake:good.json", "--suite", "teams", "--json")
    first = harness(*command).json["results"]
    told = harness("store", "prune", "--max-size", "0", "--dry-run")
    assert (told.code, "would remove 60 answers of 1 evaluations: " in told.out) == (0, True)
    assert harness("store", "prune", "--max-size", "0", "--json").json["answers"] == 60
    counted = "SELECT (SELECT count(*) FROM scores) AS scores, (SELECT count(*) FROM figures) AS figures"
    assert harness("sql", counted, "--json").json == [{"scores": 0, "figures": 1}]
    again = harness(*command)
    assert "on teams: 60 to do" in again.err
    assert again.json["results"][0]["metrics"] == first[0]["metrics"]


def test_a_new_metric_on_removed_answers_says_why_it_is_incomplete(project: Project, harness: Run) -> None:
    for name in ("good", "base"):
        assert harness("evaluate", f"fake:{name}.json", "--suite", "teams").code == 0
    harness("store", "prune", "--max-size", "0")
    project.suite("teams", metrics=[{"use": "macro-f1", "role": "primary"}])
    good, base = (row["id"] for row in harness("sql", "SELECT id FROM evaluations ORDER BY model", "--json").json)
    result = harness("compare", good, base, "--json")
    assert result.code == 4
    said = "the answers of the baseline and the candidate were removed from the store; the same evaluation asks again"
    assert said in result.json["comparisons"][0]["metrics"][0]["reason"]


def test_what_a_gate_rests_on_is_kept_and_said_to_be(measured: Project, harness: Run) -> None:
    harness("compare", "good", "near")
    pruned = harness("store", "prune", "--max-size", "1kB")
    assert (pruned.code, "rest on the rest" in pruned.out, answers(harness)) == (0, True, 180)


def test_a_bound_of_the_environment_holds_after_every_run(
    project: Project, harness: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_STORE_MAX_SIZE", "1kB")
    result = harness("evaluate", "fake:good.json", "--suite", "teams")
    assert (result.code, answers(harness)) == (0, 0)
    assert "removed 60 answers of 1 evaluations" in result.err


def test_a_bound_that_is_no_size_is_refused_before_the_run(
    project: Project, harness: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_STORE_MAX_SIZE", "huge")
    result = harness("evaluate", "fake:good.json", "--suite", "teams")
    assert (result.code, "HARNESS_STORE_MAX_SIZE: 'huge' is no size" in result.err) == (2, True)
    assert harness("runs", "--json").json == []


def test_sizes_are_listed(measured: Project, harness: Run) -> None:
    rows = {row["what"]: row["count"] for row in harness("store", "size", "--json").json}
    assert rows["answers"] == 180
    assert list(rows) == ["answers", "scores", "store.duckdb", "journal", "trainings"]
    assert "answers" in harness("store", "size").out
