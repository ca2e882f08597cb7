"""Scores and findings that stored predictions lack are computed, slice by slice; no model is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from harness.evaluation.records import Evaluation
from harness.evaluation.requests import Asked
from harness.protocols import Metric
from harness.runs.assembly.built import BuiltSuite
from harness.runs.session import Advance, Session
from harness.runs.steps.scoring import score_answers
from harness.store.rows.listed import EvaluationCase
from harness.store.rows.stored_cases import StoredCases
from harness.types import Case, Kind

_SLICE = 20_000  # cases whose answers are held in memory at a time
_LONG = 5_000  # scores that may take longer than two seconds, so that progress is shown


def rescore_evaluation(session: Session, evaluation: Evaluation, built: BuiltSuite) -> bool:
    """Score the stored predictions of an evaluation with the suite's metrics and checks of today; asks no model.

    Only what lacks a score is fetched. False where nothing does.
    """
    with session.store.reader():  # opening the store costs more than a question
        rows = _not_scored(session, evaluation, built)
    with _shown(session, built, len(rows)) as advance:
        for start in range(0, len(rows), _SLICE):
            asked = questions_again(session, evaluation, built, rows[start : start + _SLICE])
            score_answers(session, asked, built)
            advance(len(asked))
    return bool(rows)


def _not_scored(session: Session, evaluation: Evaluation, built: BuiltSuite) -> list[EvaluationCase]:
    """What lacks a score of one of the metrics, or a result of one of the checks."""
    keys: dict[Kind, list[str]] = {}
    for metric in built.metrics:
        if isinstance(metric.built.instance, Metric):
            keys.setdefault(metric.built.instance.reads, []).append(metric.built.key)
    rows = [row for kind in keys for row in session.store.unscored(built.part, evaluation, kind, keys[kind])]
    if not built.checks:
        return rows
    rows += session.store.unchecked(built.part, evaluation, [check.built.key for check in built.checks])
    return list(dict.fromkeys(rows))


def questions_again(
    session: Session, evaluation: Evaluation, built: BuiltSuite, rows: Sequence[EvaluationCase]
) -> list[Asked]:
    """The questions of an evaluation that its answers are for, with the suite of today."""
    cases = cases_named(session, built, {row.content for row in rows})
    drawn = replace(built.suite.generation, samples=evaluation.samples("text")), built.suite.thoughts
    return [
        Asked(row.position, cases[row.content], row.kind, row.answer_key, evaluation.samples(row.kind), *drawn)
        for row in rows
    ]


def cases_named(session: Session, built: BuiltSuite, contents: Collection[str]) -> Mapping[str, Case]:
    """Those cases by content; of a suite that lies in the store alone, no others are fetched."""
    if isinstance(built.suite.cases, StoredCases):
        return session.store.cases_of(built.suite.version, contents)
    return built.suite.case_by_content


def _shown(session: Session, built: BuiltSuite, rows: int) -> AbstractContextManager[Advance]:
    if rows * (len(built.metrics) + len(built.checks)) > _LONG:
        return session.stage(f"score {built.suite.name}", total=rows)
    return nullcontext(_unseen)


def _unseen(done: int = 1, note: str = "") -> None:
    """Progress that nobody needs to see."""
