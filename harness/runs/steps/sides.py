"""The two sides of each metric, as the comparison wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from harness.comparison.pairing import MetricSides, Pairs, Unspelt, WholeSides
from harness.comparison.records import Against
from harness.comparison.spelling import is_mostly_unspelt
from harness.comparison.statistics.jackknife import jackknife_groups
from harness.errors import describe
from harness.evaluation.records import Evaluation, MetricRecord
from harness.evaluation.requests import Asked
from harness.evaluation.scoring import answered, worst_statistics
from harness.host.blame import label
from harness.protocols import HasWorst, Metric
from harness.runs.assembly.built import BuiltMetric, BuiltSuite, metric_record
from harness.runs.session import Session
from harness.runs.steps.announcing import archive_suite
from harness.runs.steps.rescoring import rescore_evaluation
from harness.runs.steps.strays import Strays, strays, unspelt_texts
from harness.store.queries.pairs import PairedScores
from harness.types import Answered, Case, Kind
from harness.types.hashing import content_hash
from harness.types.validation import number_of


def sides_of(
    session: Session,
    built: BuiltSuite,
    baseline: Evaluation,
    candidate: Evaluation,
    against: Against = "baseline",
) -> Iterator[MetricSides | WholeSides]:
    """Both sides of every metric of the suite, in its order, from what is stored.

    Stored answers that the metrics and checks of today have not seen are scored first. Where one side was drawn more
    often, its first draws are compared: they are what it was worth before it was looked at again.
    """
    archive_suite(session, built)
    off = [strays(session, built, one) for one in (baseline, candidate)]
    fewest = min(one.samples("text") for one in (baseline, candidate))
    baseline, candidate = (replace(one, settings={**one.settings, "samples": fewest}) for one in (baseline, candidate))
    stored = _stored(session, built, baseline, candidate, off)
    if stored.lacks_scores or built.checks:  # mostly nothing is missing, and then what was needed anyway has told it
        new = [
            rescore_evaluation(session, one, built) for one in {baseline.id: baseline, candidate.id: candidate}.values()
        ]
        stored = _stored(session, built, baseline, candidate, off) if any(new) else stored
    for metric in built.metrics:
        if not _is_sum(metric):
            yield _whole_sides(session, built, metric, baseline, candidate, against)
            continue
        record = stored.records[metric.built.key]
        pairs = _pairs(stored.paired[record.reads], record)
        yield MetricSides(
            use=metric.use,
            suite=built.suite.name,
            record=record,
            value=partial(_value, session, metric),
            pairs=pairs,
            worst=_worst(session, metric, record.names, pairs, stored),
            incompatible=_incompatible(metric, baseline, candidate)
            or _edited(session, built, metric, baseline, len(pairs), against),
            chance=stored.guessing if _is_share_of_right_choices(metric) else None,
            against=against,
            samples=candidate.samples(record.reads),
            unspelt=(off[0].of(record.key, stored.rows), off[1].of(record.key, stored.rows)),
        )


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the store knows of both sides: metrics by key, scores by kind, and the cases that lack some, by content.

    `rows` are those of the cases with a reply that is none of the choices, by content.
    """

    records: Mapping[str, MetricRecord]
    paired: Mapping[Kind, PairedScores]
    cases: Mapping[str, Case]
    guessing: float | None
    rows: Mapping[str, int]

    @property
    def lacks_scores(self) -> bool:
        return bool(self.cases) or any(not record.names for record in self.records.values())


def _stored(
    session: Session, built: BuiltSuite, baseline: Evaluation, candidate: Evaluation, off: Sequence[Strays]
) -> _Stored:
    store = session.store
    named = {content for side in off for texts in side.texts.values() for content in texts}
    with store.reader():  # opening the store costs more than a question
        sums = [metric.built for metric in built.metrics if _is_sum(metric)]
        records = {one.key: store.metric(one.key) or metric_record(one, ()) for one in sums}
        paired = {
            kind: store.paired(
                built.part,
                kind,
                baseline,
                candidate,
                [one for one in records.values() if one.reads == kind],
                named if kind == "choice" else (),
            )
            for kind in dict.fromkeys(record.reads for record in records.values())
        }
        failed = {content for one in paired.values() for content in one.contents.values()}
        cases = store.cases_of(built.suite.version, failed) if failed else {}
        guessing = _guessing(store.choice_counts(built.part)) if "choice" in paired else None
    return _Stored(records, paired, cases, guessing, paired["choice"].rows if "choice" in paired else {})


