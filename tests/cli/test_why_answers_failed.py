"""How the answers of each side ended, and why some failed, is in every report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import RIGHT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.cli.conftest import Run
    from tests.conftest import Project

LATE, OLD = {"error": "timed out after 30 s"}, {"error": "no such model"}
CUT, HALF, BLANK = {"text": "<think>Let", "finish_reason": "length"}, {"finish_reason": "length"}, {"text": " "}

FRAIL = """
from contextlib import contextmanager
from harness import Component, hookimpl
from harness.types import Answer, Identity

class Model:
    answers = frozenset({"choice"})
    facts = {}

    def answer(self, requests):
        for one in requests:
            why = "it has no 0" if "letter 0?" in one.prompt[-1].content else "the prompt is odd"
            yield Answer(one.key, error=why, permanent=PERMANENT)

class Frail:
    def identify(self, request):
        return Identity("frail")

    @contextmanager
    def open(self, request):
        yield Model()

@hookimpl
def register_backends():
    yield Component("frail", Frail)
"""


def recorded(project: Project, name: str, *odd: Mapping[str, Any]) -> Path:
    """Right answers to the 60 questions, the first of them changed as `odd` says."""
    plain = [{"id": f"letter-{number}", "text": team} for number, team in enumerate(RIGHT.values())]
    changed = [{**row, **change} for row, change in zip(plain, odd, strict=False)]
    changed = [{key: value for key, value in row.items() if key != "text" or "error" not in row} for row in changed]
    return project.write(name, "\n".join(map(json.dumps, [*changed, *plain[len(odd) :]])))


@pytest.fixture
def spoken(project: Project, harness: Run) -> Project:
    """The suite `spoken` reads text; the evaluation `full` has all answers."""
    project.suite("spoken", metrics=[{"use": "chrf", "role": "primary"}])
    lines = (project.folder / "suites/cases.jsonl").read_text().splitlines()
    rows = [{**json.loads(line), "references": [json.loads(line)["answer"]]} for line in lines]
    project.write("suites/cases.jsonl", "\n".join(map(json.dumps, rows)))
    full = recorded(project, "full.jsonl")
    assert harness("evaluate", "--predictions", full, "--suite", "spoken", "--name", "full").code == 0
    return project


@pytest.mark.parametrize(
    ("odd", "code", "lines"),
    [
        ([], 0, []),
        (
            [CUT, CUT, HALF],
            4,
            [
                "3 of 60 replies ended at max_new_tokens (128), 2 without text: raise generation.max_new_tokens",
                "2 of 60 answers failed: the reply was cut at max_new_tokens before it began (2, such as case "
                "letter-0)",
            ],
        ),
        (
            [LATE, OLD, OLD, BLANK],
            4,
            [
                "1 of 57 replies have no text",
                "3 of 60 answers failed: no such model (2, such as case letter-1); timed out after 30 s (1, such as "
                "case letter-0)",
            ],
        ),
        ([HALF, BLANK], 0, ["1 of 60 replies ended otherwise and have no text"]),
        ([HALF], 0, ["1 of 60 replies ended at max_new_tokens (128), 0 without text"]),
    ],
)
def test_an_evaluation_says_how_its_answers_ended(
    spoken: Project, harness: Run, odd: list[Mapping[str, Any]], code: int, lines: list[str]
) -> None:
    done = harness("evaluate", "--predictions", recorded(spoken, "odd.jsonl", *odd), "--suite", "spoken")
    assert done.code == code
    said = " ".join(done.out.split())
    assert ("Answers ─" in said) == bool(lines)
    assert all(line in said for line in lines)


@pytest.mark.parametrize(
    "blank", ["", " \n ", "\t\v\f\r", "\u00a0\u2028", "\u3000", "\x1f\x85", "\u200b\ufeff", "\u3164", "<|im_end|>"]
)
def test_a_reply_of_blanks_of_any_script_has_no_text(spoken: Project, harness: Run, blank: str) -> None:
    odd = recorded(spoken, "odd.jsonl", {"text": blank}, {"text": f"{blank}returns{blank}"})
    done = harness("evaluate", "--predictions", odd, "--suite", "spoken")
    assert "1 of 60 replies have no text" in " ".join(done.out.split())


def test_recorded_answers_are_told_from_a_model_whose_files_cannot_be_seen(spoken: Project, harness: Run) -> None:
    odd = recorded(spoken, "odd.jsonl", BLANK)
    done = harness("gate", "--suite", "spoken", "--baseline", "full", "--predictions", odd, "--json")
    assert done.json["comparisons"][0]["warnings"] == ["recorded answers: nobody has checked which model gave them"]


@pytest.mark.parametrize("form", ["rich", "html", "markdown", "junit"])
def test_every_report_says_it_of_either_side(spoken: Project, harness: Run, form: str) -> None:
    odd = recorded(spoken, "odd.jsonl", LATE, LATE, CUT)
    assert harness("evaluate", "--predictions", odd, "--suite", "spoken", "--name", "odd").code == 4
    done = harness("gate", "--suite", "spoken", "--baseline", "odd", "--candidate", "full")
    assert done.code == 4
    written = harness("report", "latest", "--format", form)
    text = written.out if form == "rich" else (spoken.folder / written.out.strip()).read_text("utf-8")
    said = " ".join(text.replace("\\", "").split())
    assert "baseline: 1 of 58 replies ended at max_new_tokens (128), 1 without text" in said
    assert "baseline: 3 of 60 answers failed: timed out after 30 s (2, such as case letter-0)" in said
    assert "candidate: " not in said


def test_json_counts_how_answers_ended(spoken: Project, harness: Run) -> None:
    odd = recorded(spoken, "odd.jsonl", LATE, CUT, BLANK, HALF)
    done = harness("gate", "--suite", "spoken", "--baseline", "full", "--predictions", odd, "--json")
    candidate, baseline = done.json["reply_counts"]
    assert (baseline["side"], baseline["failed"], baseline["cut"], baseline["reasons"]) == ("baseline", 0, 0, [])
    counted = ("asked", "failed", "replies", "cut", "cut_without_text", "without_text", "max_new_tokens")
    assert [candidate[key] for key in counted] == [60, 2, 59, 2, 1, 2, 128]
    assert candidate["reasons"][0] == {"reason": "timed out after 30 s", "count": 1, "example": "letter-0"}


def test_answers_that_a_file_lacks_have_a_reason_too(spoken: Project, harness: Run) -> None:
    done = harness("evaluate", "--predictions", spoken.answers("few.jsonl", count=50), "--suite", "spoken")
    said = "10 of 60 answers failed: there is no answer (10, such as case letter-50)"
    assert (done.code, said in " ".join(done.out.split())) == (4, True)


@pytest.mark.parametrize(
    ("permanent", "then"), [(True, "failed for good"), (False, "failed and will be asked again next time")]
)
def test_a_model_whose_answers_fail_says_why_in_the_warning_and_in_the_report(
    project: Project, harness: Run, permanent: bool, then: str
) -> None:
    project.write("frail.py", FRAIL.replace("PERMANENT", str(permanent)))
    done = harness("--plugin", "frail.py", "evaluate", "frail:any", "--suite", "teams")
    assert done.code == 4
    assert f"60 answers {then}: the prompt is odd (59, such as case 'letter-1'); it has no 0 (1, such as" in done.err
    said = (
        "60 of 60 answers failed: the prompt is odd (59, such as case letter-1); it has no 0 (1, such as case letter-0)"
    )
    assert said in " ".join(done.out.split())


def test_answers_that_came_at_the_second_try_have_not_failed(project: Project, harness: Run) -> None:
    model = project.model("frail", fail_on="letter 1")
    done = harness("evaluate", model, "--suite", "teams")
    said = "11 of 60 answers failed: the fake fails on 'letter 1' (11, such as case letter-1)"
    assert (done.code, said in " ".join(done.out.split())) == (4, True)
    project.model("frail")
    done = harness("evaluate", model, "--suite", "teams")
    assert (done.code, "failed:" in done.out) == (0, False)
