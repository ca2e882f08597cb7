"""A model on a suite: what is stored is read, what is missing is asked, what is new is scored and checked."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from harness.errors import UsageError
from harness.evaluation.records import Evaluation, PredictionKey
from harness.evaluation.requests import RECORDED, Asked, ask, ask_recorded, evaluation_id, requests
from harness.runs.assembly.built import BuiltModel, BuiltSuite
from harness.runs.models import Models
from harness.runs.session import Session
from harness.runs.steps.announcing import announce_evaluation, name_evaluation
from harness.runs.steps.asking import ask_missing
from harness.runs.steps.rescoring import rescore_evaluation
from harness.store.journal.values import now
from harness.store.store import Store
from harness.suites.recorded import Recorded
from harness.types import Identity, Likelihood, ModelReference, Prediction
from harness.types.gc_pauses import building, keeping

_log = logging.getLogger("harness")


def evaluate_suite(
    session: Session, models: Models, model: BuiltModel, built: BuiltSuite, name: str | None = None
) -> Evaluation:
    """The model's evaluation on the selected cases of the suite. Unchanged predictions are read, not made again."""
    evaluation = _evaluation(model.reference, model.identity, built, session.run)
    with session.timed(f"evaluate {built.suite.name}"), keeping():
        if session.store.is_answered(evaluation, built.kinds):
            name_evaluation(session, evaluation, name)
        else:
            _measure(session, models, model, built, evaluation, name)
            session.store.ingest()
        return _finish(session, evaluation, built)


def unanswered_suites(store: Store, model: BuiltModel, suites: Sequence[BuiltSuite]) -> list[BuiltSuite]:
    """The suites that the model has not answered whole, so that it has to be opened for them."""
    with store.reader():
        return [
            one
            for one in suites
            if not store.is_answered(_evaluation(model.reference, model.identity, one, None), one.kinds)
        ]


def evaluate_answers(
    session: Session, built: BuiltSuite, answers: Mapping[str, Recorded], file: Path, fingerprint: str, name: str | None
) -> Evaluation:
    """The evaluation of recorded answers, one a case id; a case without one counts as missing."""
    identity = Identity(fingerprint, {"answers": fingerprint}, RECORDED, verified=False)
    reference = ModelReference(reference=str(file), backend=RECORDED)
    evaluation = _evaluation(reference, identity, built, session.run)
    _write(session, evaluation, built, answers, file, name)
    with keeping():
        session.store.ingest()
        return _finish(session, evaluation, built)


def _write(
    session: Session,
    evaluation: Evaluation,
    built: BuiltSuite,
    answers: Mapping[str, Recorded],
    file: Path,
    name: str | None,
) -> None:
    """Journal what the file has of the evaluation; what was asked takes room that is free again when it is done."""
    with building():
        kinds, drawn = sorted(built.kinds), built.generation
        cases = ((position, case, kind) for position, case in enumerate(built.cases) for kind in kinds)
        without_keys = (Asked(*one, "", evaluation.samples(one[2]), drawn) for one in cases)
        asked = ask_recorded(without_keys, evaluation.fingerprint)
    before = session.store.first_measured(evaluation.id)
    if before is not None and session.store.run_state(before.run or "") is None:
        _refuse_others(session.store, dict(_predictions(asked, answers)), file)
    with keeping():
        announce_evaluation(session, evaluation, asked, built, name)
        given = ((key, one) for key, one in _predictions(asked, answers) if one is not None)
        session.journal.predictions(session.run, given)


def _predictions(asked: Iterable[Asked], answers: Mapping[str, Recorded]) -> Iterator[tuple[str, Prediction | None]]:
    """What was recorded for each answer key, made one at a time: together they take more room than the file."""
    return ((one.answer_key, _from_record(one, answers.get(one.case.id))) for one in asked)


def _refuse_others(store: Store, predictions: Mapping[str, Prediction | None], file: Path) -> None:
    """UsageError where an imported baseline has brought other answers of this file than it holds."""
    stored = store.predictions(list(predictions))
    for key, prediction in predictions.items():
        found = [(one.replies, one.likelihoods, one.error) for one in stored.get(key, ())]
        given = [] if prediction is None else [(prediction.replies, prediction.likelihoods, prediction.error)]
        if found not in ([], given):
            raise UsageError(
                f"{file}: an imported baseline claims to be this file's answers and holds others; leave it out, and "
                "set HARNESS_HOME to another folder"
            )


def _evaluation(reference: ModelReference, identity: Identity, built: BuiltSuite, run: str | None) -> Evaluation:
    settings = {**asdict(built.generation), "stop": list(built.generation.stop)}
    return Evaluation(
        id=evaluation_id(identity.fingerprint, identity.numerics, built.suite.version, built.selection, built.draws),
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
        asked = ask(built.cases, built.kinds, built.generation, model.identity)
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
    announce_evaluation(session, replace(evaluation, facts=dict(opened.facts) if opened else {}), asked, built, name)
    with store.reader():
        # From `announce_evaluation` on nobody removes what the evaluation needs, as somebody may have until then.
        known = store.known_keys([one.answer_key for one in asked])
        lengths = store.reply_lengths(evaluation) if "text" in built.kinds else {}
    if _is_known(asked, known):
        return
    if opened is None:
        opened = models.get(model, facts)
        session.measuring(evaluation.id, opened.facts)
    with building():
        wanted = requests(asked, known, lengths)
    ask_missing(session, opened, model, built, evaluation, asked, wanted)


def _is_known(asked: Sequence[Asked], known: Collection[PredictionKey]) -> bool:
    """Whether every sample of everything that is asked has its answer."""
    return all(one.prediction_key(sample) in known for one in asked for sample in range(one.samples))


def _finish(session: Session, evaluation: Evaluation, built: BuiltSuite) -> Evaluation:
    rescore_evaluation(session, evaluation, built)
    session.state("evaluation", evaluation.id, "complete")
    session.store.ingest()
    return session.store.evaluation(evaluation.id)


def _from_record(one: Asked, answer: Recorded | None) -> Prediction | None:
    """The recorded answer as a prediction, where it is of the kind that was asked."""
    if answer is None:
        return None
    likelihoods: tuple[Likelihood, ...] = ()
    replies: tuple[str, ...] = ()
    if answer.error is None:
        if one.kind == "choice" and answer.choice_logprobs is not None:
            likelihoods = tuple(Likelihood(value, 1) for value in answer.choice_logprobs)
        elif one.kind in ("text", "choice") and answer.text is not None:
            replies = (answer.text,)
        else:
            return None
    return Prediction(
        key=str(one.prediction_key(0)),
        case=one.case.content,
        kind=one.kind,
        replies=replies,
        likelihoods=likelihoods,
        finish_reason=answer.finish_reason,
        error=answer.error,
    )
