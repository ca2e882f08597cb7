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
    for arguments in (["refine", "recipe.yaml"], ["refine", "recipe.yaml", "--check"]):
        result = harness(*arguments)
        assert (result.code, said in result.err) == (2, True), result.err
    assert (harness("run", "recipe.yaml", "--check").code == 2) == (refiner is not None)
    assert harness("runs", "--json").json == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"trainer.steps": [1, 0, 2]}, "trainer.steps = 0: trainer: trainer 'fake': steps must be 1 or more, not 0"),
        ({"trainer.steps": [1, "2"]}, "trainer.steps = '2': trainer: trainer 'fake': steps: input should be a valid"),
        ({"trainer.steps": [1], "seed": [1, -1]}, "setting 'seed': input should be greater than or equal to 0, got -1"),
        ({"trainer.use": ["fake", "fkae"]}, "trainer.use = 'fkae': trainer: unknown trainer 'fkae' (did you mean"),
        ({"cleaners": [[], ["role-odrer"]]}, "cleaners[0]: unknown cleaner 'role-odrer' (did you mean 'role-order'?)"),
        ({"data.0.path": ["talk.jsonl", "tolk.jsonl"]}, "data[0]: dataset 'chat-jsonl': path: there is no file"),
        ({"suites": [["teams"], ["taems"]]}, "suite 'taems': not found"),
        ({"sead": [1]}, "setting 'sead': the recipe has no 'sead' (did you mean 'seed'?)"),
    ],
)
def test_every_value_of_a_grid_is_checked_before_the_first_cycle(
    project: Project, harness: Run, settings: Any, said: str
) -> None:
    project.suite("teams", metrics=["accuracy"], tiers={"dev": 0.5, "gate": 0.5})
    project.recipe(refiner={"use": "grid", "settings": settings})
    result = harness("refine", "recipe.yaml")
    assert (result.code, said in result.err) == (2, True), result.err
    assert result.err.startswith("harness: recipe.yaml: refiner: ")
    assert harness("runs", "--json").json == []


def test_a_check_says_how_much_there_is_to_try_and_runs_nothing(project: Project, harness: Run) -> None:
    recipe(project, 6, 5, 4)
    result = harness("refine", "recipe.yaml", "--check")
    assert (result.code, result.out.splitlines()[-1]) == (0, "  grid: 3 proposals")
    assert harness("runs", "--json").json == []


def test_a_check_asks_for_a_dev_tier(project: Project, harness: Run) -> None:
    recipe(project, 6, seed=1)
    result = harness("refine", "recipe.yaml", "--check")
    assert (result.code, "has no dev tier to refine on" in result.err) == (2, True)
