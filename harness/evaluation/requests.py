"""Cases -> requests -> predictions -> scores. Pure but for the model, the metrics and `record`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from harness.evaluation.records import PredictionKey
from harness.suites.records import Generation
from harness.types import (
    Case,
    Generate,
    Identity,
    Kind,
    LogLikelihood,
    Message,
    Prompt,
    Request,
    Thoughts,
    message_record,
)
from harness.types.hashing import content_hash

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

    def prediction_key(self, sample: int) -> PredictionKey:
        return PredictionKey(self.answer_key, sample)


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
    asked: Iterable[Asked], known: Collection[PredictionKey], reply_lengths: Mapping[str, int] = MappingProxyType({})
) -> list[Request]:
    """One request a question and sample, the same question once; those whose key is `known` are marked so.

    `reply_lengths`: how many tokens others needed for their reply to a case, by its content.
    """
    sampled = {one.prediction_key(sample): (one, sample) for one in asked for sample in range(one.samples)}
    return [
        _expecting(_request(one, sample, key in known), reply_lengths.get(one.case.content))
        for key, (one, sample) in sampled.items()
    ]


def _request_content(case: Case, kind: Kind, generation: Generation) -> Any:
    if kind != "text":
        asked = _likelihood("", case, kind, known=False)
        return [asked.prompts or _plain(asked.prompt), asked.continuations]
    settings = [generation.max_new_tokens, generation.temperature, generation.top_p, generation.stop, generation.seed]
    return [_plain(case.prompt), case.follow_ups, settings]


def _plain(prompt: Prompt) -> Any:
    return prompt if isinstance(prompt, str) else [message_record(message) for message in prompt]


def _request(asked: Asked, sample: int, known: bool) -> Request:
    case, key, drawn = asked.case, str(asked.prediction_key(sample)), asked.generation
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
