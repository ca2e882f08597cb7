"""Log-likelihood requests as token sequences, in batched calls of the tokenizer, and their answers put together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from harness.errors import UsageError
from harness.types import Answer, Likelihood, LogLikelihood
from harness_transformers.inference.prefixes import Scored, Tokens, common_prefix
from harness_transformers.inference.replies.generate import check_room
from harness_transformers.model.head import no_numbers
from harness_transformers.model.loading import Speaks
from harness_transformers.model.render import encoded, prompt_text
from harness_transformers.model.vocabulary import check_rows


@dataclass(frozen=True, slots=True)
class Job:
    """One request as token sequences: those of each continuation, more than one where it is scored in windows."""

    request: LogLikelihood
    parts: tuple[tuple[Scored, ...], ...]
    prompt_tokens: int


def prepare(speaks: Speaks, requests: Sequence[LogLikelihood]) -> tuple[list[Job], list[Answer]]:
    """The requests as tokens; an error is the answer of one that cannot be rendered or is too long."""
    texts, refused = _texts(speaks.tokenizer, requests)
    ids = _ids(speaks.tokenizer, list(texts.values()))
    jobs = []
    for request in requests:
        try:
            if request.key in texts:
                jobs.append(_job(speaks, request, *ids[id(texts[request.key])]))
        except UsageError as error:
            refused.append(Answer(request.key, error=str(error), permanent=True))
    return jobs, refused


@dataclass
class Answers:
    """Puts the log-likelihoods of sequences, numbered over all jobs, together into answers."""

    jobs: Sequence[Job]

    def __post_init__(self) -> None:
        self._places = [
            (at, part) for at, job in enumerate(self.jobs) for part, own in enumerate(job.parts) for _ in own
        ]
        self._sums = [[0.0] * len(job.parts) for job in self.jobs]
        self._missing = [sum(map(len, job.parts)) for job in self.jobs]
        self._seconds = [0.0] * len(self.jobs)
        self._errors: dict[int, tuple[str, bool]] = {}

    @property
    def sequences(self) -> list[Scored]:
        """All sequences, in the order of their numbers."""
        return list(chain.from_iterable(chain.from_iterable(job.parts for job in self.jobs)))

    def unread(self) -> list[Answer]:
        """The answers that need no model, since nothing follows their prompts."""
        return [
            self._answer(at) for at, count in enumerate(self._missing) if not count and not self.jobs[at].request.known
        ]

    def needed(self, sequence: int) -> bool:
        """Whether an answer that is not known yet needs the sequence."""
        return not self.jobs[self._places[sequence][0]].request.known

    def add(self, sequence: int, log_likelihood: float, seconds: float) -> Iterator[Answer]:
        """Take the result of a sequence; yields the answer that it completes, if that is wanted.

        One that is no number is the failure of its request, whenever it is asked.
        """
        at, part = self._places[sequence]
        if log_likelihood == -math.inf:
            self._errors.setdefault(at, ("the model gives no probability to a token of the text", True))
        elif not math.isfinite(log_likelihood):
            self._errors.setdefault(at, (no_numbers(log_likelihood), True))
        self._sums[at][part] += log_likelihood
        yield from self._counted(at, seconds)

    def fail(self, sequence: int, reason: str) -> Iterator[Answer]:
        """Take the failure of a sequence, which is that of its request."""
        at, _ = self._places[sequence]
        self._errors.setdefault(at, (reason, False))
        yield from self._counted(at, 0.0)

    def _counted(self, at: int, seconds: float) -> Iterator[Answer]:
        self._missing[at] -= 1
        self._seconds[at] += seconds
        if not self._missing[at] and not self.jobs[at].request.known:
            yield self._answer(at)

    def _answer(self, at: int) -> Answer:
        job, (error, permanent) = self.jobs[at], self._errors.get(at, (None, False))
        found = [Likelihood(s, sum(one.scored for one in p)) for s, p in zip(self._sums[at], job.parts, strict=True)]
        return Answer(
            job.request.key,
            likelihoods=() if error else tuple(found),
            prompt_tokens=job.prompt_tokens,
            seconds=self._seconds[at],
            error=error,
            permanent=permanent,
        )


def first_token(tokenizer: Any) -> int:
    """What stands in front of a text that has no prompt. Raises UsageError where the tokenizer has no such token."""
    for token in (tokenizer.bos_token_id, tokenizer.eos_token_id):
        if token is not None:
            return int(token)
    raise UsageError("the prompt is empty, and the tokenizer has no token that begins a text")


def windows(tokens: Tokens, scored: int, room: int) -> Iterator[Scored]:
    """The last `scored` tokens in windows of at most `room` inputs: each is read once, behind all that fits before it.

    As lm-evaluation-harness cuts them (`get_rolling_token_windows`, `make_disjoint_window`).
    """
    done = len(tokens) - scored
    end = max(done, min(room + 1, len(tokens)))
    while done < len(tokens):
        if end > done:
            yield Scored(tokens[max(0, end - room - 1) : end], end - done)
        done, end = end, min(end + room, len(tokens))


@dataclass(frozen=True, slots=True)
class _Texts:
    """The prompt and the whole text of each continuation, and whether the tokenizer is to add its own first token."""

    prompts: tuple[str, ...]
    wholes: tuple[str, ...]
    special: bool


def _texts(tokenizer: Any, requests: Sequence[LogLikelihood]) -> tuple[dict[str, _Texts], list[Answer]]:
    texts: dict[str, _Texts] = {}
    refused = []
    for request in requests:
        try:
            rendered = [prompt_text(tokenizer, one) for one in request.prompts or (request.prompt,)]
        except UsageError as error:
            refused.append(Answer(request.key, error=str(error), permanent=True))
            continue
        prompts = [text for text, _ in rendered] * (1 if request.prompts else len(request.continuations))
        wholes = tuple(text + added for text, added in zip(prompts, request.continuations, strict=True))
        texts[request.key] = _Texts(tuple(prompts if request.prompts else prompts[:1]), wholes, rendered[0][1])
    return texts, refused


def _ids(tokenizer: Any, texts: Sequence[_Texts]) -> dict[int, tuple[list[Tokens], list[Tokens]]]:
    """By identity of the texts: the tokens of the prompts and those of the whole texts."""
    found = {}
    for special in (False, True):
        members = [one for one in texts if one.special == special]
        rows = iter(encoded(tokenizer, chain.from_iterable((*m.prompts, *m.wholes) for m in members), special=special))
        for one in members:
            found[id(one)] = ([next(rows) for _ in one.prompts], [next(rows) for _ in one.wholes])
    return found


def _job(speaks: Speaks, request: LogLikelihood, prompts: list[Tokens], wholes: list[Tokens]) -> Job:
    pairs = [(prompts[at if request.prompts else 0], whole) for at, whole in enumerate(wholes)]
    if any(not common_prefix(prompt, whole) for prompt, whole in pairs):  # something must predict the first token
        first = np.array([first_token(speaks.tokenizer)], dtype=np.int32)
        pairs = [(np.concatenate([first, prompt]), np.concatenate([first, whole])) for prompt, whole in pairs]
    parts = []
    for prompt, whole in pairs:
        check_rows(speaks, whole)
        # where prompt and continuation meet inside one token, the continuation is all from the first token that differs
        scored = len(whole) - common_prefix(prompt, whole)
        if request.windows:
            parts.append(tuple(windows(whole, scored, speaks.context_length)))
            continue
        check_room(speaks, max(len(prompt), len(whole) - 1))
        parts.append((Scored(whole, scored),) if scored else ())
    return Job(request, tuple(parts), prompt_tokens=max(map(len, prompts), default=0))
