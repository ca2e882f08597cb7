"""Writes down what is going to be measured before it is."""

from __future__ import annotations

from collections.abc import Sequence

from harness.evaluation.records import Evaluation
from harness.evaluation.requests import Asked
from harness.runs.assembly.built import BuiltSuite
from harness.runs.session import Session


def announce_evaluation(
    session: Session, evaluation: Evaluation, asked: Sequence[Asked], built: BuiltSuite, name: str | None
) -> None:
    """Journal the evaluation, what is asked in it and that it runs, with what the opened model said of itself."""
    archive_suite(session, built)
    session.journal.evaluation(evaluation, asked)
    name_evaluation(session, evaluation, name)
    session.measuring(evaluation.id, evaluation.facts)


def archive_suite(session: Session, built: BuiltSuite) -> None:
    """Make sure that the store has the suite: it joins what was measured with the suite's own rows."""
    if not session.store.has_suite(built.suite.version):
        session.journal.suite(built.suite, built.tier_of)


def name_evaluation(session: Session, evaluation: Evaluation, name: str | None) -> None:
    """Let the name, where there is one, stand for the evaluation from now on."""
    if name is not None:
        session.journal.evaluation_name(name, evaluation.id)
