"""A gate that measured nothing says so: no way to it is green by mistake, and none looks like a regression."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from harness.testing.fakes import write_fake_model

if TYPE_CHECKING:
    from tests.cli.conftest import Result, Run
    from tests.conftest import Project

Arguments: TypeAlias = Sequence[str | Path]
Arrange: TypeAlias = "Callable[[Project, Run], Arguments]"
"""Brings the situation about in a project where `good`, `near` and `base` are measured; what `gate` is called with."""

ACCURACY = {"use": "accuracy", "role": "primary"}
PLUGIN = """
from harness import Component, hookimpl

class Given:
    reads = "READS"
    bounds = (0.0, 1.0)
    def score(self, answered): return {"sum": SCORE, "count": 1.0}
    def value(self, statistics): return VALUE

@hookimpl
def register_metrics():
    yield Component("given", Given)
"""


@dataclass(frozen=True)
class Situation:
    """What the gate ends with: exit code, verdict of the metric in question (None where there is no report), words."""

    name: str
    arrange: Arrange
    code: int
    verdict: str | None
    said: str


def gate(baseline: str | Path, candidate: str) -> Arguments:
    return ("--baseline", baseline, "--candidate", candidate)


def recorded(file: Path) -> Arguments:
    return ("--baseline", "good", "--predictions", file)


def given(score: str = "1.0", value: str = "statistics['sum'] / statistics['count']", reads: str = "choice") -> Arrange:
    """The suite has a second metric, `given`, whose plugin is loaded."""

    def arrange(project: Project, harness: Run) -> Arguments:
        project.suite("teams", metrics=[ACCURACY, "given"])
        code = PLUGIN.replace("SCORE", score).replace("VALUE", value).replace("READS", reads)
        return (*gate("base", "good"), "--plugin", project.write("given.py", code))

    return arrange


def empty_suite(project: Project, harness: Run) -> Arguments:
    project.write("suites/cases.jsonl", "\n")
    return gate("base", "good")


def suite_without_metrics(project: Project, harness: Run) -> Arguments:
    project.suite("teams", metrics=[])
    return gate("base", "good")


def tier_without_cases(project: Project, harness: Run) -> Arguments:
    return (*recorded(project.answers("answers.jsonl")), "--tier", "dev")


def only_watched(project: Project, harness: Run) -> Arguments:
    project.suite("teams", metrics=[{"use": "accuracy", "role": "watch", "margin": 0.02}])
    return gate("base", "good")


def check_without_replies(project: Project, harness: Run) -> Arguments:
    project.suite("teams", metrics=[{"use": "accuracy", "role": "watch"}], checks=[{"use": "pii", "limit": 0.1}])
    return gate("base", "good")


def plugin_gone(project: Project, harness: Run) -> Arguments:
    return given()(project, harness)[:4]


def plugin_disabled(project: Project, harness: Run) -> Arguments:
    return (*gate("base", "good"), "--disable-plugin", "harness-metrics")


def plugin_broken(project: Project, harness: Run) -> Arguments:
    arguments = given()(project, harness)
    project.write("given.py", "raise RuntimeError('no CUDA')\n")
    return arguments


def measured_on_one_side(project: Project, harness: Run) -> Arguments:
    arguments = given(reads="text")(project, harness)
    return (*recorded(project.answers("answers.jsonl")), *arguments[4:])


def every_answer_failed(side: str) -> Arrange:
    def arrange(project: Project, harness: Run) -> Arguments:
        project.model("dead", fail_on="letter")
        assert harness("evaluate", "fake:dead.json", "--suite", "teams", "--name", "dead").code == 4
        return gate("good", "dead") if side == "candidate" else gate("dead", "good")

    return arrange


def part_of_the_answers(project: Project, harness: Run) -> Arguments:
    return recorded(project.answers("answers.jsonl", count=40))


def no_choices(project: Project, harness: Run) -> Arguments:
    answers = project.answers("answers.jsonl").read_text(encoding="utf-8")
    return recorded(project.write("answers.jsonl", answers.replace('"text": "', '"text": "Hm, ')))


def no_answers(project: Project, harness: Run) -> Arguments:
    return recorded(project.write("answers.jsonl", ""))


def killed_halfway(project: Project, harness: Run) -> Arguments:
    project.model("dying", die_after=10)
    harness("evaluate", "fake:dying.json", "--suite", "teams", "--name", "dying")
    return gate("good", "dying")


def other_version(project: Project, harness: Run) -> Arguments:
    cases = (project.folder / "suites/cases.jsonl").read_text()
    project.write("suites/cases.jsonl", cases.replace("Which team answers", "Who replies to"))
    assert harness("evaluate", "fake:good.json", "--suite", "teams", "--name", "later").code == 0
    return gate("base", "later")


def same_model(project: Project, harness: Run) -> Arguments:
    project.model("copy", wrong=6)
    assert harness("evaluate", "fake:copy.json", "--suite", "teams", "--name", "copy").code == 0
    return gate("good", "copy")


def nothing_new(project: Project, harness: Run) -> Arguments:
    return ("--baseline", "base")


def no_baseline(project: Project, harness: Run) -> Arguments:
    return gate("main", "good")


def no_baseline_file(project: Project, harness: Run) -> Arguments:
    return gate(project.write("main.json", ""), "good")


def all_wrong(project: Project, harness: Run) -> Arguments:
    for name in ("zero", "none"):
        write_fake_model(project.folder / f"{name}.json", {**project.replies(wrong=60), "My name?": name})
        assert harness("evaluate", f"fake:{name}.json", "--suite", "teams", "--name", name).code == 0
    return gate("zero", "none")


def few_clusters(project: Project, harness: Run) -> Arguments:
    rows = [json.loads(line) for line in (project.folder / "suites/cases.jsonl").read_text().splitlines()]
    clustered = [json.dumps({**row, "cluster": str(number % 3)}) for number, row in enumerate(rows)]
    project.write("suites/cases.jsonl", "\n".join(clustered))
    return gate("good", "base")


SITUATIONS = (
    Situation("the suite has no cases", empty_suite, 2, None, "cases.jsonl: is empty; write one JSON object a line"),
    Situation("the suite measures nothing", suite_without_metrics, 2, None, "so nothing would be measured"),
    Situation("the tier has no cases", tier_without_cases, 2, None, "suite 'teams' has no case in tier 'dev'"),
    Situation("all metrics are watched", only_watched, 4, "improved", "there is no primary or guard metric"),
    Situation("a check saw no reply", check_without_replies, 4, "improved", "60 of 60 answers are missing or failed"),
    Situation(
        "a metric raises", given("1 / 0"), 4, "incomplete", "metric 'given': score of case 'letter-0': ZeroDivision"
    ),
    Situation(
        "a metric's figure raises", given(value="1 / 0"), 4, "incomplete", "metric 'given': value: ZeroDivisionError"
    ),
    Situation("a score is NaN", given("float('nan')"), 4, "incomplete", "ValueError: statistic 'sum' is nan"),
    Situation(
        "a figure is NaN",
        given(value="statistics['sum'] * float('nan')"),
        4,
        "incomplete",
        "the value of the baseline and the candidate is not a number",
    ),
    Situation("the plugin is gone", plugin_gone, 2, None, "unknown metric 'given'; available: accuracy"),
    Situation("the plugin is disabled", plugin_disabled, 2, None, "unknown metric 'accuracy'; available: none"),
    Situation("the plugin is broken", plugin_broken, 2, None, "cannot be imported: RuntimeError: no CUDA"),
    Situation(
        "one side lacks the metric",
        measured_on_one_side,
        4,
        "incomplete",
        "teams given incomplete: the baseline was never",
    ),
    Situation(
        "every answer failed", every_answer_failed("candidate"), 4, "incomplete", "60 of 60 answers of the candidate"
    ),
    Situation(
        "every answer of the baseline failed",
        every_answer_failed("baseline"),
        4,
        "incomplete",
        "60 of 60 answers of the baseline",
    ),
    Situation("a third was not answered", part_of_the_answers, 4, "incomplete", "20 of 60 answers of the candidate"),
    Situation(
        "no reply is a choice", no_choices, 4, "incomplete", "60 of 60 replies of the candidate are none of the choices"
    ),
    Situation("the file of answers is empty", no_answers, 2, None, "answers.jsonl: is empty; write one JSON object"),
    Situation("the evaluation was killed", killed_halfway, 4, "incomplete", "the candidate was cut short; the same"),
    Situation(
        "all cases were edited", other_version, 5, "incompatible", "all of them were edited since the baseline was"
    ),
    Situation("the same model twice", same_model, 0, "not worse", "both sides are the same model: nothing was"),
    Situation("nothing was measured since", nothing_new, 2, None, "what was measured last on 'teams' is the baseline"),
    Situation("there is no baseline", no_baseline, 5, None, "baseline 'main': there is none on suite 'teams'"),
    Situation("the file holds no baseline", no_baseline_file, 2, None, "main.json: is no baseline of"),
    Situation(
        "both are wrong everywhere", all_wrong, 3, "inconclusive", "both sides are at the worst value, 0: a loss"
    ),
    Situation("too few clusters", few_clusters, 3, "inconclusive", "too few clusters to tell: 3, at least 5"),
)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda one: one.name.replace(" ", "-"))
def test_the_gate_says_that_nothing_was_measured_and_why(measured: Project, harness: Run, situation: Situation) -> None:
    arguments = situation.arrange(measured, harness)
    result = harness("gate", "--suite", "teams", *arguments, "--json")
    assert (result.code, verdict(result)) == (situation.code, situation.verdict)
    assert situation.said in f"{result.err} {result.out}"


def verdict(result: Result) -> str | None:
    """Of the metric that was added last, where there is a report."""
    if not result.out:
        return None
    return str(result.json["comparisons"][0]["metrics"][-1]["verdict"])


def test_only_the_same_model_passes_and_nothing_is_called_a_regression() -> None:
    assert {one.name for one in SITUATIONS if one.code == 0} == {"the same model twice"}
    assert {one.code for one in SITUATIONS} == {0, 2, 3, 4, 5}
