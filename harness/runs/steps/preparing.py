"""The recipe's data: loaded, cleaned, split, and kept apart from the suites."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from harness.data.cleaning import Record
from harness.data.prepare import Prepared, prepare
from harness.runs.assembly.built import BuiltRecipe
from harness.runs.assembly.checks import named
from harness.runs.session import Session
from harness.store.journal.journal import run_folder


def prepare_data(session: Session, built: BuiltRecipe) -> Prepared:
    """Training and validation sets, written under the run, with a row for each conversation dropped or changed."""
    folder = run_folder(session.store.home / "runs", session.run) / "data"

    with session.timed("prepare"), session.stage("prepare the data"):
        result = prepare_data_in(folder, built, partial(session.journal.cleanings, session.run))
        session.journal.preparation(session.run, result.summary)
    return result


def prepare_data_in(folder: Path, built: BuiltRecipe, record: Record) -> Prepared:
    """Training and validation sets of the recipe, written into the folder."""
    recipe = built.recipe
    suites = [one.suite for one in built.suites] + list(built.others)
    return prepare(
        datasets=named(built.datasets),
        cleaners=named(built.cleaners),
        cases=[(suite.name, case) for suite in suites for case in suite.cases],
        folder=folder,
        validation=recipe.validation,
        seed=recipe.seed,
        allow_contaminated=recipe.allow_contaminated,
        record=record,
    )
