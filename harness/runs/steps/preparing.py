"""The recipe's data: loaded, cleaned, split, and kept apart from the suites."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.data.cleaning import Record
from harness.data.prepare import Prepared, prepare
from harness.runs.assembly.built import BuiltRecipe
from harness.runs.assembly.checks import named
from harness.runs.session import Session
from harness.store.journal.journal import run_folder
from harness.store.journal.values import now


def prepared(session: Session, built: BuiltRecipe) -> Prepared:
    """Training and validation sets, written under the run, with a row for each conversation dropped or changed."""
    folder = run_folder(session.store.home / "runs", session.run) / "data"

    def record(rows: Sequence[Mapping[str, Any]]) -> None:
        session.journal.add("cleanings", [{**row, "run": session.run} for row in rows])

    with session.timed("prepare"), session.stage("prepare the data"):
        result = prepared_in(folder, built, record)
        session.journal.add("preparations", [{"run": session.run, "at": now(), "body": _json(asdict(result.summary))}])
    return result


def prepared_in(folder: Path, built: BuiltRecipe, record: Record) -> Prepared:
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


def _json(record: dict[str, Any]) -> Any:
    """The record as JSON gives it back: counts by number get text keys, tuples become lists."""
    return json.loads(json.dumps(record))