def _is_sum(metric: BuiltMetric) -> bool:
    return isinstance(metric.built.instance, Metric)


def _pairs(paired: PairedScores, record: MetricRecord) -> Pairs:
    return Pairs(
        *paired.scores[record.key],
        paired.clusters,
        seed=int(content_hash([record.key, paired.seed]), 16),
        added=paired.added,
        removed=paired.removed,
        slices=paired.slices,
    )


def _value(session: Session, metric: BuiltMetric, sums: Mapping[str, Any]) -> Any:
    """The figure of the sums; NaN, which is incomplete, where the metric raises."""
    try:
        figures = np.asarray(metric.built.instance.value(sums), dtype=float)
        shape = np.shape(next(iter(sums.values())))
        if figures.shape != shape:
            raise ValueError(f"gave {figures.shape or 'one figure'} for sums of the shape {shape or '()'}")
        return figures if shape else float(figures)
    except (Exception, SystemExit) as error:
        _failed(session, metric, "value", error)
        return np.nan


def _worst(
    session: Session, metric: BuiltMetric, names: tuple[str, ...], pairs: Pairs, stored: _Stored
) -> dict[int, Sequence[float]] | None:
    instance = metric.built.instance
    if not isinstance(instance, HasWorst) or not names:
        return None
    contents = stored.paired[metric.built.instance.reads].contents
    failed = np.flatnonzero(np.logical_or(*pairs.failed())).tolist()
    try:
        return {i: worst_statistics(instance, stored.cases[contents[i]], names) for i in failed}
    except (Exception, SystemExit) as error:
        _failed(session, metric, "worst", error)
        return None


def _failed(session: Session, metric: BuiltMetric, method: str, error: BaseException) -> None:
    place = label(metric.built, "metric", method, name=metric.use.name)
    session.failed(metric.built.key, f"{place}: {describe(error)}")


def _whole_sides(
    session: Session,
    built: BuiltSuite,
    metric: BuiltMetric,
    baseline: Evaluation,
    candidate: Evaluation,
    against: Against,
) -> WholeSides:
    """Compute the metric on the shared cases and on each delete-a-group replicate of them, on both sides."""
    with session.store.reader():
        sides = [_answers(session, built, metric, one) for one in (baseline, candidate)]
    sides[1] = {**{case.content: None for case in built.cases}, **sides[1]}  # what it should have been asked
    return _spelt_too(metric, sides, partial(_whole, session, built, metric, baseline, candidate, against))


def _spelt_too(
    metric: BuiltMetric,
    sides: Sequence[Mapping[str, Answered | None]],
    whole: Callable[[Sequence[Mapping[str, Answered | None]]], WholeSides],
) -> WholeSides:
    """The sides with what replies are none of the choices and, where these are many, the metric without their cases."""
    if metric.built.instance.reads != "choice":
        return whole(sides)
    shared = sides[0].keys() & sides[1].keys()
    rows = {content: row for row, content in enumerate(sorted(shared))}
    found = []
    for side in sides:
        given = [one for content, one in side.items() if one is not None and content in shared]
        texts = {rows[content]: text for content, text in unspelt_texts(metric, given).items()}
        found.append(Unspelt(sum(not one.likelihoods for one in given), texts))
    counted = replace(whole(sides), unspelt=(found[0], found[1]))
    if not is_mostly_unspelt(counted):
        return counted
    kept = {content for content, row in rows.items() if not any(row in one.texts for one in found)}
    left = [{content: one for content, one in side.items() if content in kept} for side in sides]
    return replace(counted, spelt=whole(left))


