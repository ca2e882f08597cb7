"""A model on a suite: what is stored is read, what is missing is asked, what is new is scored and checked."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from harness import evaluation as steps
from harness.collecting import building, keeping
from harness.hashing import content_hash
from harness.preflight import BuiltModel, BuiltSuite
from harness.recorded import Recorded
from harness.records import Evaluation
from harness.session.begun import begun, named
from harness.session.predicted import predicted
from harness.session.rescored import rescored
from harness.session.running import Models, Session
from harness.store import Store, now, prediction_row
from harness.types import Identity, Likelihood, ModelReference, Prediction

_log = logging.getLogger("harness")


def evaluated(
    session: Session, models: Models, model: BuiltModel, built: BuiltSuite, name: str | None = None
) -> Evaluation:
    """The model's evaluation on the selected cases of the suite. Unchanged predictions are read, not made again."""
    evaluation = _evaluation(model.reference, model.identity, built, session.run)
    with session.timed(f"evaluate {built.suite.name}"), keeping():
        if session.store.is_answered(evaluation, built.kinds):
            named(session, evaluation, name)
        else:
            _measure(session, models, model, built, evaluation, name)
            session.store.ingest()
        return _finish(session, evaluation, built)


def unanswered(store: Store, model: BuiltModel, suites: Sequence[BuiltSuite]) -> list[BuiltSuite]:
    """The suites that the model has not answered whole, so that it has to be opened for them."""
    with store.reader():
        return [
            one
            for one in suites
            if not store.is_answered(_evaluation(model.reference, model.identity, one, None), one.kinds)
        ]


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
    evaluation = _evaluation(reference, identity, built, session.run)
    begun(session, evaluation, asked, built, name)
    rows = []
    for one in asked:
        prediction = _from_record(one, answers.get(one.case.id))
        if prediction is not None:
            rows.append(prediction_row(one.answer_key, prediction, session.run))
    session.journal.add("predictions", rows)
    session.store.ingest()
    return _finish(session, evaluation, built)


def _evaluation(reference: ModelReference, identity: Identity, built: BuiltSuite, run: str | None) -> Evaluation:
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
        run=run,
        created_at=now(),
    )


def _measure(
    session: Session,
    models: Models,
    model: BuiltModel,
    built: BuiltSuite,
    evaluation: Evaluation,
    name: str | None,
) -> None:
    """Ask what is missing; an evaluation that was interrupted goes on as it was begun."""
    with building():
        asked = steps.ask(built.cases, built.kinds, built.generation, model.identity)
    store = session.store
    with store.reader():
        answered = _is_known(asked, store.known_keys([one.answer_key for one in asked]))
        before, facts = store.first_measured(evaluation.id), store.interrupted_facts(evaluation.id)
        others = store.runs_measuring(evaluation.id)
    if before is not None:
        evaluation = replace(evaluation, created_at=before.created_at)
    for run in others:
        if run != session.run and store.at_work(run):
            _log.info("run %s is measuring the same just now: what both ask for is stored once", run)
    opened = None if answered else models.get(model, facts)
    begun(session, replace(evaluation, facts=dict(opened.facts) if opened else {}), asked, built, name)
    with store.reader():
        # From `begun` on nobody removes what the evaluation needs, as somebody may have until then.
        known = store.known_keys([one.answer_key for one in asked])
        lengths = store.reply_lengths(evaluation) if "text" in built.kinds else {}
    if _is_known(asked, known):
        return
    if opened is None:
        opened = models.get(model, facts)
        session.measuring(evaluation.id, opened.facts)
    with building():
        wanted = steps.requests(asked, known, lengths)
    predicted(session, opened, model, built, evaluation, asked, wanted)


def _is_known(asked: Sequence[steps.Asked], known: Collection[str]) -> bool:
    """Whether every sample of everything that is asked has its answer."""
    return all(one.prediction_key(sample) in known for one in asked for sample in range(one.samples))


def _finish(session: Session, evaluation: Evaluation, built: BuiltSuite) -> Evaluation:
    rescored(session, evaluation, built)
    session.state("evaluation", evaluation.id, "complete")
    session.store.ingest()
    return session.store.evaluation(evaluation.id)


def _from_record(one: steps.Asked, answer: Recorded | None) -> Prediction | None:
    """The recorded answer as a prediction, where it is of the kind that was asked."""
    if answer is None:
        return None
    key, reason = one.prediction_key(0), answer.finish_reason
    prediction = Prediction(key, one.case.content, one.kind, finish_reason=reason)
    if answer.error is not None:
        return replace(prediction, error=answer.error)
    if one.kind == "choice" and answer.choice_logprobs is not None:
        return replace(prediction, likelihoods=tuple(Likelihood(value, 1) for value in answer.choice_logprobs))
    if one.kind in ("text", "choice") and answer.text is not None:
        return replace(prediction, replies=(answer.text,))
    return None
