"""What changes between two looks at the same thing: models, suites, faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from harness.comparison.records import Comparison
from harness.report.json import from_json

if TYPE_CHECKING:
    from tests.cli.conftest import Result, Run
    from tests.conftest import Project

TEAMS = ("--suite", "teams")


def compared(result: Result) -> Comparison:
    (comparison,) = from_json(result.json).comparisons
    return comparison


def test_a_model_that_is_measured_again_is_the_newest(project: Project, harness: Run) -> None:
    for name, wrong in (("old", 2), ("broken", 40), ("new", 1)):
        harness("evaluate", project.model(name, wrong), *TEAMS, "--name", name)
    harness("evaluate", "fake:broken.json", *TEAMS)
    result = harness("gate", *TEAMS, "--baseline", "old", "--json")
    assert (result.code, compared(result).candidate.name) == (1, "broken")


def test_the_gate_does_not_judge_the_baseline_by_itself_unasked(project: Project, harness: Run) -> None:
    harness("evaluate", project.model("only"), *TEAMS, "--name", "only")
    result = harness("gate", *TEAMS, "--baseline", "only")
    assert result.code == 2
    assert "is the baseline itself" in result.err


def test_an_edited_suite_decides_on_the_cases_it_still_has(project: Project, harness: Run) -> None:
    for name, wrong in (("before", 0), ("after", 30)):
        harness("evaluate", project.model(name, wrong), *TEAMS, "--name", name)
    cases = project.folder / "suites" / "cases.jsonl"
    cases.write_text("".join(cases.read_text(encoding="utf-8").splitlines(keepends=True)[30:]), encoding="utf-8")
    result = harness("gate", *TEAMS, "--baseline", "before", "--candidate", "after", "--json")
    assert compared(result).metrics[0].n == 30
    assert compared(result).metrics[0].candidate == 1.0
    assert "the suite has changed since the candidate was measured" in compared(result).warnings[1]


def test_cases_added_after_a_measurement_are_not_passed_over(project: Project, harness: Run) -> None:
    for name in ("before", "after"):
        harness("evaluate", project.model(name, 1 if name == "after" else 0), *TEAMS, "--name", name)
    cases = project.folder / "suites" / "cases.jsonl"
    more = [json.dumps({"prompt": f"New letter {n}?", "answer": "billing"}) for n in range(10)]
    cases.write_text(cases.read_text(encoding="utf-8") + "\n".join(more) + "\n", encoding="utf-8")
    result = harness("gate", *TEAMS, "--baseline", "before", "--candidate", "after", "--json")
    assert (result.code, compared(result).metrics[0].added) == (5, 10)


def test_a_fault_that_is_mended_is_not_remembered_as_the_answer(project: Project, harness: Run) -> None:
    model = project.model("good", fail_on="letter 1")
    assert harness("evaluate", model, *TEAMS).code == 4
    project.model("good")
    result = harness("evaluate", model, *TEAMS, "--json")
    assert result.code == 0
    assert from_json(result.json).results[0].metrics[0].errors == 0


def test_two_cases_with_one_question_have_two_recorded_answers(project: Project, harness: Run) -> None:
    rows = [{"id": name, "prompt": "Which team?", "answer": name} for name in ("billing", "delivery")]
    rows += [{"id": f"r{n}", "prompt": f"Letter {n}", "answer": "returns"} for n in range(10)]
    project.write("suites/cases.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    right = "".join(json.dumps({"id": row["id"], "text": row["answer"]}) + "\n" for row in rows)
    answers = project.write("answers.jsonl", right)
    result = harness("evaluate", "--predictions", answers, *TEAMS, "--json")
    assert from_json(result.json).results[0].metrics[0].value == 1.0
    Path(answers).write_text("".join(right.splitlines(keepends=True)[1:]), encoding="utf-8")
    assert harness("evaluate", "--predictions", answers, *TEAMS).code == 4


def test_another_suite_of_the_same_name_is_kept_out_of_training(project: Project, harness: Run) -> None:
    project.write("other/cases.jsonl", json.dumps({"prompt": "Somewhere else?", "answer": "billing"}) + "\n")
    file = project.suite("teams", metrics=["accuracy"])
    project.write("other/teams.yaml", file.read_text(encoding="utf-8"))
    question = "Which team answers letter 7?"
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": "delivery"}]
    talk = (project.folder / "talk.jsonl").read_text(encoding="utf-8")
    project.write("talk.jsonl", talk + json.dumps({"messages": turns}) + "\n")
    project.recipe(suites=["other/teams.yaml"])
    result = harness("run", "recipe.yaml", "--json")
    assert result.out, result.err
    report = from_json(result.json)
    assert report.data is not None
    assert [(one.suite, one.conversations) for one in report.data.contamination] == [("teams", 1)]


def test_a_reply_that_was_never_asked_for_is_missing_to_a_safety_check(project: Project, harness: Run) -> None:
    lines = (project.folder / "suites/cases.jsonl").read_text().replace('"answer":', '"reference":').splitlines()
    project.write("suites/cases.jsonl", "\n".join(lines[:30]))
    project.suite("teams", choices=None, metrics=[], checks=[{"use": "pii", "limit": 0.12}])
    for name in ("good", "base"):
        assert harness("evaluate", f"fake:{name}.json", "--suite", "teams", "--name", name).code == 0
    project.write("suites/cases.jsonl", "\n".join(lines))
    result = harness("gate", "--suite", "teams", "--baseline", "good", "--candidate", "base", "--json")
    (check,) = result.json["comparisons"][0]["checks"]
    assert (result.code, check["reason"]) == (4, "30 of 60 answers are missing or failed")
