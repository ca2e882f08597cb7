"""The rows by which one evaluation goes from a store to another: its suite, what was asked, what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from harness.store.journal.values import plain_row
from harness.store.rows.evaluation_rows import evaluation_case_row, evaluation_row, prediction_row
from harness.store.rows.suite_rows import suite_rows

if TYPE_CHECKING:
    from harness.evaluation.records import Evaluation
    from harness.store.rows.listed import EvaluationCase
    from harness.suites.records import Suite
    from harness.types import Prediction, Tier

Row: TypeAlias = Mapping[str, Any]


class CarriedRows(NamedTuple):
    """Whole rows by table. Scores are not among them: they are computed from the answers, wherever they are read."""

    suites: Sequence[Row]
    cases: Sequence[Row]
    suite_cases: Sequence[Row]
    evaluations: Sequence[Row]
    evaluation_cases: Sequence[Row]
    predictions: Sequence[Row] = ()

    def by_table(self) -> dict[str, Sequence[Row]]:
        """The rows by table, in the order in which they are stored: where a suite is, all its cases are."""
        return {table: getattr(self, table) for table in ("cases", "suite_cases", *self._fields)}


SINGLE = ("suites", "evaluations")
"""The tables of which they hold one row."""


def carried_rows(
    suite: Suite, tier_of: Mapping[str, Tier], evaluation: Evaluation, cases: Iterable[EvaluationCase]
) -> CarriedRows:
    """The rows of the evaluation of those cases of the suite, without what was answered."""
    made: dict[str, Iterable[Row]] = {
        **suite_rows(suite, tier_of),
        "evaluations": [evaluation_row(evaluation)],
        "evaluation_cases": (evaluation_case_row(evaluation.id, case) for case in cases),
    }
    return CarriedRows(**{table: [plain_row(table, row) for row in rows] for table, rows in made.items()})


def with_answers(rows: CarriedRows, answers: Iterable[tuple[str, Prediction]], run: str | None) -> CarriedRows:
    """With what was answered in the run, each by its answer key."""
    predictions = [plain_row("predictions", prediction_row(key, one, run)) for key, one in answers]
    return rows._replace(predictions=predictions)
