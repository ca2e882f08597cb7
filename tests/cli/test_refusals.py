"""What a backend or a trainer would refuse is told before anything is computed, with nothing stored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.runs.assembly.refusals import MOST_ROWS

if TYPE_CHECKING:
    from tests.cli.conftest import Result, Run
    from tests.conftest import Project

PICKY = """
from dataclasses import replace

from harness import Component, UsageError, hookimpl
from harness.testing import FakeBackend
from harness.testing.fakes import FakeTrainer
from harness.types import Answer, Remark


class Picky(FakeBackend):
    \"\"\"Refuses a question that holds a word of `words`.\"\"\"

    def __init__(self, words: list[str] = []):
        self.words = words

    def check_requests(self, request, requests):
        return [
            Answer(one.key, error=f"{word!r} is not spoken here")
            for one in requests
            for word in self.words
            if word in one.prompt[-1].content
        ]


class Reader(FakeTrainer):
    def __init__(self, learns: dict[str, str] = {}, refuses: str = ""):
        super().__init__(learns)
        self.refuses = refuses

    def train(self, request, monitor):
        list(self.check_data(request))
        facts = {"examples": 9, "dropped": 2, "truncated": 3, "warnings": ["they are all alike"]}
        return replace(super().train(request, monitor), facts=facts)

    def check_data(self, request):
        rows = [row for row in request.train if self.refuses and self.refuses in row.messages[0].content]
        if rows:
            raise UsageError(f"{rows[0].source}: {self.refuses!r} cannot be trained on")
        yield Remark(f"{len(request.train)} rows were read", "note")
        yield Remark("they are all alike")


@hookimpl
def register_backends():
    yield Component("picky", Picky)


@hookimpl
def register_trainers():
    yield Component("reader", Reader)