def _whole(
    session: Session,
    built: BuiltSuite,
    metric: BuiltMetric,
    baseline: Evaluation,
    candidate: Evaluation,
    against: Against,
    sides: Sequence[Mapping[str, Answered | None]],
) -> WholeSides:
    """The metric on the answers of both sides by case content."""
    cluster_of = {case.content: case.group for case in built.suite.cases}
    shared = sorted(sides[0].keys() & sides[1].keys())
    good = [content for content in shared if all(side[content] is not None for side in sides)]
    groups = jackknife_groups(good, cluster_of)
    values = [_values(session, metric, [side[content] for content in good], good, groups) for side in sides]
    record = metric_record(metric.built, ())
    if any(whole is not None for whole, _ in values) and session.store.metric(record.key) is None:
        session.journal.metric(record)  # as its scores would have it, of which it has none
    errors = [sum(side[content] is None for content in shared) for side in sides]
    return WholeSides(
        use=metric.use,
        suite=built.suite.name,
        record=record,
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
        incompatible=_incompatible(metric, baseline, candidate)
        or _edited(session, built, metric, baseline, len(shared), against),
        against=against,
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
        whole = number_of(compute(given))
        if not np.isfinite(whole):
            raise ValueError(f"returned {whole}")
        parts = [
            number_of(compute([a for a, content in zip(given, contents, strict=True) if content not in group]))
            for group in groups
        ]
    except (Exception, SystemExit) as error:
        _failed(session, metric, "compute", error)
        return None, []
    return whole, parts


def _answers(
    session: Session, built: BuiltSuite, metric: BuiltMetric, evaluation: Evaluation
) -> dict[str, Answered | None]:
    """By case content: what the metric may look at, None where the answer failed or is missing."""
    kind = metric.built.instance.reads
    rows = [row for row in session.store.evaluation_cases(evaluation.id) if row.kind == kind]
    predictions = session.store.predictions([row.answer_key for row in rows])
    samples = evaluation.samples(kind)
    found: dict[str, Answered | None] = {}
    for row in rows:
        case = built.suite.case_by_content.get(row.content)
        if case is not None and (built.only is None or row.content in built.only):
            asked = Asked(
                row.position, case, kind, row.answer_key, samples, built.suite.generation, built.suite.thoughts
            )
            found[row.content] = answered(asked, predictions.get(row.answer_key, ()))
    return found


def _incompatible(metric: BuiltMetric, baseline: Evaluation, candidate: Evaluation) -> str:
    """Why the two sides must not be compared on this metric; empty where they may."""
    instance = metric.built.instance
    if instance.reads == "text" and baseline.drawn != candidate.drawn:
        return "the replies were drawn with other generation settings"
    for part in getattr(instance, "comparable_on", ()):
        if baseline.parts.get(part) != candidate.parts.get(part):
            return f"the models differ in their {part}, and {metric.use.name} depends on it"
    return ""


def _edited(
    session: Session, built: BuiltSuite, metric: BuiltMetric, baseline: Evaluation, shared: int, against: Against
) -> str:
    """Why no case is shared, where that is because they have all been edited; empty where it is not."""
    if shared or baseline.suite_version == built.suite.version:
        return ""
    if metric.built.instance.reads not in session.store.kinds_asked(baseline.id):
        return ""
    return f"no case is on both sides: all of them were edited since the {against} was measured"


def _is_share_of_right_choices(metric: BuiltMetric) -> bool:
    instance = metric.built.instance
    counts_right = getattr(instance, "higher_is_better", True)
    return instance.reads == "choice" and counts_right and tuple(getattr(instance, "bounds", ())) == (0.0, 1.0)


def _guessing(choice_counts: Mapping[int, int]) -> float | None:
    """The share of cases that guessing gets right; None where a case has nothing to guess."""
    if not choice_counts or 0 in choice_counts:
        return None
    return sum(cases / choices for choices, cases in choice_counts.items()) / sum(choice_counts.values())
