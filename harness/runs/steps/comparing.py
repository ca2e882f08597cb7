"""Evaluations side by side: the sides of every metric and check, the verdicts, the gate's decision."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from harness.comparison.estimated import noisy
from harness.comparison.family import compare, lacking, value_of
from harness.comparison.gate import decide
from harness.comparison.pairing import MetricSides, WholeSides
from harness.comparison.records import Against, Comparison, Decision, EvaluationResult, MetricComparison, MetricValue
from harness.comparison.spelling import unspelt_notes
from harness.comparison.statistics.paired import ALPHA
from harness.comparison.verdicts import SAME_MODEL, Policy
from harness.evaluation.records import Evaluation
from harness.runs.assembly.built import BuiltSuite
from harness.runs.session import Session
from harness.runs.steps.checking import check_answers
from harness.runs.steps.sides import sides_of
from harness.types.hashing import content_hash

_Measured = TypeVar("_Measured", MetricComparison, MetricValue)
Judged: TypeAlias = tuple[tuple[Comparison, ...], Decision]


def compare_suites(
    session: Session,
    suites: Sequence[BuiltSuite],
    baselines: Mapping[str, Evaluation],
    candidates: Mapping[str, Evaluation],
    *,
    keep: bool = True,
    **settings: Any,
) -> Judged:
    """`judge_suites`, and stored; `keep`: with the decision, as the run's own."""
    found = judge_suites(session, suites, baselines, candidates, **settings)
    store_comparisons(session, suites, found, keep)
    return found


def judge_suites(
    session: Session,
    suites: Sequence[BuiltSuite],
    baselines: Mapping[str, Evaluation],
    candidates: Mapping[str, Evaluation],
    *,
    anchors: Mapping[str, Evaluation] = MappingProxyType({}),
    names: Mapping[str, str] = MappingProxyType({}),
    selected: Mapping[str, int] = MappingProxyType({}),
    remarks: Mapping[str, Sequence[str]] = MappingProxyType({}),
    doubted: Collection[tuple[str, str]] = (),
    policy: Policy = "default",
    alpha: float = ALPHA,
    picked: bool = False,
) -> Judged:
    """One comparison a suite and baseline, and the decision over all of them: one gate call is one family.

    All mappings are by suite: `anchors` holds what a candidate is compared with too, once where it is the baseline
    itself; `names` what the baseline is called; `selected` how many models it was picked from by these scores;
    `remarks` what else is to be said of the comparison with it.
    `doubted` are the (suite, metric) that regressed in the first draws and are judged on twice as many here. Candidates
    that were `picked` from several have to show their gain.
    Baselines are scored with the metric code of today first, from their stored predictions. The result is not stored.
    """
    with session.timed("compare"):
        matches = list(_matches(suites, baselines, candidates, anchors))
        sides = [(match, side) for match in matches for side in match.sides(session)]
        compared_sides = zip(compare([side for _, side in sides], alpha, policy=policy), sides, strict=True)
        removed = session.store.removed({one.id for match in matches for one in (match.baseline, match.candidate)})
        verdicts = [
            _with_notes(_in_match(_with_failure(session, one, side), match, removed), match.built, side)
            for one, (match, side) in compared_sides
        ]
        verdicts = [
            _looked_at_again(one) if one.against == "baseline" and (one.suite, one.metric) in doubted else one
            for one in verdicts
        ]
        verdicts = _with_noise(session, verdicts, candidates)
        comparisons = tuple(_comparison(session, match, verdicts, names, selected, remarks) for match in matches)
        checks = [check for one in comparisons if one.against == "baseline" for check in one.checks]
        return comparisons, decide(verdicts, checks, policy, picked=picked, selected=selected)


def figures_of(session: Session, built: BuiltSuite, evaluation: Evaluation) -> EvaluationResult:
    """One evaluation's figures and checks, stored."""
    values = []
    for sides in sides_of(session, built, evaluation, evaluation, "nothing"):
        one = value_of(sides)
        failure = session.failures.get(one.key)
        one = replace(one, reason=failure) if one.value is None and failure else one
        values.append(_with_notes(one, built, sides))
    session.journal.values(evaluation, values)
    checks = tuple(check_answers(session, built, check, evaluation, None) for check in built.checks)
    result = EvaluationResult(evaluation, tuple(values), checks)
    session.journal.result(session.run, result)
    return result


def _with_notes(one: _Measured, built: BuiltSuite, sides: MetricSides | WholeSides) -> _Measured:
    """With the replies that are none of the choices, and what the metric has said of the suite's cases beforehand."""
    warnings: tuple[str, ...] = next(use.warnings for use in built.metrics if use.use.name == one.metric)
    unspelt: list[str] = [note for note in unspelt_notes(sides) if note not in one.reason]
    return replace(one, notes=(*one.notes, *unspelt, *warnings))


@dataclass(frozen=True, slots=True)
class _Match:
    """The two evaluations of one comparison."""

    built: BuiltSuite
    against: Against
    baseline: Evaluation
    candidate: Evaluation

    @property
    def suite(self) -> str:
        return self.built.suite.name

    def sides(self, session: Session) -> Iterator[MetricSides | WholeSides]:
        return sides_of(session, self.built, self.baseline, self.candidate, self.against)


def _matches(
    suites: Sequence[BuiltSuite],
    baselines: Mapping[str, Evaluation],
    candidates: Mapping[str, Evaluation],
    anchors: Mapping[str, Evaluation],
) -> Iterator[_Match]:
    for built in suites:
        name = built.suite.name
        baseline, anchor, candidate = baselines[name], anchors.get(name), candidates[name]
        yield _Match(built, "baseline", baseline, candidate)
        if anchor is not None and anchor.fingerprint != baseline.fingerprint:
            yield _Match(built, "anchor", anchor, candidate)


