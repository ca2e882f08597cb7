"""Evaluations that are at work, or were ended: what came so far is kept and can be read."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Run, Spawn
    from tests.conftest import Project

COMMAND = ("evaluate", "fake:base.json", "--suite", "teams")
HANGING = """
import time
from harness import Component, hookimpl

class Hanging:
    reads = "choice"
    def score(self, answered): time.sleep(600)
    def value(self, statistics): return 0.0

@hookimpl
def register_metrics():
    yield Component("hanging", Hanging)
"""


def until(true: Callable[[], Any], seconds: float = 60.0) -> Any:
    """What `true` returns as soon as it is."""
    deadline = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def answers(harness: Run) -> int:
    return int(harness("sql", "SELECT count(*) AS n FROM predictions", "--json").json[0]["n"])


def test_an_evaluation_at_work_shows_how_far_it_is(project: Project, harness: Run, spawn: Spawn) -> None:
    project.model("base", wrong=30, seconds=0.5)
    process = spawn(*COMMAND)
    until(lambda: answers(harness) > 2)
    (run,) = harness("runs", "--json").json
    (evaluation,) = run["unfinished"]
    assert (run["state"], evaluation["suite"], evaluation["wanted"]) == ("running", "teams", 60)
    assert 2 < evaluation["answered"] < 60
    assert re.search(r"teams: \d+ of 60 answers of .*base.json are stored; the run is at work", said(harness))
    process.kill()
    process.wait()
    assert harness("runs", "--json").json[0]["state"] == "stopped"
    assert "are stored; the same command goes on from there" in said(harness)


def said(harness: Run) -> str:
    return " ".join(harness("report", "latest", "--format", "markdown", "--output", "-").out.split())


def test_a_metric_that_hangs_costs_no_answer(project: Project, harness: Run, spawn: Spawn) -> None:
    plugin = project.write("hanging.py", HANGING)
    project.suite("teams", metrics=["hanging", "accuracy"])
    process = spawn(*COMMAND, "--plugin", plugin)
    until(lambda: answers(harness) == 60)
    process.kill()
    process.wait()
    project.suite("teams", metrics=["accuracy"])
    project.model("base", wrong=30, die_after=0)  # the same model; asked anything, it dies
    again = harness(*COMMAND)
    assert (again.code, "load " in again.err, answers(harness)) == (0, False, 60)


def test_who_measures_what_another_run_is_measuring_is_told(project: Project, harness: Run, spawn: Spawn) -> None:
    project.model("base", wrong=30, seconds=0.1)
    spawn(*COMMAND)
    until(lambda: answers(harness) > 2)
    second = harness(*COMMAND)
    first = harness("runs", "--json").json[-1]["run"]
    assert f"run {first} is measuring the same just now: what both ask for is stored once" in second.err
    assert (second.code, answers(harness)) == (0, 60)
