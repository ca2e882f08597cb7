"""A model on a suite: what is stored is read, what is missing is asked, what is new is scored and checked."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from harness import evaluation as steps
from harness.errors import PluginError
from harness.hashing import content_hash
from harness.preflight import BuiltModel, BuiltSuite
from harness.protocols import Metric, Model
from harness.recorded import Recorded
from harness.records import Evaluation
from harness.session.running import Models, Session, brief
from harness.session.scored import scored
from harness.store import evaluation_row, now, prediction_row, suite_rows
from harness.store.rows import EvaluationCase
from harness.types import Identity, Kind, Likelihood, ModelReference, Prediction, Request

_log = logging.getLogger("harness")


def evaluated(
    session: Session, models: Models, model: BuiltModel, built: BuiltSuite, name: str | None = None
) -> Evaluation:
    """The model's evaluation on the selected cases of the suite. Unchanged predictions are read, not made again."""
    asked = steps.ask(built.cases, built.kinds, built.generation, model.identity)
    evaluation = _evaluation(session, model.reference, model.identity, built)
    wanted = steps.requests(asked, _known(session, asked))
    missing = sum(not request.known for request in wanted)
    with session.timed(f"evaluate {built.suite.name}"):
        if missing:
            opened = models.get(model)
            evaluation = replace(evaluation, facts=dict(opened.facts))
            _begin(session, evaluation, asked, built, name)
            _predict(session, opened, model, built.suite.name, asked, wanted, missing)
        else:
            _begin(session, evaluation, asked, built, name)
        return _finish(session, evaluation, asked, built)


def recorded(
    session: Session, built: BuiltSuite, answers: Mapping[str, Recorded], file: Path, fingerprint: str, name: str | None
) -> Evaluation:
    """The evaluation of recorded answers, one a case id; a case without one counts as missing."""
    identity = Identity(fingerprint, {"answers": fingerprint}, "recorded", verified=False)
    reference = ModelReference(reference=str(file), backend="recorded")
    # The file knows a case by its id, so two cases with one question have two answers.
    asked = [
        replace(one, answer_key=content_hash([fingerprint, one.kind, one.case.content, one.case.id]))
        for one in steps.ask(built.cases, built.kinds, built.generation, identity)
    ]
    evaluation = _evaluation(session, reference, identity, built)
    _begin(session, evaluation, asked, built, name)
    rows = []
    for one in asked:
        prediction = _from_record(one, answers.get(one.case.id))
        if prediction is not None:
            rows.append(prediction_row(one.answer_key, prediction, session.run))
    session.journal.add("predictions", rows)
    return _finish(session, evaluation, asked, built)


def rescored(session: Session, evaluation: Evaluation, built: BuiltSuite) -> bool:
    """Score the stored predictions of an evaluation with the suite's metrics and checks of today; asks no model.

    Only what lacks a score is fetched. False where nothing does.
    """
    with session.store.reader():  # opening the store costs more than a question
        rows = _not_scored(session, evaluation, built)
        cases = session.store.cases_of(built.suite.version, {row.content for row in rows}) if rows else {}
    generation = replace(built.suite.generation, samples=evaluation.samples("text"))
    asked = [
        steps.Asked(
            row.position, cases[row.content], row.kind, row.answer_key, evaluation.samples(row.kind), generation
        )
        for row in rows
    ]
    scored(session, asked, built)
    return bool(asked)


def archived(session: Session, built: BuiltSuite) -> None:
    """Make sure that the store has the suite: it joins what was measured with the suite's own rows."""
    if not session.store.has_suite(built.suite.version):
        for table, rows in suite_rows(built.suite, built.tier_of).items():
            session.journal.add(table, rows)


def _not_scored(session: Session, evaluation: Evaluation, built: BuiltSuite) -> list[EvaluationCase]:
    """What lacks a score of one of the metrics, or a result of one of the checks."""
    keys: dict[Kind, list[str]] = {}
    for metric in built.metrics:
        if isinstance(metric.built.instance, Metric):
            keys.setdefault(metric.built.instance.reads, []).append(metric.built.key)
    rows = [row for kind in keys for row in session.store.unscored(built.part, evaluation, kind, keys[kind])]
    checks = [check.built.key for check in built.checks]
    rows += session.store.unchecked(built.part, evaluation, checks) if checks else []
    return list(dict.fromkeys(rows))


