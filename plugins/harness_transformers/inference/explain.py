"""How requests would be answered, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from harness.types import Answer, Generate, LogLikelihood, Message, Request
from harness_transformers.identity.device import Device
from harness_transformers.inference import likelihood
from harness_transformers.inference.model import scoring_plan
from harness_transformers.inference.plan import Plan
from harness_transformers.inference.prefixes import Node
from harness_transformers.inference.replies import generate
from harness_transformers.model.loading import Speaks
from harness_transformers.model.memory import HELD_PER_COMPUTED

SHOWN = 12


def explained(speaks: Speaks, requests: Sequence[Request], batch_tokens: int, device: Device) -> Iterator[str]:
    """A line a step, for each kind of request."""
    if requests:
        yield (
            f"up to {batch_tokens:,} tokens a pass; fewer where memory is short, and nothing shared where the model "
            "cannot see trees of tokens, which is found out when it is opened"
        )
    replies = [one for one in requests if isinstance(one, Generate)]
    if replies:
        yield from _replies(speaks, replies, batch_tokens, device)
    scored = [one for one in requests if isinstance(one, LogLikelihood)]
    if scored:
        yield from _scoring(speaks, scored, batch_tokens)


def refused(speaks: Speaks, requests: Sequence[Request]) -> list[Answer]:
    """The errors of the requests that cannot be asked, as an opened model would answer them."""
    replies = [_to_the_end(one) for one in requests if isinstance(one, Generate)]
    scored = [one for one in requests if isinstance(one, LogLikelihood)]
    return [*generate.prepare(speaks, replies)[1], *likelihood.prepare(speaks, scored)[1]]


def _to_the_end(request: Generate) -> Generate:
    """The request with all of its turns as one prompt, each reply a word: what is refused of one is refused of all."""
    if not request.follow_ups or isinstance(request.prompt, str):
        return request
    turns = [turn for said in request.follow_ups for turn in (Message("assistant", "Yes."), Message("user", said))]
    return replace(request, prompt=(*request.prompt, *turns), follow_ups=())


def _replies(speaks: Speaks, requests: Sequence[Generate], batch_tokens: int, device: Device) -> Iterator[str]:
    jobs, refused = generate.prepare(speaks, requests)
    held = batch_tokens * HELD_PER_COMPUTED
    groups = generate.groups(jobs, held, device)
    tokens = sum(len(job.prompt) for job in jobs)
    yield f"replies: {len(jobs):,} prompts of {tokens:,} tokens, in {len(groups):,} groups of up to {held:,} tokens"
    for group in groups[:SHOWN]:
        slots = generate.slot_count([jobs[index] for index in group], held, device)
        yield f"  {len(group)} replies in {min(slots, len(group))} slots"
    if len(groups) > SHOWN:
        yield f"  … and {len(groups) - SHOWN:,} more groups"
    yield from (f"  refused: {one.error}" for one in refused)


def _scoring(speaks: Speaks, requests: Sequence[LogLikelihood], batch_tokens: int) -> Iterator[str]:
    jobs, refused = likelihood.prepare(speaks, requests)
    plan = scoring_plan(likelihood.Answers(jobs).sequences, batch_tokens, share=True)
    facts, sequences = plan.facts(), len(plan.tree.sequences)
    yield f"likelihoods: {len(jobs):,} requests of {sequences:,} sequences, {facts['asked_tokens']:,} tokens"
    yield (
        f"  computed: {facts['computed_tokens']:,} tokens ({facts['padded_tokens']:,} with padding), in "
        f"{facts['batches']:,} batches of up to {batch_tokens:,}"
    )
    steps = _steps(plan)
    yield from islice(steps, SHOWN)
    more = sum(1 for _ in steps)
    if more:
        yield f"  … and {more:,} more steps"
    yield from (f"  refused: {one.error}" for one in refused)


def _steps(plan: Plan) -> Iterator[str]:
    shown: int | None = None
    for batch in plan.batches:
        node = plan.tree.nodes[batch.node]
        if batch.node != shown and node.end > node.start:
            yield f"  keep a prefix of {node.end:,} tokens{_behind(node)}"
        shown = batch.node
        sequences = sum(unit.end - unit.first for unit in batch.units)
        yield f"  {len(batch.units)} rows of up to {batch.units[0].length:,} tokens for {sequences} sequences"


def _behind(node: Node) -> str:
    return f", the first {node.start:,} of them kept already" if node.start else ""
