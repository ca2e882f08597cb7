"""Scores and safety findings of stored predictions: what is stored already is not computed again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

from harness.errors import plugin_label
from harness.evaluation import checking
from harness.evaluation.requests import Asked
from harness.evaluation.scoring import Scored, answered, score
from harness.protocols import Metric
from harness.runs.assembly.built import BuiltCheck, BuiltMetric, BuiltSuite, check_record, metric_record
from harness.runs.session import Session
from harness.types import Answered, Kind, Prediction
from harness.types.gc_pauses import building

_Pair: TypeAlias = tuple[Asked, Answered]


def score_answers(session: Session, asked: Sequence[Asked], built: BuiltSuite) -> None:
    """Journal the missing scores and findings of every metric and check of the suite."""
    metrics = [metric for metric in built.metrics if isinstance(metric.built.instance, Metric)]
    keys = [one.answer_key for one in asked]
    samples = {one.kind: one.samples for one in asked}
    with session.store.reader() as reader, building():  # opening the store costs more than a question
        predictions = reader.predictions(keys)
        names = {one.built.key: known.names for one in metrics if (known := reader.metric(one.built.key))}
        scores = {
            key: reader.scored_keys(key, samples[reads], keys)
            for key, reads in ((one.built.key, one.built.instance.reads) for one in metrics)
            if reads in samples
        }
        checked = {one.built.key: reader.checked_keys(one.built.key, keys) for one in built.checks}
    for kind in samples:
        read = [metric for metric in metrics if metric.built.instance.reads == kind]
        pairs = _answers(asked, kind, predictions) if read else []
        for metric in read:
            key = metric.built.key
            mine = [pair for pair in pairs if (pair[0].answer_key, pair[0].case.content) not in scores[key]]
            _score(session, metric, mine, names.get(key))
    for check in built.checks:
        _check(session, check, asked, predictions, checked[check.built.key])


def _answers(asked: Sequence[Asked], kind: Kind, predictions: Mapping[str, Sequence[Prediction]]) -> list[_Pair]:
    """The questions of the kind that are answered, with what its metrics are given."""
    mine = [one for one in asked if one.kind == kind]
    pairs = ((one, answered(one, predictions.get(one.answer_key, ()))) for one in mine)
    return [(one, answer) for one, answer in pairs if answer is not None]


def _score(
    session: Session,
    metric: BuiltMetric,
    given: Sequence[_Pair],
    known: tuple[str, ...] | None,
) -> None:
    """Store what can be scored; what a metric raised on has no row and is tried again next time.

    `known`: how the metric named its statistics before; None where it has scored nothing yet.
    """
    kept: list[tuple[Asked, Scored]] = []
    key, names = metric.built.key, known or ()
    results = score(metric.built.instance, metric.use.name, [answer for _, answer in given])
    for (one, _), result in zip(given, results, strict=True):
        names = names or result.names
        if result.error is None and result.names != names:
            differing = f"named its statistics {result.names}, elsewhere {names}"
            result = Scored((), (), f"metric {metric.use.name!r}: score of case {one.case.id!r}: {differing}")
        if result.error is not None:
            session.failed(key, plugin_label(metric.built.plugin, result.error))
            continue
        kept.append((one, result))
    identity = metric_record(metric.built, names)
    if names and known is None:
        session.journal.metric(identity)
    session.journal.scores(identity, kept)


def _check(
    session: Session,
    check: BuiltCheck,
    asked: Sequence[Asked],
    predictions: Mapping[str, Sequence[Prediction]],
    done: Collection[tuple[str, str, int]],
) -> None:
    built = check.built
    wanted = [
        one
        for one in checking.passages(asked, predictions)
        if (one.key.answer, one.content, one.key.sample) not in done
    ]
    if not wanted:
        return
    results = checking.check(built.instance, check.use.name, [one.passage for one in wanted])
    for result in results.values():
        if result.error is not None:
            session.failed(built.key, plugin_label(built.plugin, result.error))
    identity = check_record(built)
    session.journal.check(identity)
    told = ((one.key, one.content, results[one.passage.id]) for one in wanted)
    session.journal.findings(identity, (one for one in told if one[2].error is None))
