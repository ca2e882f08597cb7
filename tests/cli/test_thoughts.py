"""What a model thinks is neither scored nor checked, whenever and wherever it was answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from harness.testing import fakes
from tests.conftest import RIGHT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run
    from tests.conftest import Project

MATCH = {"use": "exact-match", "role": "primary"}
LOUD = """
from harness import safety_check

@safety_check
def loud(passage):
    \"\"\"Replies that shout.\"\"\"
    return "HELP" in passage.text
"""
FORMS = {
    "think": "<think>\nHELP, which team?\n</think>\n\n{}",
    "lone": "HELP, which team?\n</think>\n{}",
    "mistral": "[THINK]HELP, which team?[/THINK]{}",
    "gpt-oss": "<|channel|>analysis<|message|>HELP<|end|><|start|>assistant<|channel|>final<|message|>{}",
}


def recorded(project: Project, name: str, form: str, finish_reason: str = "stop", count: int = 60) -> Path:
    """Right answers to the 60 questions, the first `count` of them in that form."""
    rows = [
        {
            "id": f"letter-{number}",
            "text": form.format(team) if number < count else team,
            "finish_reason": finish_reason,
        }
        for number, team in enumerate(RIGHT.values())
    ]
    return project.write(name, "\n".join(map(json.dumps, rows)))


@pytest.fixture
def suite(project: Project) -> Project:
    """The suite `teams-in-words`: an exact match, and a check that looks for a word of the thoughts."""
    project.write("loud.py", LOUD)
    for name, more in (("spoken", {}), ("whole", {"thoughts": "keep"})):
        references = [json.loads(line) for line in (project.folder / "suites/cases.jsonl").read_text().splitlines()]
        rows = [{**row, "references": [row["answer"]]} for row in references]
        project.write("suites/spoken.jsonl", "\n".join(map(json.dumps, rows)))
        check = {"use": "loud", "limit": 0.2, "isolate": False}
        project.suite(name, cases="spoken.jsonl", metrics=[MATCH], checks=[check], **more)
    return project


def measured(harness: Run, file: Path, suite: str = "spoken") -> tuple[int, float | None, int]:
    """Exit code, exact match, and how many replies the check hit."""
    done = harness("--plugin", "loud.py", "evaluate", "--predictions", file, "--suite", suite, "--json")
    (result,) = done.json["results"]
    return done.code, result["metrics"][0]["value"], result["checks"][0]["found"]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_reply_is_scored_and_checked_without_its_thought(suite: Project, harness: Run, form: str) -> None:
    file = recorded(suite, "said.jsonl", form)
    assert measured(harness, file) == (0, 1.0, 0)
    assert measured(harness, file, "whole") == (0, 0.0, 60)


@pytest.mark.parametrize("form", ["<think>HELP, {}", "[THINK]{}", ""], ids=["think", "mistral", "empty"])
def test_a_reply_that_was_cut_while_it_thought_has_failed(suite: Project, harness: Run, form: str) -> None:
    file = recorded(suite, "said.jsonl", form, finish_reason="length")
    done = harness("--plugin", "loud.py", "evaluate", "--predictions", file, "--suite", "spoken", "--json")
    (metric,), (check,) = done.json["results"][0]["metrics"], done.json["results"][0]["checks"]
    assert done.code == 4
    assert (metric["value"], metric["errors"]) == (None, 60)
    assert (check["bound"], check["reason"]) == ("incomplete", "60 of 60 replies are empty")


def test_a_model_that_spends_its_tokens_on_thoughts_has_failed(suite: Project, harness: Run) -> None:
    replies = {question: f"<think> which team? </think> {team}" for question, team in RIGHT.items()}
    suite.suite("short", cases="spoken.jsonl", metrics=[MATCH], generation={"max_new_tokens": 3})
    suite.suite("long", cases="spoken.jsonl", metrics=[MATCH], generation={"max_new_tokens": 9, "stop": ["?"]})
    fakes.write_fake_model(suite.folder / "thinks.json", replies)
    done = [harness("evaluate", "fake:thinks.json", "--suite", name, "--json") for name in ("short", "long")]
    assert [one.code for one in done] == [4, 0]
    assert [one.json["reply_counts"][0]["cut_without_text"] for one in done] == [60, 0]
    assert [one.json["results"][0]["metrics"][0]["value"] for one in done] == [None, 1.0]


def test_an_unfinished_thought_that_ended_by_itself_is_an_empty_text(suite: Project, harness: Run) -> None:
    assert measured(harness, recorded(suite, "said.jsonl", "<think>{}")) == (4, 0.0, 0)


def test_answers_that_were_scored_with_their_thoughts_are_scored_again(
    suite: Project, harness: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = recorded(suite, "said.jsonl", FORMS["think"])
    with monkeypatch.context() as before:
        before.setattr("harness.evaluation.scoring.as_read", lambda prediction, thoughts: prediction)
        before.setattr("harness.evaluation.checking.as_read", lambda prediction, thoughts: prediction)
        before.setattr("harness.runs.assembly.build.THOUGHTS_RULE", "0")
        assert measured(harness, said) == (0, 0.0, 60)
        identifier = harness("sql", "select id from evaluations", "--json").json[0]["id"]
        assert harness("baselines", "set", "old", identifier).code == 0
        assert harness("baselines", "export", "old", "old.json").code == 0
    (suite.folder / ".harness").rename(suite.folder / "elsewhere")
    plain = recorded(suite, "plain.jsonl", "{}")
    gate = ("gate", "--suite", "spoken", "--baseline", "old.json", "--predictions", plain, "--json")
    done = harness("--plugin", "loud.py", *gate)
    (metric,), (check,) = done.json["comparisons"][0]["metrics"], done.json["comparisons"][0]["checks"]
    assert (done.code, metric["baseline"], metric["candidate"], check["baseline_found"]) == (0, 1.0, 1.0, 0)
