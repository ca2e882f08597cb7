"""An opened model: it plans all requests of a call at once and answers them pass by pass."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from harness.types import Answer, Generate, Kind, LogLikelihood, ModelReference, Request
from harness_transformers import generate, likelihood
from harness_transformers.head import Head
from harness_transformers.likelihood import Answers
from harness_transformers.loading import Weights
from harness_transformers.locate import locate_adapter
from harness_transformers.pace import Pace
from harness_transformers.plan import Plan, Revisions, cost, plan_batches, plan_scoring
from harness_transformers.prefixes import Scored, Unit, prefix_tree, separate
from harness_transformers.scoring import Scorer
from harness_transformers.sight import Sight

LONGEST_ROW = 1024
"""Tokens of a row that is a tree: each looks at all of them, so longer rows cost more than they share."""


@dataclass
class OpenedModel:
    """Serves replies and likelihoods on `weights`, with `adapter` or without one.

    `facts` are replaced while it answers: the plan, its revisions where memory did not suffice, and the thread count
    are those of the last call. `resume`: facts of an interrupted call, whose plan the first call carries on.
    """

    weights: Weights
    reference: ModelReference
    adapter: Path | None
    batch_tokens: int
    sight: Sight
    pace: Pace
    facts: Mapping[str, Any]
    resume: Mapping[str, Any] = field(default_factory=dict)
    answers: frozenset[Kind] = frozenset(("text", "choice", "log-likelihood"))

    def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
        """Answers to all requests that are not known, those of one pass together.

        Known ones take part in the plan: a batch with an unknown request is run whole, so that its numbers are those of
        an undisturbed evaluation. A request that cannot be asked is an answer with an error.
        """
        revisions, self.resume = Revisions.from_facts(self.resume), {}
        self._say(revisions=tuple(revisions.changes))
        yield from self._replies([one for one in requests if isinstance(one, Generate)])
        yield from self._likelihoods([one for one in requests if isinstance(one, LogLikelihood)], revisions)

    def variant(self, model: ModelReference) -> OpenedModel | None:
        """The same weights with another adapter or none; None for other weights."""
        if replace(model, adapter=None) != replace(self.reference, adapter=None):
            return None
        adapter = locate_adapter(model)
        if adapter is not None:
            self.weights.put_on(adapter)
        return replace(self, reference=model, adapter=adapter)

    def _replies(self, requests: Sequence[Generate]) -> Iterator[Answer]:
        jobs, refused = generate.prepare_all(self.weights, requests)
        yield from _as_batch(refused)
        for batch in plan_batches([generate.cost(job) for job in jobs], self.batch_tokens):
            if not all(jobs[at].request.known for at in batch):
                yield from _as_batch(self._reply([jobs[at] for at in batch]))

    def _reply(self, jobs: list[generate.Job]) -> list[Answer]:
        started = time.perf_counter()
        try:
            with self._at_work() as model:
                answers = generate.answer_batch(self.weights, model, jobs)
        except Exception as error:
            if _is_out_of_memory(error) and len(jobs) > 1:
                half = len(jobs) // 2
                return self._reply(jobs[:half]) + self._reply(jobs[half:])
            answers = [Answer(one.request.key, error=f"{type(error).__name__}: {error}") for one in jobs]
        known = {one.request.key for one in jobs if one.request.known}
        seconds = (time.perf_counter() - started) / len(jobs)
        return [replace(answer, seconds=seconds) for answer in answers if answer.key not in known]

    def _likelihoods(self, requests: Sequence[LogLikelihood], revisions: Revisions) -> Iterator[Answer]:
        jobs, refused = likelihood.prepare(self.weights, requests)
        answers = Answers(jobs)
        known = {one.key for one in requests if one.known}
        yield from _as_batch([one for one in refused if one.key not in known] + answers.unread())
        plan = scoring_plan(answers.sequences, self.batch_tokens, share=not self.sight.tree)
        self._say(plan=plan.facts())
        scorer = Scorer(self.weights.model, plan, None if self.sight.head else Head.of(self.weights.model))
        for at in range(len(plan.batches)):
            if any(answers.needed(number) for number in plan.sequences_of(at)):
                yield from self._batch(scorer, at, revisions, answers)

    def _batch(self, scorer: Scorer, at: int, revisions: Revisions, answers: Answers) -> Iterator[Answer]:
        """One batch, in smaller passes where memory does not suffice; what else goes wrong is an error of its cases."""
        batch, done = scorer.plan.batches[at], 0
        while done < len(batch.units):
            units = revisions.rows(scorer.plan, at, done)
            started = time.perf_counter()
            try:
                with self._at_work():
                    found = list(scorer.read(batch.node, units))
            except Exception as error:
                if _is_out_of_memory(error) and len(units) > 1:
                    revisions.lower(at, cost(scorer.plan.tree.nodes[batch.node], units[0]) * (len(units) // 2))
                    self._say(revisions=tuple(revisions.changes))
                    self.weights.tidy()
                    continue
                yield from _as_batch(_failed(answers, scorer.plan, units, error))
            else:
                seconds = time.perf_counter() - started
                share = seconds / max(len(found), 1)
                yield from _as_batch([one for number, total in found for one in answers.add(number, total, share)])
                self._say(threads=self.pace.after(sum(unit.length for unit in units), seconds))
            done += len(units)

    def _say(self, **facts: Any) -> None:
        self.facts = {**self.facts, **facts}

    @contextmanager
    def _at_work(self) -> Iterator[Any]:
        """The model with its adapter, without gradients; for one pass, as whoever takes the answers may use torch."""
        import torch

        with torch.inference_mode(), self.weights.using(self.adapter) as model:
            yield model


def scoring_plan(sequences: Sequence[Scored], batch_tokens: int, *, share: bool) -> Plan:
    """How the sequences are computed, as trees where the model can see them."""
    if not share:
        return plan_scoring(separate(sequences), batch_tokens)
    row, gain = min(LONGEST_ROW, batch_tokens), max(batch_tokens // 4, 1)
    return plan_scoring(prefix_tree(sequences, row=row, gain=gain), batch_tokens)


def _failed(answers: Answers, plan: Plan, units: Sequence[Unit], error: Exception) -> list[Answer]:
    reason = f"{type(error).__name__}: {error}"
    numbers = (int(number) for unit in units for number in plan.tree.order[unit.first : unit.end])
    return [one for number in numbers for one in answers.fail(number, reason)]


def _as_batch(answers: Sequence[Answer]) -> list[Answer]:
    """The answers, the last of which says that it is the last."""
    return [replace(answer, batch_ends=at == len(answers)) for at, answer in enumerate(answers, start=1)]


def _is_out_of_memory(error: Exception) -> bool:
    """torch raises its own class for a card, a bare RuntimeError for main memory."""
    words = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in words or "can't allocate memory" in words
