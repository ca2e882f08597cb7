from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from harness.protocols import Refiner
from harness.types import Cycle, History
from harness_refiners import register_refiners
from harness_refiners.grid import Grid

SETTINGS: dict[str, list[Any]] = {"trainer.learning_rate": [1e-4, 5e-4], "trainer.steps": [60, 120]}


def proposals(grid: Grid, recipe: Mapping[str, Any], tried: tuple[Mapping[str, Any], ...] = ()) -> list[Any]:
    """Every patch it proposes, each one told back to it as a cycle."""
    patches: list[Any] = []
    while len(patches) < 20:
        cycles = tuple(Cycle(i, patch, {}, {}, False) for i, patch in enumerate((*tried, *patches)))
        proposal = grid.propose(History(recipe, cycles, seed=3))
        if proposal is None:
            break
        patches.append(proposal.recipe_patch)
    return patches


def test_it_is_registered_as_a_refiner() -> None:
    (component,) = register_refiners()
    assert component.name == "grid"
    assert isinstance(component.build(settings=SETTINGS), Refiner)


def test_every_combination_is_proposed_once_in_the_listed_order() -> None:
    assert proposals(Grid(SETTINGS), {}) == [
        {"trainer.learning_rate": 1e-4, "trainer.steps": 60},
        {"trainer.learning_rate": 1e-4, "trainer.steps": 120},
        {"trainer.learning_rate": 5e-4, "trainer.steps": 60},
        {"trainer.learning_rate": 5e-4, "trainer.steps": 120},
    ]


def test_what_the_recipe_itself_has_tried_is_not_proposed_again() -> None:
    recipe = {"trainer": {"learning_rate": 5e-4, "steps": 60}, "data": []}
    patches = proposals(Grid(SETTINGS), recipe, tried=({},))
    assert len(patches) == 3
    assert {"trainer.learning_rate": 5e-4, "trainer.steps": 60} not in patches


def test_a_random_order_is_that_of_the_seed() -> None:
    shuffled = proposals(Grid(SETTINGS, order="random"), {})
    assert shuffled == proposals(Grid(SETTINGS, order="random"), {})
    assert sorted(map(str, shuffled)) == sorted(map(str, proposals(Grid(SETTINGS), {})))


def test_the_reason_says_which_combination_it_is() -> None:
    proposal = Grid({"data.0.path": ["a", "b"]}).propose(
        History({"data": [{"path": "a"}]}, (Cycle(1, {}, {}, {}, True),))
    )
    assert proposal is not None
    assert proposal.reason == "combination 2 of 2: data.0.path = 'b'"


@pytest.mark.parametrize("settings", [{}, {"trainer.steps": []}])
def test_nothing_to_try_is_refused(settings: dict[str, list[Any]]) -> None:
    with pytest.raises(ValueError, match="settings: "):
        Grid(settings)