def _comparison(
    session: Session,
    match: _Match,
    judged: Sequence[MetricComparison],
    names: Mapping[str, str],
    selected: Mapping[str, int],
    remarks: Mapping[str, Sequence[str]],
) -> Comparison:
    is_baseline = match.against == "baseline"
    return Comparison(
        id=content_hash([match.baseline.id, match.candidate.id, match.built.suite.version, session.run]),
        suite=match.suite,
        baseline=match.baseline,
        candidate=match.candidate,
        metrics=tuple(one for one in judged if (one.suite, one.against) == (match.suite, match.against)),
        checks=tuple(
            check_answers(session, match.built, check, match.candidate, match.baseline) for check in match.built.checks
        ),
        warnings=(
            *_warnings(match.built, match.baseline, match.candidate),
            *(remarks.get(match.suite, ()) if is_baseline else ()),
        ),
        against=match.against,
        baseline_name=names.get(match.suite, "") if is_baseline else "",
        selected_from=selected.get(match.suite, 0) if is_baseline else 0,
    )


def _warnings(built: BuiltSuite, baseline: Evaluation, candidate: Evaluation) -> list[str]:
    warnings = []
    for side, one in (("baseline", baseline), ("candidate", candidate)):
        if one.suite_version != built.suite.version:
            warnings.append(
                f"the suite has changed since the {side} was measured: only cases that both have are compared"
            )
    if baseline.fingerprint == candidate.fingerprint:
        warnings.append(SAME_MODEL)
    if "recorded" not in (baseline.numerics, candidate.numerics) and baseline.numerics != candidate.numerics:
        said = f"{baseline.numerics} and {candidate.numerics}"
        warnings.append(f"the sides were computed differently ({said}); small differences may come from that")
    unverified = {one.numerics for one in (baseline, candidate) if not one.verified}
    if "recorded" in unverified:
        warnings.append("recorded answers: nobody has checked which model gave them")
    if unverified - {"recorded"}:
        warnings.append("the model's files cannot be seen: nobody has checked which model gave the answers")
    return warnings


def _in_match(judged: MetricComparison, match: _Match, removed: Collection[str]) -> MetricComparison:
    """What only the evaluations tell: one that was cut short or lost its answers, or a model compared with itself."""
    baseline, candidate = match.baseline, match.candidate
    if judged.verdict == "incomplete":
        return _unmeasured(judged, match, removed)
    # A model cannot be worse than itself, however few cases there are.
    same = (baseline.fingerprint, baseline.numerics) == (candidate.fingerprint, candidate.numerics)
    if not same or judged.verdict != "inconclusive" or judged.difference:
        return judged
    return replace(judged, verdict="not worse", reason="both sides are the same model", notes=())


def _unmeasured(judged: MetricComparison, match: _Match, removed: Collection[str]) -> MetricComparison:
    """What became of the evaluations whose answers are lacking; of a side that has its answers nothing is said."""
    blamed = [
        (match.against, match.baseline) if side == "baseline" else (side, match.candidate) for side in lacking(judged)
    ]
    unfinished = [side for side, one in blamed if one.state != "complete"]
    if unfinished:
        said = f"the evaluation of the {' and the '.join(unfinished)} was cut short; the same command goes on with it"
        return replace(judged, reason=f"{judged.reason}; {said}")
    pruned = [side for side, one in blamed if one.id in removed]
    if pruned == [match.against] == [side for side, _ in blamed]:
        said = f"the answers of the {match.against} were removed from the store, so that nothing can score them"
        return replace(judged, verdict="incompatible", reason=f"{said}; evaluate it again")
    if pruned:
        said = f"the answers of the {' and the '.join(pruned)} were removed from the store"
        return replace(judged, reason=f"{judged.reason}; {said}; the same evaluation asks again")
    return judged


def _looked_at_again(judged: MetricComparison) -> MetricComparison:
    """A loss that twice the draws do not show is no regression, and not nothing either."""
    if judged.verdict == "regressed":
        return replace(judged, notes=(*judged.notes, "shown by the first draws and by twice as many"))
    if judged.verdict in ("incomplete", "incompatible"):
        return judged
    return replace(judged, verdict="inconclusive", reason="the loss of the first draws is not shown by twice as many")


def _with_noise(
    session: Session, judged: Sequence[MetricComparison], candidates: Mapping[str, Evaluation]
) -> list[MetricComparison]:
    """With the noise floor of each metric that has been calibrated; a bar below it is pointed out."""
    with session.store.reader():
        noises = [session.store.noise(one.suite, one.key, candidates[one.suite].fingerprint) for one in judged]
    return [one if noise is None else noisy(one, noise.deviation) for one, noise in zip(judged, noises, strict=True)]


def _with_failure(session: Session, judged: MetricComparison, sides: MetricSides | WholeSides) -> MetricComparison:
    """The comparison with its metric's key; an incomplete one says what was raised, where something was."""
    failure = session.failures.get(sides.record.key)
    keyed = replace(judged, key=sides.record.key)
    return replace(keyed, reason=failure) if judged.verdict == "incomplete" and failure else keyed


def store_comparisons(session: Session, suites: Sequence[BuiltSuite], found: Judged, keep: bool = True) -> None:
    """Store the comparisons, the figures of whole evaluations and, where the run keeps it, the decision."""
    comparisons, decision = found
    whole = {one.suite.name for one in suites if one.only is None}
    for one in comparisons:
        if one.suite in whole:
            session.journal.figures(one.baseline, one.metrics, "baseline")
            session.journal.figures(one.candidate, one.metrics, "candidate")
    session.journal.comparisons(session.run if keep else None, comparisons)
    if keep:
        session.journal.decision(session.run, decision)
    session.store.ingest()
