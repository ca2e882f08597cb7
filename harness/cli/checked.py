"""What `--check` prints of a recipe that is in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.runs.rehearsal import rehearsed

if TYPE_CHECKING:
    from harness.cli.invocation import Invocation
    from harness.runs.assembly.built import BuiltRecipe, BuiltSuite


def show_check(invocation: Invocation, built: BuiltRecipe, file: str, others: Sequence[BuiltSuite] = ()) -> None:
    """Rehearse the training and print what would be trained on and measured; UsageError where it cannot work.

    `others` are asked on the way to it.
    """
    rehearsal = rehearsed(built, [*built.suites, *others], invocation.stage)
    invocation.print_line(f"{file}: all that can be checked without a model is in order")
    rows = rehearsal.rows
    used = f"{rows.train:,} to train on, {rows.validation:,} to validate on"
    invocation.print_line(f"  data: {rows.loaded:,} loaded, {rows.kept:,} kept; {used}")
    for remark in rehearsal.remarks:
        sign = "! " if remark.level == "warning" else ""
        invocation.print_line(f"  {built.trainer.use}: {sign}{remark.text}")
    for suite in built.suites:
        invocation.print_line(f"  {suite.suite.name}: {len(suite.cases)} cases ({suite.selection})")
