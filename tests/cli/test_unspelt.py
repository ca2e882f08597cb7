"""Replies that are none of the choices, as they are told and decided on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run
    from tests.conftest import Project

PLUGIN = """
from harness import Component, hookimpl, metric

@metric(reads="choice")
def billed(answered) -> bool:
    return answered.choice() == "billing"

class Different:
    reads = "choice"
    bounds = (0.0, 3.0)
    def compute(self, answered):
        return float(len({one.choice() for one in answered} - {None}))

@hookimpl
def register_metrics():
    yield billed
    yield Component("different", Different)
"""


def answers(project: Project, name: str, form: str, count: int = 60) -> Path:
    """The right answers of all cases, the first `count` of them written in that form."""
    said = [form.format(text) if n < count else text for n, text in enumerate(project.replies().values())]
    rows = [json.dumps({"id": f"letter-{n}", "text": text}, ensure_ascii=False) for n, text in enumerate(said)]
    return project.write(name, "\n".join(rows))


def folded(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("form", ["{}.", "**{}**", "„{}“", "- `{}`", "（{}）"])
def test_the_right_choice_in_punctuation_and_markup_is_right(project: Project, harness: Run, form: str) -> None:
    file = answers(project, "a.jsonl", form)
    (metric,) = harness("evaluate", "--predictions", file, "--suite", "teams", "--json").json["results"][0]["metrics"]
    assert (metric["value"], metric["notes"]) == (1.0, [])


def test_what_is_none_of_the_choices_is_counted_with_an_example(project: Project, harness: Run) -> None:
    file = answers(project, "a.jsonl", "It is {}, I think", count=12)
    result = harness("evaluate", "--predictions", file, "--suite", "teams", "--json")
    (metric,) = result.json["results"][0]["metrics"]
    assert (result.code, metric["value"]) == (0, 0.8)
    assert metric["notes"] == ["12 of 60 replies are none of the choices, such as “It is billing, I think”"]
    shown = harness("evaluate", "--predictions", file, "--suite", "teams").out
    assert "accuracy: 12 of 60 replies are none of the choices" in folded(shown)


def test_replies_that_are_all_none_of_the_choices_measure_nothing(project: Project, harness: Run) -> None:
    result = harness(
        "evaluate", "--predictions", answers(project, "a.jsonl", "{}?! No: "), "--suite", "teams", "--json"
    )
    (metric,) = result.json["results"][0]["metrics"]
    assert (result.code, metric["value"], metric["reason"]) == (4, None, "nothing was measured")


def test_a_gate_is_incomplete_where_such_replies_decide_and_every_report_says_so(
    project: Project, harness: Run
) -> None:
    good, off = answers(project, "good.jsonl", "{}"), answers(project, "off.jsonl", "Team {}", count=30)
    harness("evaluate", "--predictions", good, "--suite", "teams", "--name", "good")
    result = harness("gate", "--suite", "teams", "--baseline", "good", "--predictions", off)
    said = "30 of 60 replies of the candidate are none of the choices, such as “Team billing”"
    assert (result.code, said in folded(result.out)) == (4, True)
    assert "regressed if they count as wrong" in folded(result.out)
    for form in ("markdown", "html", "junit", "json"):
        assert said in folded(harness("report", "--format", form, "--output", "-").out)


def test_a_loss_that_the_other_replies_show_too_is_a_regression(project: Project, harness: Run) -> None:
    harness("evaluate", "--predictions", answers(project, "good.jsonl", "{}"), "--suite", "teams", "--name", "good")
    rows = [json.loads(line) for line in answers(project, "bad.jsonl", "Team {}", count=30).read_text().splitlines()]
    for row in rows[30:50]:
        row["text"] = "billing" if row["text"] != "billing" else "returns"
    project.write("bad.jsonl", "\n".join(map(json.dumps, rows)))
    assert harness("gate", "--suite", "teams", "--baseline", "good", "--predictions", "bad.jsonl").code == 1


def test_extract_finds_the_choice_in_a_reply(project: Project, harness: Run) -> None:
    steps = [{"use": "regex", "pattern": r"team is (\S+)", "match": -1}]
    project.suite("teams", metrics=[{"use": use, "extract": steps} for use in ("accuracy", "macro-f1", "brier")])
    file = answers(project, "a.jsonl", "Not easy, but the team is *{}*.", count=59)
    metrics = harness("evaluate", "--predictions", file, "--suite", "teams", "--json").json["results"][0]["metrics"]
    assert [round(metric["value"], 2) for metric in metrics] == [0.98, 0.99, 0.03]
    said = "1 of 60 replies is none of the choices, such as “returns”"  # it has no "team is"
    assert [metric["notes"] for metric in metrics] == [[said]] * 3


def test_metrics_of_plugins_are_counted_and_decided_on_alike(project: Project, harness: Run) -> None:
    plugin = project.write("choosy.py", PLUGIN)
    project.suite("teams", metrics=["billed", "different"])
    good, off = answers(project, "good.jsonl", "{}"), answers(project, "off.jsonl", "Team {}")
    harness("evaluate", "--predictions", good, "--suite", "teams", "--name", "good", "--plugin", plugin)
    gate = ("gate", "--suite", "teams", "--baseline", "good", "--predictions", off, "--json", "--plugin", plugin)
    result = harness(*gate)
    metrics = result.json["comparisons"][0]["metrics"]
    assert (result.code, [metric["verdict"] for metric in metrics]) == (4, ["incomplete"] * 2)
    assert all(m["reason"].startswith("60 of 60 replies of the candidate are none of the choices") for m in metrics)


def test_a_choice_that_is_never_an_answer_is_told(project: Project, harness: Run) -> None:
    choices = ["billing", "delivery", "returns", "complaints"]
    project.suite("teams", choices=choices, metrics=["accuracy", "macro-f1"])
    project.recipe()
    said = harness("run", "recipe.yaml", "--check").err
    assert "metric 'accuracy': choice 'complaints' is never an answer" in said
    assert (
        "metric 'macro-f1': choice 'complaints' is never an answer, and counts as 0 in the mean over the labels" in said
    )
