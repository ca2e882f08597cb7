"""A recipe's refiner, and what it may propose, checked before the first cycle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from harness.errors import UsageError
from harness.host.blame import blamed, fitting
from harness.host.building import Built, build
from harness.host.host import PluginHost
from harness.protocols import MOST_PATCHES, PlansAhead
from harness.runs.assembly.build import build_parts
from harness.runs.assembly.built import BuiltRecipe
from harness.runs.recipe import Recipe, patched

_SHOWN = 10


def build_refiner(
    host: PluginHost, built: BuiltRecipe, file: str, rebuild: Callable[[Recipe, str], BuiltRecipe]
) -> Built | None:
    """The recipe's refiner, None where it has none.

    UsageError where the refiner, or the recipe with a change that it may propose, does not work; `rebuild` builds the
    whole of such a recipe.
    """
    recipe = built.recipe
    if recipe.refiner is None:
        return None
    refiner = build(host, "refiner", recipe.refiner.as_mapping(), f"{file}: refiner", recipe.folder)
    problems: dict[str, None] = {}
    for patch in possible_patches(refiner):
        try:
            _check(host, recipe, patch, f"{file}: refiner: {_shown(patch)}", rebuild)
        except UsageError as error:
            problems[str(error)] = None
    if problems:
        rest = f"\n… and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise UsageError("\n".join(islice(problems, _SHOWN)) + rest)
    return refiner


def possible_patches(refiner: Built) -> list[Mapping[str, Any]]:
    """What the refiner may propose, where it knows; no more than the first thousand."""
    if not isinstance(refiner.instance, PlansAhead):
        return []
    with blamed(refiner, "refiner", "possible_patches"):
        patches = list(islice(refiner.instance.possible_patches(), MOST_PATCHES))
        for patch in patches:
            fitting(patch, Mapping[str, Any])
    return patches


def _check(
    host: PluginHost,
    recipe: Recipe,
    patch: Mapping[str, Any],
    where: str,
    rebuild: Callable[[Recipe, str], BuiltRecipe],
) -> None:
    try:
        changed = patched(recipe, patch)
        if changed.model_copy(update={"trainer": recipe.trainer, "cleaners": recipe.cleaners}) == recipe:
            build_parts(host, changed, where)  # neither the data nor the suites are read again
        else:
            rebuild(changed, where)
    except UsageError as error:
        said = str(error)
        raise UsageError(said if said.startswith(where) else f"{where}: {said}") from error


def _shown(patch: Mapping[str, Any]) -> str:
    return ", ".join(f"{key} = {value!r}" for key, value in patch.items())
