"""A run whose metric or check fails is never green."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Project
    from tests.faults.conftest import Make


@pytest.mark.parametrize(
    ("kind", "method"),
    [("metric", "score of case 'letter-40'"), ("whole metric", "compute"), ("safety check", "check")],
)
def test_a_run_that_would_pass_is_incomplete_and_its_decision_says_whose_fault_it_is(
    kind: str, method: str, faulty: Make, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = faulty(kind)
    project.recipe()
    arguments = (*faults.line[:4], "run", "recipe.yaml", "--json")
    monkeypatch.setenv("FAULT", "calls os._exit")
    met = faults.run(*arguments)
    decision = json.loads(met.out)["decision"]
    assert (met.code, decision["code"]) == (4, 4)
    assert f"{method}: its process ended itself with exit code 0" in decision["reasons"][0]
    monkeypatch.delenv("FAULT")
    again = faults.run(*arguments)
    assert (again.code, again.asked) == (0, 0)


LEAVES = """
import os
from harness import metric

@metric
def leaves(answered) -> bool:
    os._exit(0)
"""


def test_a_metric_that_ends_its_process_on_a_case_without_reference_costs_its_own_figure(
    faulty: Make, project: Project
) -> None:
    faults = faulty("metric")
    project.write("faulty.py", LEAVES)
    project.write(
        "suites/words.jsonl", '{"id": "one", "messages": [{"role": "user", "content": "Which team answers letter 1?"}]}'
    )
    project.suite("words", cases="words.jsonl", choices=None, metrics=["leaves"])
    met = faults.run(*faults.line[:4], "evaluate", "fake:base.json", "--suite", "words", "--json")
    assert met.code == 4
    assert "metric 'leaves': score of case 'one': its process ended itself with exit code 0" in met.err
    assert faults.counts()["answers"] == 1
