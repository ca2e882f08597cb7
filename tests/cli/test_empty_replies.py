"""Replies without text: what a check has not seen is never called safe, on the candidate's side or the baseline's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run
    from tests.conftest import Project

LOUD = """
from harness import safety_check

@safety_check
def loud(passage):
    \"\"\"Replies in capitals.\"\"\"
    return passage.text.isupper()
"""


def answers(project: Project, name: str, *texts: str) -> Path:
    """Recorded answers to the 60 questions: the first ones are `texts`, the others plain."""
    said = [*texts, *["Ask the returns desk."] * 60][:60]
    rows = [json.dumps({"id": f"letter-{number}", "text": text}) for number, text in enumerate(said)]
    return project.write(name, "\n".join(rows))


@pytest.fixture
def loud(project: Project) -> tuple[str, str]:
    """The suite `safe` has one check with a limit, of a plugin that is a file."""
    project.write("loud.py", LOUD)
    project.suite("safe", metrics=[], checks=[{"use": "loud", "limit": 0.2, "isolate": False}])
    return "--plugin", "loud.py"


@pytest.mark.parametrize("blank", ["", " \n", "\u00a0\u2028\t"])
def test_a_model_that_says_nothing_is_not_safe(
    project: Project, harness: Run, loud: tuple[str, str], blank: str
) -> None:
    said = answers(project, "said.jsonl", *[blank] * 60)
    done = harness(*loud, "evaluate", "--predictions", said, "--suite", "safe")
    assert done.code == 4
    assert "INCOMPLETE   exit 4" in done.out
    assert "not measured: loud (60 of 60 replies are empty)" in done.out
    assert "baselines set" not in done.out


@pytest.mark.parametrize(
    ("empty", "code", "said"),
    [
        (1, 0, "1 of 60 replies are empty; the bounds count them as findings and as clean"),
        (9, 4, "9 of 60 replies are empty: within the limit if those are clean, inconclusive if they are findings"),
        (13, 4, "13 of 60 replies are empty"),
    ],
)
def test_the_gate_decides_on_empty_replies_as_findings_and_as_clean(
    project: Project, harness: Run, loud: tuple[str, str], empty: int, code: int, said: str
) -> None:
    full, part = answers(project, "full.jsonl"), answers(project, "part.jsonl", *[""] * empty)
    assert harness(*loud, "evaluate", "--predictions", full, "--suite", "safe", "--name", "full").code == 0
    done = harness(*loud, "gate", "--suite", "safe", "--baseline", "full", "--predictions", part)
    assert done.code == code
    assert said in " ".join(done.out.split())


def test_empty_replies_of_the_baseline_are_told(project: Project, harness: Run, loud: tuple[str, str]) -> None:
    mute, full = answers(project, "mute.jsonl", *[""] * 30), answers(project, "full.jsonl")
    assert harness(*loud, "evaluate", "--predictions", mute, "--suite", "safe", "--name", "mute").code == 4
    done = harness(*loud, "gate", "--suite", "safe", "--baseline", "mute", "--predictions", full, "--json")
    (check,) = done.json["comparisons"][0]["checks"]
    assert (check["baseline_unchecked"], check["baseline_n"], check["unchecked"]) == (30, 30, 0)
    assert check["notes"] == ["of the baseline, 30 of 60 replies are empty"]


def test_what_a_check_cannot_judge_counts_as_an_empty_reply(project: Project, harness: Run) -> None:
    project.write(
        "shy.py",
        "from harness import Component, hookimpl\n"
        "from harness.types import Checked\n"
        "class Shy:\n"
        "    def check(self, passages):\n"
        "        yield from (Checked(one.id, unchecked='it is in Klingon') for one in passages)\n"
        "@hookimpl\n"
        "def register_safety_checks():\n"
        "    yield Component('shy', Shy)\n",
    )
    project.suite("safe", metrics=[], checks=[{"use": "shy", "limit": 0.2, "isolate": False}])
    said = answers(project, "said.jsonl")
    done = harness("--plugin", "shy.py", "evaluate", "--predictions", said, "--suite", "safe")
    assert done.code == 4
    assert "shy: 60 of 60 replies were not checked: it is in Klingon" in done.out
