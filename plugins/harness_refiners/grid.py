"""Every combination of listed settings."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Literal

from harness.types import History, Proposal


class Grid:
    """Proposes each combination of `settings` that no cycle has tried, then stops.

    `settings` has dotted recipe keys and the values to try: `{trainer.learning_rate: [1e-4, 5e-4]}`. `order` listed:
    the last key varies fastest; random: shuffled with the seed of the history.
    """

    def __init__(self, settings: Mapping[str, list[Any]], order: Literal["listed", "random"] = "listed") -> None:
        if not settings:
            raise ValueError("settings: is empty; give a recipe key and the values to try")
        for key, values in settings.items():
            if not values:
                raise ValueError(f"settings: {key!r} has no values to try")
        self._settings = settings
        self._order = order

    def possible_patches(self) -> Iterator[Mapping[str, Any]]:
        for values in product(*self._settings.values()):
            yield dict(zip(self._settings, values, strict=True))

    def propose(self, history: History) -> Proposal | None:
        keys = list(self._settings)
        combinations = list(self.possible_patches())
        if self._order == "random":
            random.Random(history.seed).shuffle(combinations)
        tried = [
            {key: cycle.patch.get(key, _value_in(history.recipe, key)) for key in keys} for cycle in history.cycles
        ]
        number, patch = next(((i, c) for i, c in enumerate(combinations, 1) if c not in tried), (0, None))
        if patch is None:
            return None
        settings = ", ".join(f"{key} = {value!r}" for key, value in patch.items())
        return Proposal(recipe_patch=patch, reason=f"combination {number} of {len(combinations)}: {settings}")


def _value_in(recipe: Any, dotted: str) -> Any:
    """What the recipe says under a dotted key; None where it says nothing."""
    for part in dotted.split("."):
        if isinstance(recipe, list) and part.isdigit() and int(part) < len(recipe):
            recipe = recipe[int(part)]
        elif isinstance(recipe, Mapping):
            recipe = recipe.get(part)
        else:
            return None
    return recipe
