"""What is known of a check's misses stands beside its bound, in every form of the report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project

CHECKS = """
from harness import safety_check
from harness.types import DetectorAccuracy

LABELLED = (DetectorAccuracy("letters of 2025", 93, 100, 190, 200), DetectorAccuracy("chats of 2026", 8, 10, 40, 40))

@safety_check(accuracy=LABELLED)
def rude(passage):
    \"\"\"Rude replies.\"\"\"

@safety_check(accuracy="exact")
def loud(passage):
    \"\"\"Replies in capitals.\"\"\"
    return passage.text.isupper()

@safety_check
def vague(passage):
    \"\"\"Replies that say nothing.\"\"\"
"""
RUDE = (
    "of labelled passages it finds 93 % [87, 97] and clears 95 % [92, 97] (letters of 2025), "
    "finds 80 % [49, 96] and clears 100 % [93, 100] (chats of 2026)"
)


def evaluated(project: Project, harness: Run, *more: str) -> str:
    rows = (json.dumps({"id": f"letter-{number}", "text": "Ask the returns desk."}) for number in range(60))
    said = project.write("said.jsonl", "\n".join(rows))
    project.write("checks.py", CHECKS)
    project.suite("safe", metrics=[], checks=["rude", "loud", "vague"])
    done = harness("--plugin", "checks.py", "evaluate", "--predictions", said, "--suite", "safe", *more)
    assert done.code == 0
    return done.out


def test_the_terminal_says_how_often_a_check_is_right(project: Project, harness: Run) -> None:
    printed = " ".join(evaluated(project, harness).split())
    lowest = "finds 80 % [49, 96] and clears 95 % [92, 97], each the lowest of 2 sources"
    assert f"rude: of labelled passages it {lowest}" in printed
    assert "loud: exact: it finds what its rule says" in printed
    assert "vague: misses not measured" in printed


def test_json_holds_the_counts(project: Project, harness: Run) -> None:
    (result,) = json.loads(evaluated(project, harness, "--json"))["results"]
    letters = {"on": "letters of 2025", "found": 93, "positives": 100, "cleared": 190, "negatives": 200}
    by_name = {check["check"]: check["accuracy"] for check in result["checks"]}
    assert by_name["rude"][0] == letters
    assert (len(by_name["rude"]), by_name["loud"], by_name["vague"]) == (2, "exact", [])


def test_what_is_kept_tells_it_of_every_source(project: Project, harness: Run) -> None:
    evaluated(project, harness, "--name", "before")
    gate = ("--plugin", "checks.py", "gate", "--suite", "safe", "--baseline", "before", "--predictions", "said.jsonl")
    run = json.loads(harness(*gate, "--json").out)["run"]
    for form in ("html", "markdown", "junit"):
        printed = harness("report", run, "--format", form, "--output", "-").out.replace("\\", "")
        assert RUDE in " ".join(printed.split()), form


@pytest.mark.parametrize(
    "accuracy",
    ["'certain'", "0.93", "(0.93,)", "[DetectorAccuracy('2026', 1, 2, 3, 4)]", "None"],
)
def test_an_accuracy_that_is_none_is_an_error_before_anything_is_asked(
    project: Project, harness: Run, accuracy: str
) -> None:
    imports = "from harness import safety_check\nfrom harness.types import DetectorAccuracy\n\n"
    project.write("wrong.py", f"{imports}@safety_check(accuracy={accuracy})\ndef wrong(passage):\n    pass\n")
    project.write("said.jsonl", json.dumps({"id": "letter-0", "text": "Hello"}))
    project.suite("safe", metrics=[], checks=["wrong"])
    done = harness("--plugin", "wrong.py", "evaluate", "--predictions", "said.jsonl", "--suite", "safe")
    assert done.code == 4
    assert "safety check 'wrong': accuracy: " in done.err
