"""Everything that is asked of the store, one method a question."""

from __future__ import annotations

from harness.store.queries.answers import AnswerQuestions
from harness.store.queries.baselines import BaselineQuestions
from harness.store.queries.changes import ChangeQuestions
from harness.store.queries.comparisons import ComparisonQuestions
from harness.store.queries.evaluations import EvaluationQuestions
from harness.store.queries.figures import FigureQuestions
from harness.store.queries.pairs import PairQuestions
from harness.store.queries.runs import RunQuestions
from harness.store.queries.scores import ScoreQuestions
from harness.store.queries.suites import SuiteQuestions


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
    AnswerQuestions,
):
    """All questions; a Store opens itself for each, a Reader answers all from one state of the store."""
