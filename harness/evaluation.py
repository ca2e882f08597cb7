"""Cases -> requests -> predictions -> scores. Pure but for the model, the metrics and `record`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from types import MappingProxyType
from typing import Any

from harness.errors import HarnessError, PluginError, said
from harness.protocols import HasWorst, Metric, Model
from harness.scores import ScoresElsewhere, scores
from harness.suites.records import Generation
from harness.types import (
    Answer,
    Answered,
    Case,
    Generate,
    Identity,
    Kind,
    LogLikelihood,
    Message,
    Prediction,
    Prompt,
    Request,
    Thoughts,
    message_record,
)
from harness.types.hashing import content_hash
from harness.types.models import ROUNDING
from harness.types.thoughts import as_read
from harness.types.validation import misfit, statistics_of

RECORDED = "recorded"
"""The numerics, and the backend, of answers that were read from a file."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of question about one case. `answer_key` hashes model, request, settings and numerics.

    `thoughts`: what becomes of them where a metric or a check is given the answer.
    """

    position: int
    case: Case
    kind: Kind
    answer_key: str
    samples: int
    generation: Generation
    thoughts: Thoughts = "split"

    def prediction_key(self, sample: int) -> str:
        return f"{self.answer_key}:{sample}"


@dataclass(frozen=True, slots=True)
class Scored:
    """One metric's statistics for one answered case, in the order of `names`; `error` where the metric raised."""

    names: tuple[str, ...]
    statistics: tuple[float, ...]
    error: str | None = None


def evaluation_id(fingerprint: str, numerics: str, suite_version: str, selection: str, draws: int = 1) -> str:
    """What an evaluation is: one model on one selection of one suite version, drawn `draws` times as often as asked."""
    return content_hash([fingerprint, numerics, suite_version, selection, *([draws] if draws > 1 else [])])


def ask(
    cases: Sequence[Case],
    kinds: Collection[Kind],
    generation: Generation,
    identity: Identity,
    thoughts: Thoughts = "split",
) -> list[Asked]:
    """What has to be asked: each kind of each case, with the key that finds its answer in the store."""
    asked = []
    for position, case in enumerate(cases):
        for kind in sorted(kinds):
            samples = generation.samples if kind == "text" else 1
            key = content_hash(
                [identity.fingerprint, identity.numerics, kind, _request_content(case, kind, generation)]
            )
            asked.append(Asked(position, case, kind, key, samples, generation, thoughts))
    return asked


def ask_recorded(asked: Iterable[Asked], fingerprint: str) -> list[Asked]:
    """The same asked of a file of answers, which knows a case by its id: two cases with one question have two."""
    return [
        replace(one, answer_key=content_hash([fingerprint, one.kind, one.case.content, one.case.id])) for one in asked
    ]


def requests(
    asked: Iterable[Asked], known: Collection[str], reply_lengths: Mapping[str, int] = MappingProxyType({})
) -> list[Request]:
    """One request a question and sample, the same question once; those whose key is `known` are marked so.

    `reply_lengths`: how many tokens others needed for their reply to a case, by its content.
    """
    sampled = {one.prediction_key(sample): (one, sample) for one in asked for sample in range(one.samples)}
    return [
        _expecting(_request(one, sample, key in known), reply_lengths.get(one.case.content))
        for key, (one, sample) in sampled.items()
    ]


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
                batch.append(_prediction(answer, kind_of[_answer_key(answer.key)], request))
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
        record(
            [_prediction(Answer(key, error=said), kind_of[_answer_key(key)], missing[key]) for key in sorted(missing)]
        )


def answered(asked: Asked, predictions: Sequence[Prediction]) -> Answered | None:
    """The record a metric gets; None where a sample is missing, has an error or was cut before its reply began."""
    mine = [as_read(one, asked.thoughts) for one in predictions if one.sample < asked.samples]
    if len(mine) < asked.samples or any(one.error is not None for one in mine):
        return None
    content = asked.case.content
    return Answered(asked.case, tuple(one if one.case == content else replace(one, case=content) for one in mine))


def score(metric: Metric, name: str, answers: Sequence[Answered]) -> Iterator[Scored]:
    """The metric's statistics for each answered case; what it raises or gets wrong costs that cell alone."""
    results = metric.scores(answers) if isinstance(metric, ScoresElsewhere) else scores(metric, answers)
    ended: BaseException | None = None
    for one in answers:
        result, ended = _next(results, ended)
        try:
            if isinstance(result, BaseException):
                raise result
            yield _scored(statistics_of(result))
        except (Exception, SystemExit) as error:
            yield Scored((), (), f"metric {name!r}: score of case {one.case.id!r}: {said(error)}")
    _next(results, ended)  # lets it end


