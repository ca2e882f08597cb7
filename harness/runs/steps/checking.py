"""What a safety check comes to on the replies of an evaluation, those that never came among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.comparison.check_bounds import CheckRow, check_result
from harness.comparison.records import CheckResult
from harness.evaluation.checking import FAILED, MISSING, without_reply
from harness.evaluation.records import Evaluation
from harness.runs.assembly.built import BuiltCheck, BuiltSuite
from harness.runs.session import Session
from harness.runs.steps.rescoring import cases_named
from harness.types import Case


def check_answers(
    session: Session, built: BuiltSuite, check: BuiltCheck, candidate: Evaluation, baseline: Evaluation | None
) -> CheckResult:
    """The check's result for the candidate, beside the baseline where there is one."""
    with session.store.reader():
        told = [_told(session, built, check, one) for one in (candidate, baseline) if one is not None]
    after, *before = (_rows(check, one) for one in told)
    result = check_result(built.suite.name, check.use, after, before[0] if before else None)
    result = replace(result, key=check.built.key, accuracy=check.accuracy)
    failure = session.failures.get(check.built.key)
    return replace(result, reason=failure) if result.errors and failure else result


@dataclass(frozen=True, slots=True)
class _Told:
    """What the store has of a check: the `rows` of replies, and the cases whose replies never came, once a sample.

    In `lacking` a content goes with True where the answer failed, with False where there is none.
    """

    rows: Sequence[CheckRow]
    lacking: Sequence[tuple[str, bool]]
    cases: Mapping[str, Case]


def _told(session: Session, built: BuiltSuite, check: BuiltCheck, evaluation: Evaluation) -> _Told:
    of_check = built.part, evaluation, check.built.key
    rows = [CheckRow(*row) for row in session.store.check_outcomes(*of_check)]
    lacking = session.store.lacking_replies(*of_check)
    return _Told(rows, lacking, cases_named(session, built, {content for content, _ in lacking}) if lacking else {})


def _rows(check: BuiltCheck, told: _Told) -> list[CheckRow]:
    """A row for each reply that was asked for: one that never came is not checked, where the check applies."""
    if not told.lacking:
        return list(told.rows)
    contents = dict.fromkeys(content for content, _ in told.lacking)
    applying = without_reply(check.built.instance, check.use.name, [told.cases[content] for content in contents])
    return [
        *told.rows,
        *(
            CheckRow(content in applying, False, False, FAILED if failed else MISSING)
            for content, failed in told.lacking
        ),
    ]
