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
