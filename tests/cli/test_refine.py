from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.report.json import from_json

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def recipe(project: Project, *wrong: int, **changes: Any) -> None:
    """A recipe whose refiner tries trainings that end with so many wrong answers."""
    tries = [project.replies(wrong=number) for number in wrong]
    refiner = {"use": "grid", "settings": {"trainer.learns": tries}}
    project.recipe(trainer={"use": "fake", "learns": {}, "steps": 1}, refiner=refiner, **changes)
    if not changes:
        project.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}], tiers={"dev": 0.5, "gate": 0.5})


def test_only_what_is_shown_to_be_better_is_kept_and_the_winner_is_measured_once_on_the_gate(
    project: Project, harness: Run
) -> None:
    recipe(project, 58, 6)
    result = harness("refine", "recipe.yaml", "--cycles", "5", "--json")
    report = from_json(result.json)
    assert [cycle.accepted for cycle in report.cycles] == [False, True]
    assert [cycle.verdicts["teams/accuracy"] for cycle in report.cycles] == ["regressed", "improved"]
    assert (result.code, report.decision.code) == (0, 0)
    (comparison,) = report.comparisons
    assert (comparison.candidate.selection, comparison.metrics[0].verdict) == ("gate", "improved")
    query = "SELECT count(*) AS n FROM evaluations WHERE selection = 'gate'"
    assert harness("sql", query, "--json").json == [{"n": 2}]


def test_it_is_3_when_nothing_in_the_planned_cycles_is_better(project: Project, harness: Run) -> None:
    recipe(project, 29, 6)
    result = harness("refine", "recipe.yaml", "--cycles", "1", "--json")
    report = from_json(result.json)
    assert (result.code, report.decision.code, report.comparisons) == (3, 3, ())
    assert report.decision.reasons[0].startswith("none of 1 proposals was shown to be better on the dev tier")
    assert [cycle.accepted for cycle in report.cycles] == [False]  # and the second proposal was not planned


def test_a_suite_without_a_dev_tier_is_2_and_says_what_to_add(project: Project, harness: Run) -> None:
    recipe(project, 6, seed=1)
    result = harness("refine", "recipe.yaml")
    assert result.code == 2
    assert "suite 'teams': has no dev tier to refine on; add `tiers: {dev: 0.5, gate: 0.5}`" in result.err


@pytest.mark.parametrize(
    ("refiner", "said"),
    [
        (None, "refiner: is missing; write e.g. {use: grid"),
        ({"use": "gird"}, "unknown refiner 'gird' (did you mean 'grid'?)"),
        ({"use": "grid", "settings": {}}, "settings: is empty"),
        ({"use": "grid", "settings": {"trianer.steps": [1]}}, "the recipe has no 'trianer' (did you mean 'trainer'?)"),
        ({"use": "grid", "settings": {"trainer.stpes": [1]}}, "unknown option 'stpes' (did you mean 'steps'?)"),
    ],
)
def test_a_refiner_that_cannot_work_is_2(project: Project, harness: Run, refiner: Any, said: str) -> None:
    project.suite("teams", metrics=["accuracy"], tiers={"dev": 0.5, "gate": 0.5})
    project.recipe(refiner=refiner)
    result = harness("refine", "recipe.yaml")
    assert (result.code, said in result.err) == (2, True), result.err
