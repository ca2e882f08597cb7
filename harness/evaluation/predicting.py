"""Requests answered by a model: what comes back is checked, and becomes predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from harness.errors import HarnessError, PluginError, describe
from harness.evaluation.records import PredictionKey
from harness.protocols import Model
from harness.types import (
    Answer,
    Kind,
    LogLikelihood,
    Prediction,
    Request,
)
from harness.types.models import ROUNDING
from harness.types.validation import misfit


def predict(
    model: Model,
    wanted: Sequence[Request],
    kind_of: Mapping[str, Kind],
    record: Callable[[Sequence[Prediction]], None],
    backend: str = "backend",
) -> None:
    """Answer every request that is not known; `record` gets the predictions of each batch as soon as it is done.

    `kind_of`: what each answer key was asked for.

    A request the model leaves out, or answers with too few or too many parts, becomes a prediction with an error.
    PluginError, which names the `backend`, where the model raises or answers what it was not asked; what came before is
    recorded.
    """
    missing = {request.key: request for request in wanted if not request.known}
    known = {request.key for request in wanted if request.known}
    if not missing:
        return
    batch: list[Prediction] = []
    try:
        for answer in _answers(model, wanted, backend):
            if not isinstance(answer, Answer) or not isinstance(answer.key, str):
                raise PluginError(f"{backend}: answer: gave {answer!r}, which is no Answer")
            request = missing.pop(answer.key, None)
            if request is not None:
                batch.append(_prediction(answer, kind_of, request))
            elif answer.key not in known:
                raise PluginError(f"{backend}: answer: gave {answer.key!r}, which was not asked or is answered already")
            if answer.batch_ends and batch:
                record(batch)
                batch = []
    finally:
        if batch:
            record(batch)
    if missing:
        said = "the backend gave no answer"
        record([_prediction(Answer(key, error=said), kind_of, missing[key]) for key in sorted(missing)])


def _answers(model: Model, wanted: Sequence[Request], backend: str) -> Iterator[Answer]:
    try:
        yield from model.answer(wanted)
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"{backend}: answer: {describe(error)}") from error


def _fault(answer: Answer, request: Request) -> str | None:
    """Why the answer cannot be used; None where it can."""
    if answer.error is not None:
        return answer.error or "the backend gave an error without a word"
    if isinstance(request, LogLikelihood):
        given, due, what = len(answer.likelihoods), len(request.continuations), "likelihoods"
    else:
        given, due, what = len(answer.replies), 1 + len(request.follow_ups), "replies"
    if given != due:
        return f"the backend gave {given} {what}, not {due}"
    above = next((one for one in answer.likelihoods if one.log_likelihood > ROUNDING * max(one.tokens, 1)), None)
    return f"the backend gave {above.log_likelihood:g}, which is above 0 and no log-likelihood" if above else None


def _prediction(answer: Answer, kind_of: Mapping[str, Kind], request: Request) -> Prediction:
    key = PredictionKey.of(answer.key)
    kind = kind_of[key.answer]
    wrong = misfit(answer, Answer)
    if wrong is not None:
        return Prediction(answer.key, "", kind, key.sample, error=f"the backend gave an answer whose {wrong}")
    fault = _fault(answer, request)
    return Prediction(
        key=answer.key,
        case="",
        kind=kind,
        sample=key.sample,
        replies=answer.replies,
        likelihoods=answer.likelihoods if fault is None else (),
        finish_reason=answer.finish_reason,
        prompt_tokens=answer.prompt_tokens,
        new_tokens=answer.new_tokens,
        seconds=answer.seconds,
        error=fault,
        permanent=answer.permanent,
    )
