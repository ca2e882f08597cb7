from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

from harness.report.json import from_json

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def test_a_cycle_trains_and_shows_that_the_model_got_better(project: Project, harness: Run) -> None:
    result = harness("run", "recipe.yaml", "--json")
    report = from_json(result.json)
    (metric,) = report.comparisons[0].metrics
    assert (result.code, metric.verdict, metric.baseline, metric.candidate) == (0, "improved", 0.5, 0.9)
    assert (report.data.loaded, report.data.train, report.data.validation) == (12, 11, 1)
    assert (report.training.checkpoint_step, report.training.reused) == (4, False)
    assert (project.folder / "reports" / report.run / "run.log.jsonl").is_file()


def test_the_same_again_trains_nothing_and_asks_no_model(project: Project, harness: Run) -> None:
    first = from_json(harness("run", "recipe.yaml", "--json").json)
    project.model("base", wrong=30, die_after=0)  # the same model; asked anything, it dies
    result = harness("run", "recipe.yaml", "--json")
    second = from_json(result.json)
    assert (result.code, second.training.reused, second.run == first.run) == (0, True, False)
    assert second.comparisons[0].metrics == first.comparisons[0].metrics
    assert "training is unchanged" in result.err


def test_a_check_stops_before_the_model_and_leaves_no_run(project: Project, harness: Run) -> None:
    project.model("base", wrong=30, die_after=0)
    result = harness("run", "recipe.yaml", "--check")
    assert result.code == 0
    assert result.out.splitlines()[1:] == [
        "  data: 12 loaded, 12 kept; 11 to train on, 1 to validate on",
        "  teams: 60 cases (gate)",
    ]
    assert not (project.folder / ".harness").exists()


def test_a_recipe_names_its_plugin_files(project: Project, harness: Run) -> None:
    recipe = project.recipe(plugins={"files": [str(project.plugin)]})
    assert harness("run", recipe, "--check").code == 0


def test_a_baseline_takes_the_place_of_the_starting_model(measured: Project, harness: Run) -> None:
    harness("baselines", "set", "main", "near")
    report = from_json(harness("run", "recipe.yaml", "--baseline", "main", "--json").json)
    assert report.comparisons[0].baseline.name == "near"
    result = harness("run", "recipe.yaml", "--baseline", "other")
    assert (result.code, "baseline 'other': there is none on suite 'teams'; known: main" in result.err) == (5, True)


def test_a_conversation_that_is_a_case_of_any_suite_is_dropped_and_reported(project: Project, harness: Run) -> None:
    shipped = files("harness_suites").joinpath("support-intents.jsonl").read_text("utf-8").splitlines()[0]
    question = json.loads(shipped)["messages"][-1]["content"]
    case = {"id": "a", "messages": [{"role": "user", "content": "Where do the other suites live?"}], "reference": "x"}
    project.write("suites/words.jsonl", json.dumps(case))
    project.suite("words", cases="words.jsonl", choices=None, metrics=["exact-match"])
    project.talk("which TEAM answers letter 8", "Where do the other suites live?", question)
    report = from_json(harness("run", "recipe.yaml", "--json").json)
    assert (report.data.loaded, report.data.kept) == (15, 12)
    assert [(one.suite, one.conversations, one.action) for one in report.data.contamination] == [
        ("support-intents", 1, "removed"),
        ("teams", 1, "removed"),
        ("words", 1, "removed"),
    ]


def test_nothing_to_train_on_is_2(project: Project, harness: Run) -> None:
    file = project.talk()
    file.write_text('{"messages": [{"role": "user", "content": "Which team answers letter 8?"}, '
                    '{"role": "assistant", "content": "returns"}]}\n')  # fmt: skip
    result = harness("run", "recipe.yaml")
    assert (result.code, "no conversation is left" in result.err) == (2, True)


def test_drawn_replies_that_lost_nothing_are_on_the_report(project: Project, harness: Run) -> None:
    cases = (project.folder / "suites/cases.jsonl").read_text(encoding="utf-8")
    project.write("suites/cases.jsonl", cases.replace('"answer":', '"reference":'))
    metrics = [{"use": "exact-match", "role": "primary"}]
    project.suite("teams", choices=None, metrics=metrics, generation={"temperature": 0.7})
    (comparison,) = harness("run", "recipe.yaml", "--json").json["comparisons"]
    assert comparison["metrics"][0]["verdict"] == "improved"
