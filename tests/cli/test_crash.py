"""`kill -9` at the worst moments, then the same command again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.report.json import from_json

if TYPE_CHECKING:
    from tests.cli.conftest import Run, Spawn
    from tests.conftest import Project

KILLED = 137
EVALUATE = ("evaluate", "fake:base.json", "--suite", "teams", "--json")


def killed(spawn: Spawn, *command: str) -> None:
    process = spawn(*command)
    _, err = process.communicate(timeout=30)
    assert process.returncode == KILLED, err


def undisturbed(project: Project, harness: Run, monkeypatch: Any, *command: str) -> Any:
    """The report of the same command in a project that nothing happened to."""
    monkeypatch.setenv("HARNESS_HOME", "undisturbed")
    report = from_json(harness(*command).json)
    monkeypatch.delenv("HARNESS_HOME")
    return report


def test_a_training_that_was_killed_goes_on_under_its_run(
    project: Project, harness: Run, spawn: Spawn, monkeypatch: Any
) -> None:
    trainer = {"use": "fake", "learns": project.replies(wrong=6), "die_after": 2, "death": "exit"}
    project.recipe(trainer=trainer)
    killed(spawn, "run", "recipe.yaml", "--json")
    (before,) = harness("runs", "--json").json
    resumed = harness("run", "recipe.yaml", "--json")
    report = from_json(resumed.json)
    assert (resumed.code, report.run, before["state"]) == (0, before["run"], "stopped")
    project.recipe(trainer={"use": "fake", "learns": project.replies(wrong=6)})
    whole = undisturbed(project, harness, monkeypatch, "run", "recipe.yaml", "--json")
    assert report.comparisons[0].metrics == whole.comparisons[0].metrics
    assert report.training.curve == whole.training.curve


def test_an_evaluation_that_was_killed_asks_only_what_is_missing(
    project: Project, harness: Run, spawn: Spawn, monkeypatch: Any
) -> None:
    project.model("base", wrong=30, die_after=20, death="exit")
    killed(spawn, *EVALUATE)
    (before,) = harness("runs", "--json").json
    resumed = harness(*EVALUATE)
    report = from_json(resumed.json)
    assert (resumed.code, report.run) == (0, before["run"])
    assert "on teams: 40 to do" in resumed.err
    project.model("base", wrong=30)
    whole = undisturbed(project, harness, monkeypatch, *EVALUATE)
    assert report.results[0].metrics == whole.results[0].metrics


def test_half_a_line_of_the_journal_is_lost_alone(project: Project, harness: Run, spawn: Spawn) -> None:
    project.model("base", wrong=30, die_after=20, death="exit")
    killed(spawn, *EVALUATE)
    (journal,) = Path(".harness/journal").glob("*/*.jsonl")
    written = journal.read_bytes()
    last = written.splitlines(keepends=True)[-1]
    assert b'"predictions"' in last
    journal.write_bytes(written[: -len(last) // 2])
    resumed = harness(*EVALUATE)
    assert (resumed.code, "on teams: 41 to do" in resumed.err) == (0, True)
    assert harness("sql", "SELECT count(*) AS n FROM predictions", "--json").json == [{"n": 60}]


def test_a_run_that_failed_is_told_so_and_resumed(project: Project, harness: Run) -> None:
    project.recipe(trainer={"use": "fake", "fail_on": "customer number 3", "steps": 2})
    failed = harness("run", "recipe.yaml")
    assert (failed.code, "the fake trainer fails on 'customer number 3'" in failed.err) == (4, True)
    assert "traceback: " in failed.err
    (before,) = harness("runs", "--json").json
    assert harness("run", "recipe.yaml").code == 4
    (after,) = harness("runs", "--json").json
    assert (before["state"], before["run"]) == ("failed", after["run"])
