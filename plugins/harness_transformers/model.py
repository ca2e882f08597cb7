"""An opened model: it plans all requests of a call at once and answers them batch by batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from harness.errors import HarnessError
from harness.types import Answer, Generate, Kind, ModelReference, Request
from harness_transformers import generate, likelihood
from harness_transformers.loading import Weights
from harness_transformers.locate import locate_adapter
from harness_transformers.plan import plan_batches

Prepared: TypeAlias = generate.Job | likelihood.Job


@dataclass
class OpenedModel:
    """Serves replies and likelihoods on `weights`, with `adapter` or without one."""

    weights: Weights
    reference: ModelReference
    adapter: Path | None
    batch_tokens: int
    facts: Mapping[str, Any]
    answers: frozenset[Kind] = frozenset(("text", "choice", "log-likelihood"))

    def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
        """Answers to all requests that are not known, those of one batch together.

        Known ones take part in the plan: a batch with an unknown request is run whole, so that its numbers are those of
        an undisturbed evaluation. A request that cannot be asked is an answer with an error.
        """
        prepared, refused = self._prepare(requests)
        yield from _as_batch(refused)
        for batch in self._plan(prepared):
            if all(one.request.known for one in batch):
                continue
            known = {one.request.key for one in batch if one.request.known}
            yield from _as_batch([answer for answer in self._timed(batch) if answer.key not in known])

    def variant(self, model: ModelReference) -> OpenedModel | None:
        """The same weights with another adapter or none; None for other weights."""
        if replace(model, adapter=None) != replace(self.reference, adapter=None):
            return None
        adapter = locate_adapter(model)
        if adapter is not None:
            self.weights.put_on(adapter)
        return replace(self, reference=model, adapter=adapter)

    def _prepare(self, requests: Sequence[Request]) -> tuple[list[Prepared], list[Answer]]:
        prepared: list[Prepared] = []
        refused: list[Answer] = []
        for request in requests:
            try:
                if isinstance(request, Generate):
                    prepared.append(generate.prepare(self.weights, request))
                else:
                    prepared.append(likelihood.prepare(self.weights, request))
            except HarnessError as error:
                if not request.known:
                    refused.append(Answer(request.key, error=str(error), permanent=True))
        return prepared, refused

    def _plan(self, prepared: Sequence[Prepared]) -> Iterator[list[Prepared]]:
        """Batches of one kind, replies first."""
        for kind in (generate.Job, likelihood.Job):
            members = [one for one in prepared if isinstance(one, kind)]
            for batch in plan_batches([_cost(one) for one in members], self.batch_tokens):
                yield [members[index] for index in batch]

    def _timed(self, batch: list[Prepared]) -> list[Answer]:
        started = time.perf_counter()
        answers = self._attempt(batch)
        seconds = (time.perf_counter() - started) / len(batch)
        return [replace(answer, seconds=seconds) for answer in answers]

    def _attempt(self, batch: list[Prepared]) -> list[Answer]:
        """The batch's answers; where memory does not suffice, in halves; what else goes wrong is an error of each."""
        try:
            return self._run(batch)
        except Exception as error:
            if _is_out_of_memory(error) and len(batch) > 1:
                half = len(batch) // 2
                return self._attempt(batch[:half]) + self._attempt(batch[half:])
            reason = f"{type(error).__name__}: {error}"
            return [Answer(one.request.key, error=reason) for one in batch]

    def _run(self, batch: list[Prepared]) -> list[Answer]:
        import torch

        # the kinds are never mixed in one batch, which the types cannot say
        run: Callable[..., list[Answer]] = (
            generate.answer_batch if isinstance(batch[0], generate.Job) else likelihood.answer_batch
        )
        with torch.inference_mode(), self.weights.using(self.adapter) as model:
            return run(self.weights, model, batch)


def _as_batch(answers: Sequence[Answer]) -> list[Answer]:
    """The answers, the last of which says that it is the last."""
    return [replace(answer, batch_ends=at == len(answers)) for at, answer in enumerate(answers, start=1)]


def _cost(one: Prepared) -> int:
    return generate.cost(one) if isinstance(one, generate.Job) else likelihood.cost(one)


def _is_out_of_memory(error: Exception) -> bool:
    """torch raises its own class for a card, a bare RuntimeError for main memory."""
    words = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in words or "can't allocate memory" in words
