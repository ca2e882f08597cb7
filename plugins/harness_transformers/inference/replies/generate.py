"""Replies, token by token: a row that ends leaves its slot to one that waits. B rows, V words."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import UsageError
from harness.types import Answer, Generate, Prompt
from harness.types.hashing import content_hash
from harness.types.thoughts import opened_by
from harness_transformers.identity.device import Device
from harness_transformers.inference.fit import fits_slots
from harness_transformers.inference.replies.plain import OneByOne
from harness_transformers.inference.replies.replies import Row
from harness_transformers.inference.replies.sampling import NO_WORD, choose
from harness_transformers.inference.replies.slots import Slots
from harness_transformers.model.head import no_numbers
from harness_transformers.model.loading import Speaks, Weights
from harness_transformers.model.memory import HELD_PER_COMPUTED
from harness_transformers.model.render import encoded, prompt_text, token_ids
from harness_transformers.model.vocabulary import check_rows

MOST_SLOTS = {"cpu": 64, "mps": 64, "cuda": 256}
"""Where a pass takes as long for many rows as for few, more of them: 153 replies in 142 passes, not in 408."""
FREE_FIRST = {"cpu": 0.0, "mps": 0.0, "cuda": 0.125}
"""The share of slots that is free before rows that wait are let in: a GPU takes as long for one prompt as for many."""
ROWS_A_SLOT = 8  # what a killed evaluation repeats at most; the tail of a group, when slots are empty, is little of it


@dataclass(frozen=True)
class Job:
    """One request with the tokens of its first turn, and the mark with which that opens a thought."""

    request: Generate
    prompt: tuple[int, ...]
    opened: str = ""


def prepare(speaks: Speaks, requests: Sequence[Generate]) -> tuple[list[Job], list[Answer]]:
    """The requests as tokens; an error is the answer of one that cannot be asked, unless its answer is known."""
    rendered: list[tuple[Generate, str, bool]] = []
    refused: dict[str, str] = {}
    for request in requests:
        try:
            rendered.append((request, *_prompt_text(speaks, request)))
        except UsageError as error:
            refused[request.key] = str(error)
    prompts: dict[str, list[int]] = {}
    for special in (False, True):
        members = [(request, text) for request, text, own in rendered if own == special]
        tokens = encoded(speaks.tokenizer, (text for _, text in members), special=special)
        prompts |= {request.key: row.tolist() for (request, _), row in zip(members, tokens, strict=True)}
    jobs = []
    for request, text, _ in rendered:
        try:
            jobs.append(Job(request, tuple(_with_room(speaks, prompts[request.key])), opened_by(text)))
        except UsageError as error:
            refused[request.key] = str(error)
    wanted = {request.key for request in requests if not request.known}
    return jobs, [Answer(key, error=said, permanent=True) for key, said in refused.items() if key in wanted]


def cost(job: Job) -> int:
    """Tokens that the request will hold at its longest, turns to come included as if their user said nothing."""
    return len(job.prompt) + job.request.max_new_tokens * (1 + len(job.request.follow_ups))


def check_room(speaks: Speaks, tokens: int) -> None:
    """Raise UsageError where the model cannot see that many tokens at once."""
    if tokens > speaks.context_length:
        raise UsageError(f"too long: {tokens} tokens, context {speaks.context_length}")


def groups(jobs: Sequence[Job], budget: int, device: Device) -> list[list[int]]:
    """Indices of jobs that are answered together, in the order to run them: those that will take longest first.

    A function of all jobs, so that a resumed evaluation has the same groups; `budget` as for `answer_group`.
    """
    found: list[list[int]] = []
    dearest = 0
    for index in sorted(range(len(jobs)), key=lambda i: (-_expected(jobs[i]), -len(jobs[i].prompt), i)):
        dearest = max(dearest, cost(jobs[index]))
        if not found or len(found[-1]) >= ROWS_A_SLOT * _slots(dearest, budget, device):
            found.append([])
            dearest = cost(jobs[index])
        found[-1].append(index)
    return found


def answer_group(
    weights: Weights, model: Any, jobs: Sequence[Job], budget: int, needed: Collection[str]
) -> Iterator[list[Answer]]:
    """Answers to the requests whose keys are needed, as they come; the others run along, so that numbers stay the same.

    `budget` is how many tokens may have their keys and values in memory at once. A row that outgrows the context in a
    later turn alone becomes an error.
    """
    slots = _open_slots(weights, model, jobs, budget)
    waiting = deque(_row(weights, job) for job in jobs)
    live: list[Row] = []
    missing = sum(job.request.key in needed for job in jobs)
    free_first = max(1, int(slots.count * FREE_FIRST[weights.device]))
    while missing:
        if not live or slots.count - len(live) >= free_first:
            while waiting and len(live) < slots.count:
                live.append(waiting.popleft())
        ended = [index for index in _advance(slots, live) if not _begins_next_turn(weights, live[index])]
        answers = [live[index].answer() for index in ended if live[index].request.key in needed]
        _leave(slots, live, ended, waiting if free_first == 1 else deque())
        missing -= len(answers)
        if answers:
            yield answers


def slot_count(jobs: Sequence[Job], budget: int, device: Device) -> int:
    """How many of the jobs may run at once."""
    return _slots(max(map(cost, jobs)), budget, device)


def _open_slots(weights: Weights, model: Any, jobs: Sequence[Job], budget: int) -> Slots | OneByOne:
    if not fits_slots(weights, model):
        return OneByOne(weights, model)
    places = min(max(map(cost, jobs)), weights.context_length)
    count = slot_count(jobs, budget, weights.device)
    return Slots(weights, model, count, places, pass_tokens=budget // HELD_PER_COMPUTED)


def _advance(slots: Slots | OneByOne, live: list[Row]) -> list[int]:
    """One token for the rows that have none yet, else for all; the indices of those whose reply is complete."""
    started = time.perf_counter()
    fresh = [index for index, row in enumerate(live) if not row.new]
    if fresh:
        logits_bv = slots.fill(fresh, [live[index].prompt for index in fresh])
    else:
        logits_bv = slots.extend([row.new[-1] for row in live])
    moved = fresh or list(range(len(live)))
    tokens = choose(logits_bv, [live[index] for index in moved])
    share = (time.perf_counter() - started) / len(moved)
    for index in moved:
        live[index].seconds += share
    for at, token in enumerate(tokens):
        if token == NO_WORD:
            live[moved[at]].error = no_numbers(float(logits_bv[at].max()))
            slots.clear(moved[at])
    return [index for index, token in zip(moved, tokens, strict=True) if token == NO_WORD or live[index].take(token)]


def _leave(slots: Slots | OneByOne, live: list[Row], ended: list[int], waiting: deque[Row]) -> None:
    """Give the slots of rows that ended to those that wait, and close the gaps where none does."""
    for index in reversed(ended):
        if waiting:
            live[index] = waiting.popleft()
            continue
        last = live.pop()
        if index < len(live):
            slots.move(len(live), index)
            live[index] = last


def _begins_next_turn(weights: Weights, row: Row) -> bool:
    """Put the reply and the next follow-up behind the prompt, where there is one and the context has room for it."""
    prompt = None if row.error else row.next_prompt()
    if prompt is None:
        return False
    try:
        row.begin_turn(*_turn(weights, prompt))
    except UsageError as error:
        row.error = str(error)
        return False
    return True


def _row(weights: Weights, job: Job) -> Row:
    import torch

    generator = torch.Generator().manual_seed(seed_of(job)) if job.request.temperature > 0 else None
    row = Row(weights, job.request, end_ids(weights, job.request), generator)
    row.begin_turn(list(job.prompt), job.opened)
    return row


def end_ids(weights: Weights, request: Generate) -> frozenset[int]:
    """The tokens that end a reply: the model's, and stop strings that are one token, which the text would not show."""
    if not request.stop:
        return weights.end_ids
    added = weights.tokenizer.get_added_vocab()
    return weights.end_ids | {added[text] for text in request.stop if text in added}


