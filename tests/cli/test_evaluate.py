from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.report.json import from_json

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project

COMMAND = ("evaluate", "fake:good.json", "--suite", "teams")
METRIC = """
from harness import Component, hookimpl

class Letters:
    reads = "choice"
    def score(self, answered): return {"sum": EACH, "count": 1.0}
    def value(self, statistics): return statistics["sum"] / statistics["count"]

@hookimpl
def register_metrics():
    yield Component("letters", Letters)
"""


def figure(result: object, metric: int = 0) -> float | None:
    return from_json(result.json).results[0].metrics[metric].value  # type: ignore[attr-defined]


def test_its_figures_come_with_an_interval_and_a_next_step(project: Project, harness: Run) -> None:
    result = harness(*COMMAND, "--name", "first", "--json")
    report = from_json(result.json)
    (metric,) = report.results[0].metrics
    assert (result.code, metric.value, metric.n) == (0, 0.9, 60)
    assert metric.low < 0.9 < metric.high
    assert report.results[0].evaluation.name == "first"
    assert report.next_steps[-1].command == "harness baselines set NAME first"


def test_an_evaluation_alone_is_no_comparison_with_itself(project: Project, harness: Run) -> None:
    (metric,) = harness(*COMMAND, "--json").json["results"][0]["metrics"]
    assert metric.keys() == {
        *("suite", "metric", "role", "value", "low", "high", "level", "low95", "high95", "higher_is_better"),
        *("n", "clusters", "errors", "reason", "key", "notes"),
    }
    shown = harness(*COMMAND).out
    assert [line for line in shown.splitlines() if line.startswith(" model")]
    assert not [word for word in ("candidate", "baseline  ", "difference", "not worse", "candidate →") if word in shown]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("statistics['sum'] * float('nan')", "the value is not a number"),
        ("1 / 0", "value: ZeroDivisionError: division by zero"),
        ("statistics['none']", "value: KeyError: 'none'"),
    ],
)
def test_a_metric_without_a_value_is_told_without_a_baseline(
    project: Project, harness: Run, value: str, said: str
) -> None:
    code = METRIC.replace("EACH", "1.0")
    plugin = project.write("letters.py", re.sub(r"return statistics.*", f"return {value}", code))
    project.suite("teams", metrics=["letters"])
    result = harness(*COMMAND, "--plugin", plugin)
    assert (result.code, said in " ".join(result.out.split())) == (4, True), result.out
    assert "baseline" not in result.out


def test_what_is_known_is_not_asked_again(project: Project, harness: Run) -> None:
    first = harness(*COMMAND, "--json")
    project.model("good", wrong=6, die_after=0)  # the same model; asked anything, it dies
    again = harness(*COMMAND, "--json")
    assert (again.code, figure(again)) == (0, figure(first))
    assert "load " not in again.err


def test_changed_metric_code_scores_the_stored_answers_anew(project: Project, harness: Run) -> None:
    plugin = project.write("letters.py", METRIC.replace("EACH", "1.0"))
    project.suite("teams", metrics=["letters"])
    assert figure(harness(*COMMAND, "--json", "--plugin", plugin)) == 1.0
    project.model("good", wrong=6, die_after=0)
    project.write("letters.py", METRIC.replace("EACH", "0.25"))
    assert figure(harness(*COMMAND, "--json", "--plugin", plugin)) == 0.25


def test_a_metric_that_calls_something_else_warnings_or_chosen_is_measured(project: Project, harness: Run) -> None:
    named = METRIC.replace("EACH", "1.0").replace(
        '    reads = "choice"', '    reads, warnings, chosen = "choice", [], 3'
    )
    project.suite("teams", metrics=["letters"])
    evaluate = ("evaluate", "--predictions", project.answers("a.jsonl"), "--suite", "teams", "--json")
    assert figure(harness(*evaluate, "--plugin", project.write("letters.py", named))) == 1.0


def test_an_edited_suite_is_another_version_of_which_only_the_new_case_is_asked(project: Project, harness: Run) -> None:
    first = from_json(harness(*COMMAND, "--json").json).results[0].evaluation
    cases = (project.folder / "suites/cases.jsonl").read_text()
    project.write("suites/cases.jsonl", cases.replace("answers letter 7?", "will answer letter 7?"))
    result = harness(*COMMAND, "--json")
    second = from_json(result.json).results[0].evaluation
    assert "on teams: 1 to do" in result.err
    assert first.suite_version != second.suite_version
    stored = {row["key"]: row["value"] for row in harness("suites", "show", "teams", "--json").json}["stored"]
    assert first.suite_version[:12] in stored
    assert second.suite_version[:12] in stored


def test_a_case_that_the_model_fails_on_counts_and_makes_too_few_answers_incomplete(
    project: Project, harness: Run
) -> None:
    project.model("good", wrong=6, fail_on="letter 59")
    result = harness(*COMMAND, "--json")
    (metric,) = from_json(result.json).results[0].metrics
    assert (result.code, metric.value, metric.errors) == (4, None, 1)


def test_recorded_answers_may_be_texts_and_log_probabilities(project: Project, harness: Run) -> None:
    file = project.answers("answers.jsonl", wrong=3, count=58)
    given = [
        {"id": "letter-58", "choice_logprobs": [-3.0, -0.1, -4.0]},  # delivery, right
        {"id": "letter-59", "choice_logprobs": {"returns": -0.2, "billing": -0.1, "delivery": -9}},  # billing, wrong
    ]
    with file.open("a") as opened:
        opened.write("".join("\n" + json.dumps(row) for row in given))
    result = harness("evaluate", "--predictions", file, "--suite", "teams", "--json")
    assert figure(result) == 56 / 60
    assert from_json(result.json).models[0].verified is False


