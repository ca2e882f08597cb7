from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def test_a_name_points_at_the_evaluation_it_was_given_last(measured: Project, harness: Run) -> None:
    assert harness("baselines", "list").out == "no baseline yet; `harness baselines set NAME EVALUATION`\n"
    harness("baselines", "set", "main", "base")
    assert harness("baselines", "set", "main", "good", "--note", "nine of ten").out.startswith("main on teams is now ")
    (row,) = harness("baselines", "list", "--json").json
    assert (row["baseline"], row["suite"], row["note"]) == ("main", "teams", "nine of ten")
    assert row["model"].endswith("good.json")


def test_an_evaluation_that_is_not_there_is_named(measured: Project, harness: Run) -> None:
    result = harness("baselines", "set", "main", "goood")
    assert (result.code, "goood" in result.err, "did you mean 'good'" in result.err) == (2, True, True)


def test_an_exported_baseline_holds_identity_and_answers(measured: Project, harness: Run) -> None:
    harness("baselines", "set", "main", "good")
    result = harness("baselines", "export", "main", "out/main.json")
    assert result.out == "wrote out/main.json: 60 predictions of main on teams\n"
    content = json.loads((measured.folder / "out/main.json").read_text())
    assert content["schema"] == "finetune-harness/baseline/1"
    assert len(content["tables"]["predictions"]) == 60


def test_exporting_what_is_not_there_is_5(project: Project, harness: Run) -> None:
    result = harness("baselines", "export", "main", "main.json")
    assert (result.code, result.err) == (5, "harness: baseline 'main': there is none")


def test_a_name_that_serves_two_suites_is_exported_for_one_of_them(measured: Project, harness: Run) -> None:
    measured.suite("others", metrics=["accuracy"])
    harness("evaluate", "fake:good.json", "--suite", "others", "--name", "other")
    for name in ("good", "other"):
        harness("baselines", "set", "main", name)
    result = harness("baselines", "export", "main", "main.json")
    assert (result.code, "serves others, teams; say which with --suite" in result.err) == (2, True)
    assert harness("baselines", "export", "main", "main.json", "--suite", "others").code == 0