def seed_of(job: Job) -> int:
    """The seed of a row's own draws: of the prompt too, since equal draws for all cases would err together."""
    return int(content_hash([job.request.seed, job.prompt])[:15], 16)


def _prompt_text(speaks: Speaks, request: Generate) -> tuple[str, bool]:
    if request.follow_ups and isinstance(request.prompt, str):
        raise UsageError("follow-ups need a prompt of messages: a raw string has no turns")
    return prompt_text(speaks.tokenizer, request.prompt)


def _turn(speaks: Speaks, prompt: Prompt) -> tuple[list[int], str]:
    """The tokens of a prompt, and the mark with which it opens a thought."""
    text, special = prompt_text(speaks.tokenizer, prompt)
    return _with_room(speaks, token_ids(speaks.tokenizer, text, special=special)), opened_by(text)


def _with_room(speaks: Speaks, tokens: list[int]) -> list[int]:
    """The tokens of a prompt. Raises UsageError where there is none, no room for a reply, or one without weights."""
    if not tokens:
        raise UsageError("the prompt is empty")
    check_room(speaks, len(tokens) + 1)
    check_rows(speaks, tokens)
    return tokens


def _expected(job: Job) -> int:
    """How many tokens the replies will have, by history or at most."""
    known = job.request.expected_tokens
    return known if known is not None else job.request.max_new_tokens * (1 + len(job.request.follow_ups))


def _slots(dearest: int, budget: int, device: Device) -> int:
    """How many rows may run at once where the dearest holds so many tokens."""
    return max(1, min(MOST_SLOTS[device], budget // dearest))