def _evaluation(session: Session, reference: ModelReference, identity: Identity, built: BuiltSuite) -> Evaluation:
    settings = {**asdict(built.generation), "stop": list(built.generation.stop)}
    return Evaluation(
        id=steps.evaluation_id(
            identity.fingerprint, identity.numerics, built.suite.version, built.selection, built.draws
        ),
        suite=built.suite.name,
        suite_version=built.suite.version,
        selection=built.selection,
        cases=len(built.cases),
        model=reference,
        fingerprint=identity.fingerprint,
        parts=dict(identity.parts),
        numerics=identity.numerics,
        settings=settings,
        verified=identity.verified,
        run=session.run,
        created_at=now(),
    )


def _known(session: Session, asked: Sequence[steps.Asked]) -> set[str]:
    stored = session.store.predictions([one.answer_key for one in asked])
    return {prediction.key for found in stored.values() for prediction in found}


def _begin(
    session: Session, evaluation: Evaluation, asked: Sequence[steps.Asked], built: BuiltSuite, name: str | None
) -> None:
    """Write down what is going to be measured before it is."""
    archived(session, built)
    session.journal.add("evaluations", [evaluation_row(evaluation)])
    pairs = [
        {
            "evaluation": evaluation.id,
            "position": one.position,
            "content": one.case.content,
            "kind": one.kind,
            "answer_key": one.answer_key,
        }
        for one in asked
    ]
    session.journal.add("evaluation_cases", pairs)
    if name is not None:
        session.journal.add("evaluation_names", [{"name": name, "evaluation": evaluation.id, "at": now()}])
    session.state("evaluation", evaluation.id, "running", {"facts": dict(evaluation.facts)} if evaluation.facts else {})


def _predict(
    session: Session,
    opened: Model,
    model: BuiltModel,
    suite: str,
    asked: Sequence[steps.Asked],
    wanted: Sequence[Request],
    missing: int,
) -> None:
    kind_of = {one.prediction_key(sample): one.kind for one in asked for sample in range(one.samples)}
    label = f"{brief(model.reference)} on {suite}"
    backend = f"plugin {model.backend.plugin}: backend {model.backend.use!r}"
    unserved = set(kind_of.values()) - opened.answers
    if unserved:
        raise PluginError(f"{label}: {backend} does not answer {', '.join(sorted(unserved))}")
    failed: list[str] = []
    with session.stage(f"evaluate {label}", total=missing) as advance:

        def record(batch: Sequence[Prediction]) -> None:
            kept = [one for one in batch if one.error is None or one.permanent]
            failed.extend(one.error or "" for one in batch if one not in kept)
            rows = [prediction_row(one.key.rpartition(":")[0], one, session.run) for one in kept]
            session.journal.add("predictions", rows)
            advance(len(batch))

        steps.predict(opened, wanted, kind_of, record, backend)
    if failed:
        _log.warning("%s: %d answers failed and will be asked again next time: %s", label, len(failed), failed[0])


def _finish(session: Session, evaluation: Evaluation, asked: Sequence[steps.Asked], built: BuiltSuite) -> Evaluation:
    session.store.ingest()
    scored(session, asked, built)
    session.state("evaluation", evaluation.id, "complete")
    session.store.ingest()
    return session.store.evaluation(evaluation.id)


def _from_record(one: steps.Asked, answer: Recorded | None) -> Prediction | None:
    """The recorded answer as a prediction, where it is of the kind that was asked."""
    if answer is None:
        return None
    prediction = Prediction(one.prediction_key(0), one.case.content, one.kind)
    if answer.error is not None:
        return replace(prediction, error=answer.error)
    if one.kind == "choice" and answer.choice_logprobs is not None:
        return replace(prediction, likelihoods=tuple(Likelihood(value, 1) for value in answer.choice_logprobs))
    if one.kind in ("text", "choice") and answer.text is not None:
        return replace(prediction, replies=(answer.text,))
    return None
