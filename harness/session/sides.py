"""The two sides of each metric, as the comparison wants them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from harness import evaluation as steps
from harness.comparison import MetricSides, Side, WholeSides
from harness.errors import HarnessError
from harness.preflight import BuiltMetric, BuiltSuite
from harness.protocols import HasWorst, Metric
from harness.records import Evaluation
from harness.session.running import Session
from harness.session.scored import metric_record
from harness.statistics import jackknife_groups
from harness.types import Answered


def sides_of(
    session: Session, built: BuiltSuite, metric: BuiltMetric, baseline: Evaluation, candidate: Evaluation
) -> MetricSides | WholeSides:
    instance = metric.built.instance
    against = _incompatible(built, metric, baseline, candidate)
    cluster_of = {case.content: case.group for case in built.suite.cases}
    if not isinstance(instance, Metric):
        return _whole_sides(session, built, metric, baseline, candidate, cluster_of, against)
    with session.store.reader():  # opening the store costs more than a question
        record = session.store.metric(metric.built.key) or metric_record(metric.built, ())
        sides = [
            _side(session, built, metric, baseline, whole=False),
            _side(session, built, metric, candidate, whole=True),
        ]
    return MetricSides(
        use=metric.use,
        suite=built.suite.name,
        record=record,
        value=partial(_value, session, metric),
        baseline=sides[0],
        candidate=sides[1],
        cluster_of=cluster_of,
        worst=_worst(session, built, metric, record.names),
        incompatible=against,
        chance=_chance(built, metric),
    )


def _side(session: Session, built: BuiltSuite, metric: BuiltMetric, evaluation: Evaluation, whole: bool) -> Side:
    """The evaluation's scores of cases that the suite still has; `whole` adds those it should have been asked."""
    reads = metric.built.instance.reads
    if session.store.metric(metric.built.key) is None:  # it has scored nothing, on either side
        contents = [row.content for row in session.store.evaluation_cases(evaluation.id) if row.kind == reads]
        matrix = np.full((len(contents), 1), np.nan)
    else:
        samples = int(evaluation.settings.get("samples", 1)) if reads == "text" else 1
        contents, matrix, _ = session.store.statistics(evaluation.id, metric.built.key, samples)
    kept = [index for index, content in enumerate(contents) if content in built.suite.case_by_content]
    missing = sorted({case.content for case in built.cases} - set(contents)) if whole else []
    rows = np.full((len(missing), matrix.shape[1]), np.nan)
    return Side([contents[index] for index in kept] + missing, np.concatenate([matrix[kept], rows]))


def _value(session: Session, metric: BuiltMetric, sums: Mapping[str, Any]) -> Any:
    """The figure of the sums; NaN, which is incomplete, where the metric raises."""
    try:
        return metric.built.instance.value(sums)
    except (Exception, SystemExit) as error:
        _failed(session, metric, error)
        return np.nan


def _worst(
    session: Session, built: BuiltSuite, metric: BuiltMetric, names: tuple[str, ...]
) -> dict[str, Sequence[float]] | None:
    instance = metric.built.instance
    if not isinstance(instance, HasWorst) or not names:
        return None
    try:
        return {case.content: steps.worst_statistics(instance, case, names) for case in built.suite.cases}
    except (Exception, SystemExit) as error:
        _failed(session, metric, error)
        return None


def _failed(session: Session, metric: BuiltMetric, error: BaseException) -> None:
    said = f"{type(error).__name__}: {error}"
    session.failed(metric.built.key, f"plugin {metric.built.plugin}: metric {metric.use.name!r}: {said}")


def _whole_sides(
    session: Session,
    built: BuiltSuite,
    metric: BuiltMetric,
    baseline: Evaluation,
    candidate: Evaluation,
    cluster_of: Mapping[str, str],
    against: str,
) -> WholeSides:
    """Compute the metric on the shared cases and on each delete-a-group replicate of them, on both sides."""
    with session.store.reader():
        sides = [_answers(session, built, metric, one) for one in (baseline, candidate)]
    sides[1] = {**{case.content: None for case in built.cases}, **sides[1]}  # what it should have been asked
    shared = sorted(sides[0].keys() & sides[1].keys())
    good = [content for content in shared if all(side[content] is not None for side in sides)]
    groups = jackknife_groups(good, cluster_of)
    values = [_values(session, metric, [side[content] for content in good], good, groups) for side in sides]
    errors = [sum(side[content] is None for content in shared) for side in sides]
    return WholeSides(
        use=metric.use,
        suite=built.suite.name,
        record=metric_record(metric.built, ()),
        baseline=values[0][0],
        candidate=values[1][0],
        baseline_replicates=values[0][1],
        candidate_replicates=values[1][1],
        n=len(shared),
        clusters=len({cluster_of.get(content, content) for content in good}),
        baseline_errors=errors[0],
        candidate_errors=errors[1],
        added=len(sides[1]) - len(shared),
        removed=len(sides[0]) - len(shared),
        incompatible=against,
    )


def _values(
    session: Session,
    metric: BuiltMetric,
    answers: Sequence[Answered | None],
    contents: Sequence[str],
    groups: Sequence[frozenset[str]],
) -> tuple[float | None, list[float]]:
    given = [one for one in answers if one is not None]
    if not given:
        return None, []
    try:
        compute = metric.built.instance.compute
        whole = float(compute(given))
        parts = [
            float(compute([a for a, content in zip(given, contents, strict=True) if content not in group]))
            for group in groups
        ]
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:
        _failed(session, metric, error)
        return None, []
    return (whole, parts) if np.isfinite(whole) else (None, [])


def _answers(
    session: Session, built: BuiltSuite, metric: BuiltMetric, evaluation: Evaluation
) -> dict[str, Answered | None]:
    """By case content: what the metric may look at, None where the answer failed or is missing."""
    kind = metric.built.instance.reads
    rows = [row for row in session.store.evaluation_cases(evaluation.id) if row.kind == kind]
    predictions = session.store.predictions([row.answer_key for row in rows])
    samples = int(evaluation.settings.get("samples", 1)) if kind == "text" else 1
    found: dict[str, Answered | None] = {}
    for row in rows:
        case = built.suite.case_by_content.get(row.content)
        if case is not None:
            asked = steps.Asked(row.position, case, kind, row.answer_key, samples, built.suite.generation)
            found[row.content] = steps.answered(asked, predictions.get(row.answer_key, ()))
    return found


def _incompatible(built: BuiltSuite, metric: BuiltMetric, baseline: Evaluation, candidate: Evaluation) -> str:
    """Why the two sides must not be compared on this metric; empty where they may."""
    instance = metric.built.instance
    if instance.reads == "text" and _drawn(baseline) != _drawn(candidate):
        return "the replies were drawn with other generation settings"
    for part in getattr(instance, "comparable_on", ()):
        if baseline.parts.get(part) != candidate.parts.get(part):
            return f"the models differ in their {part}, and {metric.use.name} depends on it"
    return ""


def _drawn(evaluation: Evaluation) -> dict[str, Any]:
    return {key: value for key, value in evaluation.settings.items() if key != "seed"}


def _chance(built: BuiltSuite, metric: BuiltMetric) -> float | None:
    """What guessing scores on a choice metric that is a share of right answers."""
    instance = metric.built.instance
    if instance.reads != "choice" or tuple(getattr(instance, "bounds", ())) != (0.0, 1.0):
        return None
    cases = built.cases
    return sum(1 / len(case.choices) for case in cases) / len(cases)
