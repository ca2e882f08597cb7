"""Everything that is asked of the store, one method a question; `query` is for questions of the user's own."""

from __future__ import annotations

from typing import Any

from harness.errors import UsageError
from harness.store.questions_baselines import BaselineQuestions
from harness.store.questions_changes import ChangeQuestions
from harness.store.questions_comparisons import ComparisonQuestions
from harness.store.questions_evaluations import EvaluationQuestions
from harness.store.questions_figures import FigureQuestions
from harness.store.questions_pairs import PairQuestions
from harness.store.questions_runs import RunQuestions
from harness.store.questions_scores import ScoreQuestions
from harness.store.questions_suites import SuiteQuestions


class Questions(
    SuiteQuestions,
    RunQuestions,
    EvaluationQuestions,
    BaselineQuestions,
    ComparisonQuestions,
    FigureQuestions,
    ScoreQuestions,
    PairQuestions,
    ChangeQuestions,
):
    """All questions; a Store opens itself for each, a Reader answers all from one state of the store."""

    def query(self, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Column names and rows of one SELECT; raises UsageError with DuckDB's message, and for all that writes."""
        import duckdb

        with self._asking() as connection:
            try:
                statements = connection.extract_statements(sql)
                kinds = [statement.type.name for statement in statements]
                # PIVOT is several statements in one
                if len(kinds) != 1 or kinds[0] not in ("SELECT", "EXPLAIN", "MULTI"):
                    raise UsageError(f"sql: needs one SELECT, got {' and '.join(kinds) or 'nothing'}: {sql.strip()!r}")
                result = connection.execute(statements[0])
                return [column[0] for column in result.description or ()], result.fetchall()
            except duckdb.Error as error:
                raise UsageError(f"sql: {_advice(str(error))}") from error


def _advice(message: str) -> str:
    if "pytz" in message:
        return "a column is TIMESTAMP WITH TIME ZONE; write column::TIMESTAMP or column::TEXT"
    return message
