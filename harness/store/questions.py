"""Everything that is asked of the store, one method a question."""

from __future__ import annotations

from harness.store.questions_answers import AnswerQuestions
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
    AnswerQuestions,
):
    """All questions; a Store opens itself for each, a Reader answers all from one state of the store."""