def worst_statistics(metric: HasWorst, case: Case, names: Sequence[str]) -> tuple[float, ...]:
    """What an answer that never came is worth, in the order of `names`."""
    statistics = statistics_of(metric.worst(case))
    return tuple(statistics[name] for name in names)


def _answers(model: Model, wanted: Sequence[Request], backend: str) -> Iterator[Answer]:
    try:
        yield from model.answer(wanted)
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"{backend}: answer: {said(error)}") from error


def _request_content(case: Case, kind: Kind, generation: Generation) -> Any:
    if kind != "text":
        asked = _likelihood("", case, kind, known=False)
        return [asked.prompts or _plain(asked.prompt), asked.continuations]
    settings = [generation.max_new_tokens, generation.temperature, generation.top_p, generation.stop, generation.seed]
    return [_plain(case.prompt), case.follow_ups, settings]


def _plain(prompt: Prompt) -> Any:
    return prompt if isinstance(prompt, str) else [message_record(message) for message in prompt]


def _request(asked: Asked, sample: int, known: bool) -> Request:
    case, key, drawn = asked.case, asked.prediction_key(sample), asked.generation
    if asked.kind != "text":
        return _likelihood(key, case, asked.kind, known)
    return Generate(
        key=key,
        prompt=case.prompt,
        max_new_tokens=drawn.max_new_tokens,
        stop=drawn.stop,
        temperature=drawn.temperature,
        top_p=drawn.top_p,
        seed=int(content_hash([drawn.seed, sample, _prompt_text(case.prompt)])[:12], 16),
        follow_ups=case.follow_ups,
        known=known,
    )


def _expecting(request: Request, tokens: int | None) -> Request:
    if tokens is None or not isinstance(request, Generate):
        return request
    return replace(request, expected_tokens=tokens)


def _likelihood(key: str, case: Case, kind: Kind, known: bool) -> LogLikelihood:
    """A text without anything before it is scored in windows where it is longer than the context."""
    if kind == "log-likelihood":
        prompt, reference = _space_moved(case.prompt, case.references[:1])
        return LogLikelihood(key, prompt, reference, known, windows=prompt == "")
    if case.ending is None:
        return LogLikelihood(key, *_space_moved(case.prompt, case.choices), known)
    pairs = [_space_moved(f"{case.prompt}{choice}", (case.ending,)) for choice in case.choices]
    endings = tuple(ending for _, (ending,) in pairs)
    return LogLikelihood(key, case.prompt, endings, known, prompts=tuple(prompt for prompt, _ in pairs))


def _space_moved(prompt: Prompt, continuations: Sequence[str]) -> tuple[Prompt, tuple[str, ...]]:
    """The white space that ends a raw prompt is put before what follows, where a tokenizer expects it (" yes")."""
    if not isinstance(prompt, str):
        return prompt, tuple(continuations)
    bare = prompt.rstrip()
    return bare, tuple(prompt[len(bare) :] + continuation for continuation in continuations)


def _prompt_text(prompt: Prompt) -> Any:
    return prompt if isinstance(prompt, str) else [_turn(message) for message in prompt]


def _turn(message: Message) -> list[str]:
    return [message.role, message.content]


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


def _prediction(answer: Answer, kind: Kind, request: Request) -> Prediction:
    sample = int(answer.key.rpartition(":")[2])
    wrong = misfit(answer, Answer)
    if wrong is not None:
        return Prediction(answer.key, "", kind, sample, error=f"the backend gave an answer whose {wrong}")
    fault = _fault(answer, request)
    return Prediction(
        key=answer.key,
        case="",
        kind=kind,
        sample=sample,
        replies=answer.replies,
        likelihoods=answer.likelihoods if fault is None else (),
        finish_reason=answer.finish_reason,
        prompt_tokens=answer.prompt_tokens,
        new_tokens=answer.new_tokens,
        seconds=answer.seconds,
        error=fault,
        permanent=answer.permanent,
    )


def _answer_key(prediction_key: str) -> str:
    return prediction_key.rpartition(":")[0]


def _next(results: Iterator[Any], ended: BaseException | None) -> tuple[Any, BaseException | None]:
    """The next result; where there is none, the error that ended them is the result of all that follow."""
    if ended is not None:
        return ended, ended
    try:
        return next(results), None
    except StopIteration:
        ended = ValueError("returned fewer results than it was given cases")
    except (Exception, SystemExit) as error:
        ended = error
    return ended, ended


def _scored(statistics: Mapping[str, float]) -> Scored:
    """The statistics in the order of their names; raises where there are none, or one is no finite number."""
    if not statistics:
        raise ValueError("returned no statistics")
    names = tuple(sorted(statistics))
    figures = tuple(statistics[name] for name in names)
    for name, figure in zip(names, figures, strict=True):
        if not isfinite(figure):
            raise ValueError(f"statistic {name!r} is {figure}")
    return Scored(names, figures)
