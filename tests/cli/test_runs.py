from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def test_runs_are_listed_newest_first_with_state_and_decision(measured: Project, harness: Run) -> None:
    harness("compare", "good", "base")
    rows = harness("runs", "--json", "--limit", "2").json
    assert [(row["command"], row["state"], row["decision"]) for row in rows] == [
        ("compare good base", "complete", "exit 1"),
        ("evaluate fake:base.json --suite teams", "complete", ""),
    ]


def test_a_new_project_says_how_to_begin(project: Project, harness: Run) -> None:
    result = harness("runs")
    assert (result.code, result.out) == (0, "no run yet; start with `harness demo`\n")
    assert harness("runs", "--json").json == []