def test_a_recorded_error_counts_as_one(project: Project, harness: Run) -> None:
    file = project.answers("answers.jsonl", count=59)
    with file.open("a") as opened:
        opened.write('\n{"id": "letter-59", "error": "timed out"}')
    result = harness("evaluate", "--predictions", file, "--suite", "teams", "--json")
    (metric,) = from_json(result.json).results[0].metrics
    assert (result.code, metric.value, metric.errors) == (4, None, 1)


def test_a_bad_line_of_recorded_answers_is_named(project: Project, harness: Run) -> None:
    file = project.write("answers.jsonl", '{"id": "letter-1", "text": "a"}\n{"id": "lettre-2", "text": "b"}\n')
    result = harness("evaluate", "--predictions", file, "--suite", "teams")
    assert result.code == 2
    assert "answers.jsonl:2: id 'lettre-2' is no case of the suite (did you mean 'letter-2'?)" in result.err


def test_several_suites_are_measured_with_one_load_of_the_model(project: Project, harness: Run) -> None:
    case = {
        "id": "a",
        "messages": [{"role": "user", "content": "Which team answers letter 7?"}],
        "references": ["Hello"],
    }
    project.write("suites/words.jsonl", json.dumps(case))
    project.suite("words", cases="words.jsonl", choices=None, metrics=["exact-match"], checks=["pii"])
    result = harness(*COMMAND, "--suite", "words", "--json")
    report = from_json(result.json)
    assert [one.evaluation.suite for one in report.results] == ["teams", "words"]
    assert (report.results[1].checks[0].found, report.results[1].checks[0].n) == (0, 1)
    assert result.err.count("load ") == 2  # once begun, once done


EXPLAINS = """
from harness import Component, hookimpl
from harness.testing.fakes import FakeBackend

class Talks(FakeBackend):
    def explain(self, request, requests):
        yield f"{request.model.reference}: {len(requests)} requests"

@hookimpl
def register_backends():
    yield Component("talks", Talks)
"""


def test_the_plan_is_explained_and_nothing_is_asked_or_stored(project: Project, harness: Run) -> None:
    plugin = project.write("talks.py", EXPLAINS)
    project.model("good", die_after=0)
    command = ("evaluate", "talks:good.json", "--suite", "teams", "--explain-plan", "--plugin", plugin)
    said = harness(*command)
    assert (said.code, said.out.splitlines()[0]) == (0, "teams: 60 cases")
    assert said.out.splitlines()[1].endswith("good.json: 60 requests")
    assert harness(*command, "--json").json == said.out.splitlines()
    assert harness("runs", "--json").json == []


def test_a_backend_without_plan_and_recorded_answers_have_none_to_explain(project: Project, harness: Run) -> None:
    said = harness(*COMMAND, "--explain-plan")
    assert (said.code, "backend 'fake' plans nothing" in said.err) == (2, True)
    answers = project.write("answers.jsonl", '{"id": "0", "text": "billing"}\n')
    said = harness("evaluate", "--predictions", answers, "--suite", "teams", "--explain-plan")
    assert (said.code, "--explain-plan" in said.err) == (2, True)


UNSEEN = "metric 'rouge-l': the references of 60 of 60 cases, such as 'letter-0', have no word that it sees"


@pytest.fixture
def greek(project: Project) -> Project:
    """The project with a suite whose references no word-based metric for ASCII sees."""
    lines = [json.loads(line) for line in Path("suites/cases.jsonl").read_text().splitlines()]
    rows = [{"id": one["id"], "messages": one["messages"], "reference": "Δεν ξέρω"} for one in lines]
    project.write("suites/greek.jsonl", "\n".join(map(json.dumps, rows)))
    project.suite("greek", cases="greek.jsonl", choices=None, metrics=["rouge-l", "chrf"])
    project.recipe(suites=["greek"])
    return project


@pytest.mark.parametrize("command", [("run", "recipe.yaml", "--check"), ("power", "greek")])
def test_what_a_metric_will_not_see_is_told_before_a_model_is_asked(
    greek: Project, harness: Run, command: tuple[str, ...]
) -> None:
    said = "".join(harness(*command).err.split())  # a long path is broken where a line ends
    assert ("suites/greek.yaml" in said, "".join(UNSEEN.split()) in said) == (True, True)


def test_what_a_metric_does_not_see_is_told_with_its_figures(greek: Project, harness: Run) -> None:
    result = harness("evaluate", "fake:good.json", "--suite", "greek", "--json")
    assert UNSEEN in result.err
    rouge, chrf = result.json["results"][0]["metrics"]
    assert [one.startswith(UNSEEN.partition(": ")[2]) for one in rouge["notes"]] == [True]
    assert chrf["notes"] == []
    shown = harness("evaluate", "fake:good.json", "--suite", "greek").out
    assert "rouge-l: the references of 60 of 60" in " ".join(shown.split())


def test_what_a_metric_does_not_see_is_told_with_its_verdict(greek: Project, harness: Run) -> None:
    for name in ("base", "good"):
        harness("evaluate", f"fake:{name}.json", "--suite", "greek", "--name", name)
    shown = [harness("compare", "base", "good").out]
    shown += [
        harness("report", "--format", form, "--output", "-").out for form in ("markdown", "html", "junit", "json")
    ]
    for said in (" ".join(one.split()).replace("&#39;", "'") for one in shown):
        assert "the references of 60 of 60 cases, such as " in said
