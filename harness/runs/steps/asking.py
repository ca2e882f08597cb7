"""What is missing of an evaluation is asked of the model, and written down batch by batch."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from harness.errors import PluginError
from harness.evaluation.predicting import predict
from harness.evaluation.records import Evaluation, PredictionKey
from harness.evaluation.requests import Asked
from harness.host.blame import blamed, fitting, label
from harness.protocols import Model
from harness.runs.assembly.built import BuiltModel, BuiltSuite
from harness.runs.models import brief
from harness.runs.session import Session
from harness.types import Case, Prediction, Request

_SHOWN = 3

_log = logging.getLogger("harness")


def ask_missing(
    session: Session,
    opened: Model,
    model: BuiltModel,
    built: BuiltSuite,
    evaluation: Evaluation,
    asked: Sequence[Asked],
    wanted: Sequence[Request],
) -> None:
    """Ask the requests that are not known, and journal what comes.

    A batch is written when it has come: what kills the process costs the batch in flight, a power cut what came in the
    second before that, too. What the model says of itself is written before the first batch that it said it of.
    """
    kind_of = {one.answer_key: one.kind for one in asked}
    place = f"{brief(model.reference)} on {evaluation.suite}"
    backend = label(model.backend, "backend")
    for kind in sorted(set(kind_of.values()) - frozenset(opened.answers)):
        readers = [repr(one.use.name) for one in built.metrics if one.built.instance.reads == kind]
        readers += [repr(one.use.name) for one in built.checks if kind == "text"]
        raise PluginError(
            f"{place}: {backend} does not answer {kind} requests, which {', '.join(readers)} read; leave those out, or "
            "ask another backend"
        )
    missing = sum(not request.known for request in wanted)
    said = deepcopy(dict(opened.facts))
    case_of = {one.answer_key: one.case for one in asked}
    failed: list[tuple[Case, Prediction]] = []
    with session.stage(f"evaluate {place}", total=missing) as advance:

        def record(batch: Sequence[Prediction]) -> None:
            nonlocal said
            if opened.facts != said:
                with blamed(model.backend, "backend", "facts"):
                    fitting(opened.facts, Mapping[str, Any])
                    said = deepcopy(dict(opened.facts))
                session.measuring(evaluation.id, said)
            kept = [one for one in batch if one.error is None or one.permanent]
            failed.extend((case_of[PredictionKey.of(one.key).answer], one) for one in batch if one.error is not None)
            given = [(PredictionKey.of(one.key).answer, one) for one in kept]
            session.journal.predictions(session.run, given, at_once=False)
            advance(len(batch))

        with session.at_work(model.backend, "backend", "answer"):
            predict(opened, wanted, kind_of, record, backend)
    _say_failed(session, f"{place}: {backend}: answer", evaluation, failed)


def _say_failed(
    session: Session, where: str, evaluation: Evaluation, failed: Sequence[tuple[Case, Prediction]]
) -> None:
    """Warn of answers that failed, with the first of each reason; write down why those did that are not kept."""
    for permanent, then in (
        (True, "failed for good"),
        (False, "failed and will be asked again next time"),
    ):
        reasons = _reasons([(case, one) for case, one in failed if one.permanent == permanent])
        if not reasons:
            continue
        if not permanent:
            detail = [{"reason": reason, "count": len(cases), "content": cases[0].content} for reason, cases in reasons]
            session.state("failures", evaluation.id, "tried", {"reasons": detail})
        told = [f"{reason} ({len(cases)}, such as case {cases[0].id!r})" for reason, cases in reasons[:_SHOWN]]
        more = [f"and {len(reasons) - _SHOWN} other reasons"] if len(reasons) > _SHOWN else []
        count = sum(len(cases) for _, cases in reasons)
        _log.warning("%s: %d answers %s: %s", where, count, then, "; ".join([*told, *more]))


def _reasons(failed: Sequence[tuple[Case, Prediction]]) -> list[tuple[str, list[Case]]]:
    """The cases that failed for each reason, the most frequent first."""
    cases: dict[str, list[Case]] = {}
    for case, prediction in failed:
        cases.setdefault(str(prediction.error), []).append(case)
    return sorted(cases.items(), key=lambda one: -len(one[1]))
