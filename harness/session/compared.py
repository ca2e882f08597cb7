"""Evaluations side by side: the sides of every metric and check, the verdicts, the gate's decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from harness.comparison import CheckRow, MetricSides, WholeSides, check_result, compare
from harness.gate import decide
from harness.hashing import content_hash
from harness.preflight import BuiltCheck, BuiltSuite
from harness.records import CheckResult, Comparison, Decision, Evaluation, MetricComparison
from harness.session.evaluated import rescored
from harness.session.running import Session
from harness.session.sides import sides_of
from harness.store import now
from harness.store.rows import comparison_record, decision_record

Policy = Literal["default", "strict", "lenient"]


def compared(
    session: Session,
    suites: Sequence[BuiltSuite],
    baselines: Mapping[str, Evaluation],
    candidates: Mapping[str, Evaluation],
    *,
    policy: Policy = "default",
    alpha: float = 0.05,
    keep: bool = True,
) -> tuple[tuple[Comparison, ...], Decision]:
    """One comparison a suite and the decision over all of them: the metrics of one gate call are one family.

    Baselines are scored with the metric code of today first, from their stored predictions. `keep` stores the decision
    as the run's own.
    """
    with session.timed("compare"):
        sides = []
        for built in suites:
            name = built.suite.name
            rescored(session, baselines[name], built)
            rescored(session, candidates[name], built)
            sides += [sides_of(session, built, metric, baselines[name], candidates[name]) for metric in built.metrics]
        judged = [_with_failure(session, one, side) for one, side in zip(compare(sides, alpha), sides, strict=True)]
        comparisons = tuple(_comparison(session, built, baselines, candidates, judged) for built in suites)
        checks = [check for one in comparisons for check in one.checks]
        decision = decide(judged, checks, policy)
        _store(session, comparisons, decision, keep)
    return comparisons, decision


def measured(
    session: Session, built: BuiltSuite, evaluation: Evaluation
) -> tuple[list[MetricComparison], list[CheckResult]]:
    """One evaluation's figures: its comparison with itself, of which the candidate's side counts."""
    sides = [sides_of(session, built, metric, evaluation, evaluation) for metric in built.metrics]
    judged = [_with_failure(session, one, side) for one, side in zip(compare(sides), sides, strict=True)]
    return judged, [_check(session, built, check, evaluation, None) for check in built.checks]


def _comparison(
    session: Session,
    built: BuiltSuite,
    baselines: Mapping[str, Evaluation],
    candidates: Mapping[str, Evaluation],
    judged: Sequence[MetricComparison],
) -> Comparison:
    name = built.suite.name
    baseline, candidate = baselines[name], candidates[name]
    return Comparison(
        id=content_hash([baseline.id, candidate.id, built.suite.version, session.run]),
        suite=name,
        baseline=baseline,
        candidate=candidate,
        metrics=tuple(one for one in judged if one.suite == name),
        checks=tuple(_check(session, built, check, candidate, baseline) for check in built.checks),
        warnings=tuple(_warnings(built, baseline, candidate)),
    )


def _warnings(built: BuiltSuite, baseline: Evaluation, candidate: Evaluation) -> list[str]:
    warnings = []
    for side, one in (("baseline", baseline), ("candidate", candidate)):
        if one.suite_version != built.suite.version:
            warnings.append(
                f"the suite has changed since the {side} was measured: only cases that both have are compared"
            )
    if baseline.fingerprint == candidate.fingerprint:
        warnings.append("both sides are the same model: nothing was compared")
    if "recorded" not in (baseline.numerics, candidate.numerics) and baseline.numerics != candidate.numerics:
        said = f"{baseline.numerics} and {candidate.numerics}"
        warnings.append(f"the sides were computed differently ({said}); small differences may come from that")
    if not (baseline.verified and candidate.verified):
        warnings.append("recorded answers: nobody has checked which model gave them")
    return warnings


def _with_failure(session: Session, judged: MetricComparison, sides: MetricSides | WholeSides) -> MetricComparison:
    """The comparison with its metric's key; an incomplete one says what was raised, where something was."""
    failure = session.failures.get(sides.record.key)
    keyed = replace(judged, key=sides.record.key)
    return replace(keyed, reason=failure) if judged.verdict == "incomplete" and failure else keyed


def _check(
    session: Session, built: BuiltSuite, check: BuiltCheck, candidate: Evaluation, baseline: Evaluation | None
) -> CheckResult:
    with session.store.reader():
        after = _check_rows(session, built, check, candidate)
        before = _check_rows(session, built, check, baseline) if baseline is not None else None
    result = replace(check_result(built.suite.name, check.use, after, before), key=check.built.key)
    failure = session.failures.get(check.built.key)
    return replace(result, reason=failure) if result.errors and failure else result


def _check_rows(session: Session, built: BuiltSuite, check: BuiltCheck, evaluation: Evaluation) -> list[CheckRow]:
    """A row for each reply that was asked for: one that never came, or could not be checked, is an error."""
    samples = int(evaluation.settings.get("samples", 1))
    found = {(row.content, row.sample): row for row in session.store.checked(evaluation.id, check.built.key)}
    rows = []
    for case in session.store.evaluation_cases(evaluation.id):
        if case.kind != "text" or case.content not in built.suite.case_by_content:
            continue
        for sample in range(samples):
            row = found.get((case.content, sample))
            missing = CheckRow(applies=True, found=False, error=True)
            rows.append(missing if row is None else CheckRow(row.applies, bool(row.findings), error=False))
    return rows


def _store(session: Session, comparisons: Sequence[Comparison], decision: Decision, keep: bool) -> None:
    rows = [
        {
            "id": one.id,
            "run": session.run if keep else None,
            "suite": one.suite,
            "baseline": one.baseline.id,
            "candidate": one.candidate.id,
            "body": comparison_record(one),
            "at": now(),
        }
        for one in comparisons
    ]
    session.journal.add("comparisons", rows)
    if keep:
        session.journal.add("decisions", [{"run": session.run, "at": now(), "body": decision_record(decision)}])
    session.store.ingest()
