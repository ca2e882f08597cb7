"""What is missing of an evaluation is asked of the model, and written down batch by batch."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from harness import evaluation as steps
from harness.errors import PluginError
from harness.preflight import BuiltModel, BuiltSuite, blamed, fitting
from harness.protocols import Model
from harness.records import Evaluation
from harness.session.running import Session, brief
from harness.store import prediction_row
from harness.types import Prediction, Request

_log = logging.getLogger("harness")


def predicted(
    session: Session,
    opened: Model,
    model: BuiltModel,
    built: BuiltSuite,
    evaluation: Evaluation,
    asked: Sequence[steps.Asked],
    wanted: Sequence[Request],
) -> None:
    """Ask the requests that are not known, and journal what comes.

    A batch is written when it has come: what kills the process costs the batch in flight, a power cut what came in the
    second before that, too. What the model says of itself is written before the first batch that it said it of.
    """
    kind_of = {one.answer_key: one.kind for one in asked}
    label = f"{brief(model.reference)} on {evaluation.suite}"
    backend = f"plugin {model.backend.plugin}: backend {model.backend.use!r}"
    for kind in sorted(set(kind_of.values()) - frozenset(opened.answers)):
        readers = [repr(one.use.name) for one in built.metrics if one.built.instance.reads == kind]
        readers += [repr(one.use.name) for one in built.checks if kind == "text"]
        raise PluginError(
            f"{label}: {backend} does not answer {kind} requests, which {', '.join(readers)} read; leave those out, or "
            "ask another backend"
        )
    missing = sum(not request.known for request in wanted)
    said = deepcopy(dict(opened.facts))
    failed: list[str] = []
    with session.stage(f"evaluate {label}", total=missing) as advance:

        def record(batch: Sequence[Prediction]) -> None:
            nonlocal said
            if opened.facts != said:
                with blamed(model.backend, "backend", "facts"):
                    fitting(opened.facts, Mapping[str, Any])
                    said = deepcopy(dict(opened.facts))
                session.measuring(evaluation.id, said)
            kept = [one for one in batch if one.error is None or one.permanent]
            failed.extend(one.error for one in batch if one.error is not None and not one.permanent)
            rows = [prediction_row(one.key.rpartition(":")[0], one, session.run) for one in kept]
            session.journal.add("predictions", rows, at_once=False)
            advance(len(batch))

        with session.at_work(model.backend, "backend", "answer"):
            steps.predict(opened, wanted, kind_of, record, backend)
    if failed:
        count, first = len(failed), f"{backend}: answer: {failed[0]}"
        _log.warning("%s: %d answers failed and will be asked again next time: %s", label, count, first)
