"""The two sides of each metric, as the comparison wants them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from harness import evaluation as steps
from harness.comparison import MetricSides, Pairs, WholeSides
from harness.errors import HarnessError
from harness.hashing import content_hash
from harness.preflight import BuiltMetric, BuiltSuite
from harness.protocols import HasWorst, Metric
from harness.records import Evaluation
from harness.session.running import Session
from harness.session.scored import metric_record
from harness.statistics import jackknife_groups
from harness.types import Answered, Case

_NOTHING = np.empty(0)


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
        before, after = (_rows(session, built, metric, one) for one in (baseline, candidate))
    for case in built.cases:  # what the candidate should have been asked
        after.setdefault(case.content, _NOTHING)
    shared = sorted(before.keys() & after.keys())
    number_of = {cluster: i for i, cluster in enumerate(dict.fromkeys(cluster_of[content] for content in shared))}
    pairs = Pairs(
        _matrix(before, shared, len(record.names)),
        _matrix(after, shared, len(record.names)),
        np.array([number_of[cluster_of[content]] for content in shared], np.int64),
        seed=int(content_hash([record.key, shared]), 16),
        added=len(after) - len(shared),
        removed=len(before) - len(shared),
        slices=_slices([built.suite.case_by_content[content] for content in shared]),
    )
    return MetricSides(
        use=metric.use,
        suite=built.suite.name,
        record=record,
        value=partial(_value, session, metric),
        pairs=pairs,
        worst=_worst(session, built, metric, record.names, shared, pairs),
        incompatible=against,
        chance=_chance(built, metric),
    )


def _rows(
    session: Session, built: BuiltSuite, metric: BuiltMetric, evaluation: Evaluation
) -> dict[str, npt.NDArray[np.float64]]:
    """The evaluation's scores of cases that the suite still has, by content."""
    reads = metric.built.instance.reads
    if session.store.metric(metric.built.key) is None:  # it has scored nothing, on either side
        asked = [row.content for row in session.store.evaluation_cases(evaluation.id) if row.kind == reads]
        return {content: _NOTHING for content in asked if content in built.suite.case_by_content}
    samples = int(evaluation.settings.get("samples", 1)) if reads == "text" else 1
    contents, matrix, _ = session.store.statistics(evaluation.id, metric.built.key, samples)
    return {c: row for c, row in zip(contents, matrix, strict=True) if c in built.suite.case_by_content}


def _matrix(rows: Mapping[str, npt.NDArray[np.float64]], shared: Sequence[str], width: int) -> npt.NDArray[np.float64]:
    matrix = np.full((len(shared), width), np.nan)
    for i, content in enumerate(shared):
        if len(rows[content]) == width:
            matrix[i] = rows[content]
    return matrix


def _slices(cases: Sequence[Case]) -> dict[tuple[str, str], npt.NDArray[np.bool_]]:
    found: dict[tuple[str, str], npt.NDArray[np.bool_]] = {}
    for i, case in enumerate(cases):
        for slice_ in case.slices.items():
            found.setdefault(slice_, np.zeros(len(cases), bool))[i] = True
    return found


def _value(session: Session, metric: BuiltMetric, sums: Mapping[str, Any]) -> Any:
    """The figure of the sums; NaN, which is incomplete, where the metric raises."""
    try:
        return metric.built.instance.value(sums)
    except (Exception, SystemExit) as error:
        _failed(session, metric, error)
        return np.nan


def _worst(
    session: Session,
    built: BuiltSuite,
    metric: BuiltMetric,
    names: tuple[str, ...],
    contents: Sequence[str],
    pairs: Pairs,
) -> dict[int, Sequence[float]] | None:
    instance = metric.built.instance
    if not isinstance(instance, HasWorst) or not names:
        return None
    failed = np.flatnonzero(np.logical_or(*pairs.failed())).tolist()
    cases = {i: built.suite.case_by_content[contents[i]] for i in failed}
    try:
        return {i: steps.worst_statistics(instance, case, names) for i, case in cases.items()}
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
