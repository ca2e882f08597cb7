"""What `--check` prints of a recipe that is in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import ExitCode

if TYPE_CHECKING:
    from harness.cli.invocation import Invocation
    from harness.runs.recipe import Recipe


def show_check(invocation: Invocation, recipe: Recipe, file: str, *, refines: bool = False) -> ExitCode:
    """Rehearse the training and print what would be trained on and measured; UsageError where it cannot work."""
    from harness.runs.api import rehearse
    from harness.runs.assembly.refiner import possible_patches

    invocation.talk()
    ready, rehearsal = rehearse(invocation.workspace(recipe), recipe, file, refines=refines)
    invocation.print_line(f"{file}: all that can be checked without a model is in order")
    rows = rehearsal.rows
    used = f"{rows.train:,} to train on, {rows.validation:,} to validate on"
    invocation.print_line(f"  data: {rows.loaded:,} loaded, {rows.kept:,} kept; {used}")
    for remark in rehearsal.remarks:
        sign = "! " if remark.level == "warning" else ""
        invocation.print_line(f"  {ready.built.trainer.use}: {sign}{remark.text}")
    for suite in ready.built.suites:
        invocation.print_line(f"  {suite.suite.name}: {len(suite.cases)} cases ({suite.selection})")
    if refines and ready.refiner is not None:
        known = len(possible_patches(ready.refiner))
        said = f"{known} proposals" if known else "its proposals are not known yet"
        invocation.print_line(f"  {ready.refiner.use}: {said}")
    return ExitCode.PASS
