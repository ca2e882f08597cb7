"""An opened model: it plans all requests of a call at once and answers them pass by pass."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from harness.types import Answer, Generate, Kind, LogLikelihood, ModelReference, Request
from harness_transformers.identity.locate import locate_adapter
from harness_transformers.inference import likelihood
from harness_transformers.inference.attention_probe import Sight
from harness_transformers.inference.likelihood import Answers
from harness_transformers.inference.plan import Plan, Revisions, cost, plan_scoring
from harness_transformers.inference.prefixes import Scored, Unit, prefix_tree, separate
from harness_transformers.inference.replies import generate
from harness_transformers.inference.scoring import Scorer, read_each
from harness_transformers.inference.throughput import Pace
from harness_transformers.model.head import Head
from harness_transformers.model.loading import Weights
from harness_transformers.model.memory import HELD_PER_COMPUTED, tidy
from harness_transformers.model.render import EndlessError

LONGEST_ROW = 1024
"""Tokens of a row that is a tree: each looks at all of them, so longer rows cost more than they share."""

LACKS_MEMORY = ("out of memory", "can't allocate memory", "alloc_failed")
"""What torch, its CPU allocator and NVIDIA's libraries say."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a pass failed, kept without the error itself."""

    reason: str
    lacks_memory: bool

    @classmethod
    def of(cls, error: Exception) -> Failure:
        """torch raises a class of its own where a card lacks memory, a bare RuntimeError where the machine does."""
        words = str(error).lower()
        lacks_memory = any(said in words for said in LACKS_MEMORY)
        return cls(f"{type(error).__name__}: {error}", isinstance(error, MemoryError) or lacks_memory)


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
    reply_pace: Pace
    facts: Mapping[str, Any]
    resume: Mapping[str, Any] = field(default_factory=dict)
    answers: frozenset[Kind] = frozenset(("text", "choice", "log-likelihood"))
    _revisions: dict[str, Revisions] = field(default_factory=dict)

    def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
        """Answers to all requests that are not known, those of one pass together.

        Known ones take part in the plan: a batch with an unknown request is run whole, so that its numbers are those of
        an undisturbed evaluation. A request that cannot be asked is an answer with an error.
        """
        resume, self.resume = self.resume, {}
        self._revisions = {work: Revisions.from_facts(resume, work) for work in ("replies", "likelihoods")}
        self._say(revisions=self._changes())
        yield from self._replies([one for one in requests if isinstance(one, Generate)])
        yield from self._likelihoods([one for one in requests if isinstance(one, LogLikelihood)])

    def variant(self, model: ModelReference) -> OpenedModel | None:
        """The same weights with another adapter or none; None for other weights."""
        if replace(model, adapter=None) != replace(self.reference, adapter=None):
            return None
        adapter = locate_adapter(model)
        if adapter is not None:
            self.weights.put_on(adapter)
        return replace(self, reference=model, adapter=adapter)

    def _replies(self, requests: Sequence[Generate]) -> Iterator[Answer]:
        jobs, refused = generate.prepare(self.weights, requests)
        yield from _as_batch(refused)
        held = self.batch_tokens * HELD_PER_COMPUTED
        for at, group in enumerate(generate.groups(jobs, held, self.weights.device)):
            for answers in self._group(at, [jobs[index] for index in group], held):
                yield from _as_batch(answers)

    def _group(self, at: int, jobs: Sequence[generate.Job], planned: int) -> Iterator[list[Answer]]:
        """The unknown answers of a group as they come; where memory does not suffice, the rest with half of it."""
        revisions = self._revisions["replies"]
        needed = {job.request.key for job in jobs if not job.request.known}
        if not needed:
            return
        started, tokens = time.perf_counter(), 0
        while True:
            budget, failure = revisions.budget(at, planned), Failure("the model gave no answer", lacks_memory=False)
            try:
                with self._at_work() as model:
                    answering = generate.answer_group(self.weights, model, jobs, budget, frozenset(needed))
                while answers := self._next(answering):
                    needed -= {answer.key for answer in answers}
                    tokens += sum(answer.new_tokens for answer in answers)
                    yield answers
            except EndlessError:
                raise
            except Exception as error:
                failure = Failure.of(error)
            # only out here, since the error holds on to what it was raised in, memory and all
            if not needed:
                break
            if failure.lacks_memory and budget > max(map(generate.cost, jobs)):
                self._lower("replies", at, budget // 2)
                continue
            yield from self._one_by_one(at, [job for job in jobs if job.request.key in needed], planned, failure)
            return
        self._say(threads=self.reply_pace.after(tokens, time.perf_counter() - started))

    def _one_by_one(
        self, at: int, jobs: Sequence[generate.Job], planned: int, failure: Failure
    ) -> Iterator[list[Answer]]:
        """Each job of a group that failed in a group of its own, so that only what fails alone is an error."""
        self._revisions["replies"].forget(at)
        self._say(revisions=self._changes())
        if len(jobs) == 1:
            yield [Answer(jobs[0].request.key, error=failure.reason)]
            return
        for job in jobs:
            yield from self._group(at, [job], planned)

    def _next(self, answering: Iterator[list[Answer]]) -> list[Answer] | None:
        """The next answers of a group; between them the adapter may be another, and whoever reads them may compute."""
        with self._at_work():
            return next(answering, None)

    def _likelihoods(self, requests: Sequence[LogLikelihood]) -> Iterator[Answer]:
        jobs, refused = likelihood.prepare(self.weights, requests)
        answers = Answers(jobs)
        known = {one.key for one in requests if one.known}
        yield from _as_batch([one for one in refused if one.key not in known] + answers.unread())
        plan = scoring_plan(answers.sequences, 1 if self.sight.alone else self.batch_tokens, share=not self.sight.tree)
        self._say(plan=plan.facts())
        scorer = Scorer(self.weights.model, plan, None if self.sight.head else Head.of(self.weights.model))
        for at in range(len(plan.batches)):
            if any(answers.needed(number) for number in plan.sequences_of(at)):
                yield from self._batch(scorer, at, answers)

    def _batch(self, scorer: Scorer, at: int, answers: Answers) -> Iterator[Answer]:
        """One batch, in smaller passes where memory does not suffice; what else goes wrong is an error of its cases."""
        batch, done = scorer.plan.batches[at], 0
        while done < len(batch.units):
            units = self._revisions["likelihoods"].rows(scorer.plan, at, done)
            started = time.perf_counter()
            try:
                with self._at_work():
                    found = read_each(scorer, batch.node, units)
            except Exception as error:
                found, failure = {}, Failure.of(error)
            if found:
                seconds = time.perf_counter() - started
                share = seconds / len(found)
                yield from _as_batch(
                    [one for number, total in found.items() for one in answers.add(number, total, share)]
                )
                self._say(threads=self.pace.after(scorer.computed, seconds))
            elif failure.lacks_memory and len(units) > 1:
                row = cost(scorer.plan.tree.nodes[batch.node], units[0])
                self._lower("likelihoods", at, row * (len(units) // 2))
                continue
            else:
                yield from _as_batch(_failed(answers, scorer.plan, units, failure.reason))
            done += len(units)

    def _lower(self, work: str, at: int, budget: int) -> None:
        """Revise the plan from batch `at` on, since memory did not suffice."""
        self._revisions[work].lower(at, budget)
        self._say(revisions=self._changes())
        tidy(self.weights.device)

    def _changes(self) -> dict[str, list[dict[str, int]]]:
        return {work: list(one.changes) for work, one in self._revisions.items() if one.changes}

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


def _failed(answers: Answers, plan: Plan, units: Sequence[Unit], reason: str) -> list[Answer]:
    numbers = (int(number) for unit in units for number in plan.tree.order[unit.first : unit.end])
    return [one for number in numbers for one in answers.fail(number, reason)]


def _as_batch(answers: Sequence[Answer]) -> list[Answer]:
    """The answers, the last of which says that it is the last."""
    return [replace(answer, batch_ends=at == len(answers)) for at, answer in enumerate(answers, start=1)]
