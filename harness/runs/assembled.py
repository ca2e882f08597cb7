"""A recipe with its refiner, built and checked before anything is spent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from harness.errors import UsageError
from harness.host.building import Built
from harness.runs.assembly.build import build_recipe
from harness.runs.assembly.built import BuiltRecipe
from harness.runs.assembly.refiner import build_refiner
from harness.runs.loop import check_tiers
from harness.runs.planning.margins import check_margins
from harness.runs.project import OpenProject
from harness.runs.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Assembled:
    """A recipe at work in its project; `refiner` is None where it has none; `rebuild` builds a changed recipe."""

    project: OpenProject
    built: BuiltRecipe
    refiner: Built | None
    rebuild: Callable[[Recipe], BuiltRecipe]


def assemble(project: OpenProject, recipe: Recipe, file: str) -> Assembled:
    """The recipe with the plugins that it asks for; UsageError where anything in it, its refiner too, cannot work."""
    return _assemble(project, recipe, file, refines=False)


def assemble_refining(project: OpenProject, recipe: Recipe, file: str) -> Assembled:
    """As `assemble`, of a recipe that has a refiner, and suites with cases for the cycles and others for the end."""
    if recipe.refiner is None:
        raise UsageError(f"{file}: refiner: is missing; write e.g. {{use: grid, settings: {{trainer.epochs: [1, 2]}}}}")
    return _assemble(project, recipe, file, refines=True)


def _assemble(project: OpenProject, recipe: Recipe, file: str, *, refines: bool) -> Assembled:
    project = project.with_plugins_of(recipe)

    def build(changed: Recipe, where: str = file) -> BuiltRecipe:
        return build_recipe(project.host, changed, where, project.store, project.folder)

    built = build(recipe)
    check_margins(project.store, built.suites)
    if refines:
        check_tiers(built.suites)
    return Assembled(project, built, build_refiner(project.host, built, file, build), build)