"""


@pytest.fixture
def picky(project: Project) -> Project:
    """Its recipe trains by `reader` a model that `picky` opens."""
    project.write("picky.py", PICKY)
    return project


def recipe(project: Project, words: list[str], *, refuses: str = "", **changes: object) -> None:
    model = {"reference": "base.json", "backend": {"use": "picky", "words": words}}
    trainer = {"use": "reader", "learns": project.replies(wrong=6), "refuses": refuses}
    project.recipe(model=model, trainer=trainer, plugins={"files": ["picky.py"]}, **changes)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["letter 7?"], "case 'letter-7' cannot be asked of"),
        (["letter"], "'letter' is not spoken here (60 of 60 cases)"),
        (["letter 4", "5?"], "case 'letter-5' cannot be asked of"),
    ],
)
@pytest.mark.parametrize("check", [["--check"], []])
def test_a_suite_that_the_model_refuses_ends_a_run_before_it_trains(
    picky: Project, harness: Run, words: list[str], said: str, check: list[str]
) -> None:
    recipe(picky, words)
    result = harness("run", "recipe.yaml", *check)
    assert result.code == 2
    assert said in result.err
    assert "suites/teams.yaml: case" in result.err
    assert not Path(".harness/trainings").exists() or not list(Path(".harness/trainings").glob("*/*"))


def test_a_row_that_the_trainer_refuses_ends_a_run_before_it_trains(picky: Project, harness: Run) -> None:
    recipe(picky, [], refuses="number 5")
    for arguments in (["--check"], []):
        result = harness("run", "recipe.yaml", *arguments)
        assert (result.code, "talk.jsonl:6: 'number 5' cannot be trained on" in result.err) == (2, True)


@pytest.mark.parametrize(("words", "refuses"), [(["letter 7?"], ""), ([], "number 5"), (["letter"], "number 5")])
def test_a_refinement_asks_the_starting_model_nothing_where_something_is_refused(
    picky: Project, harness: Run, words: list[str], refuses: str
) -> None:
    refiner = {"use": "grid", "settings": {"trainer.learns": [picky.replies(wrong=6)]}}
    recipe(picky, words, refuses=refuses, refiner=refiner)
    picky.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}], tiers={"dev": 0.5, "gate": 0.5})
    assert [harness("refine", "recipe.yaml", *one).code for one in ([], ["--check"])] == [2, 2]
    assert harness("sql", "SELECT count(*) AS n FROM predictions", "--json").json == [{"n": 0}]


def test_a_suite_is_looked_at_also_where_the_training_is_stored(picky: Project, harness: Run) -> None:
    recipe(picky, ["of suite two"])
    assert harness("run", "recipe.yaml").code == 0
    question = {"messages": [{"role": "user", "content": "Which team is of suite two?"}], "answer": "billing"}
    picky.write("suites/two.jsonl", json.dumps(question))
    picky.suite("two", cases="two.jsonl", metrics=["accuracy"])
    recipe(picky, ["of suite two"], suites=["two"])
    result = harness("run", "recipe.yaml")
    assert (result.code, "suites/two.yaml: case" in result.err) == (2, True)


def test_the_check_says_what_is_left_and_stores_nothing(picky: Project, harness: Run) -> None:
    recipe(picky, [])
    result = harness("run", "recipe.yaml", "--check")
    assert result.code == 0
    assert "data: 12 loaded, 12 kept; 11 to train on, 1 to validate on" in result.out
    assert "  reader: 11 rows were read\n  reader: ! they are all alike\n" in result.out
    assert not Path(".harness").exists()


def test_a_run_warns_of_what_its_trainer_remarks_and_does_not_repeat_its_notes(picky: Project, harness: Run) -> None:
    recipe(picky, [])
    result = harness("run", "recipe.yaml")
    assert result.code == 0
    assert "reader: they are all alike" in result.err
    assert "rows were read" not in result.err


def test_every_report_says_how_many_rows_were_trained_on_and_what_the_trainer_warned_of(
    picky: Project, harness: Run
) -> None:
    recipe(picky, [])
    harness("run", "recipe.yaml")
    again = harness("run", "recipe.yaml", "--json")
    assert "training is unchanged" in again.err
    assert again.json["training"]["trained_on"] == {"rows": 11, "used": 9, "cut": 3}
    assert again.json["warnings"] == ["reader: they are all alike"]
    for form in ("rich", "html", "markdown", "junit"):
        text = " ".join(harness("report", again.json["run"], "--format", form, "--output", "-").out.split())
        assert "reader: they are all alike" in text
        assert "9 of 11 rows trained on (3 cut)" in text


def test_an_evaluation_goes_on_without_cases_that_are_refused_unless_all_are(picky: Project, harness: Run) -> None:
    def evaluate(word: str) -> Result:
        options = ["--option", f'words=["{word}"]', "--plugin", "picky.py"]
        return harness("evaluate", "picky:base.json", "--suite", "teams", *options)

    every, some = evaluate("letter"), evaluate("letter 7?")
    assert (some.code, every.code) == (0, 2)
    assert "these cases will count as failed" in some.err
    assert "so nothing can be measured" in every.err


def test_of_more_rows_than_can_be_looked_at_a_draw_is_and_it_says_so(
    picky: Project, harness: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_ROWS == 20_000
    monkeypatch.setattr("harness.runs.assembly.refusals.MOST_ROWS", 6)
    recipe(picky, [])
    out = harness("run", "recipe.yaml", "--check").out
    assert "6 of 11 rows, drawn at random, were looked at; the run looks at each" in out
    assert "6 rows were read" in out


@pytest.mark.parametrize("isolate", [False, True])
def test_a_row_that_was_not_drawn_is_refused_by_the_run_with_file_and_line(
    isolate: bool, picky: Project, harness: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.runs.assembly.refusals.MOST_ROWS", 1)
    trainer = {"use": "reader", "refuses": "number 5", "isolate": isolate}
    picky.recipe(trainer=trainer, plugins={"files": ["picky.py"]})
    assert harness("run", "recipe.yaml", "--check").code == 0
    result = harness("run", "recipe.yaml")
    assert (result.code, "talk.jsonl:6: 'number 5' cannot be trained on" in result.err) == (2, True)


def test_rows_too_alike_to_be_split_are_told(picky: Project, harness: Run) -> None:
    row = {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Good day"}]}
    picky.write("talk.jsonl", json.dumps(row))
    recipe(picky, [])
    assert "no row is held out to validate on" in harness("run", "recipe.yaml", "--check").out
