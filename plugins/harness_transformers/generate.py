"""Replies, token by token: one batch with a key–value cache, rows leave it as they end. B rows, T tokens, V words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.errors import UsageError
from harness.hashing import content_hash
from harness.types import Answer, Generate, Message
from harness_transformers.head import logits_at
from harness_transformers.loading import Speaks, Weights
from harness_transformers.prompts import run_prompts
from harness_transformers.render import prompt_text, token_ids


@dataclass(frozen=True)
class Job:
    """One request with the tokens of its first turn."""

    request: Generate
    prompt: tuple[int, ...]


@dataclass
class Row:
    """One request on its way: the prompt of the current turn, its new tokens, and the replies so far."""

    request: Generate
    prompt: list[int]
    generator: Any
    end_ids: frozenset[int]
    limit: int = 0
    new: list[int] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    new_tokens: int = 0


def prepare(weights: Speaks, request: Generate) -> Job:
    """The request as tokens. Raises UsageError where it cannot be rendered or leaves no room for a reply."""
    if request.follow_ups and isinstance(request.prompt, str):
        raise UsageError("follow-ups need a prompt of messages: a raw string has no turns")
    text, special = prompt_text(weights.tokenizer, request.prompt)
    prompt = token_ids(weights.tokenizer, text, special=special)
    if not prompt:
        raise UsageError("the prompt is empty")
    check_room(weights, len(prompt) + 1)
    return Job(request, tuple(prompt))


def prepare_all(speaks: Speaks, requests: Sequence[Generate]) -> tuple[list[Job], list[Answer]]:
    """The requests as tokens; an error is the answer of one that cannot be asked, unless its answer is known."""
    jobs, refused = [], []
    for request in requests:
        try:
            jobs.append(prepare(speaks, request))
        except UsageError as error:
            if not request.known:
                refused.append(Answer(request.key, error=str(error), permanent=True))
    return jobs, refused


def cost(job: Job) -> int:
    """Tokens that the request will hold at its longest, turns to come included as if their user said nothing."""
    return len(job.prompt) + job.request.max_new_tokens * (1 + len(job.request.follow_ups))


def check_room(weights: Speaks, tokens: int) -> None:
    """Raise UsageError where the model cannot see that many tokens at once."""
    if tokens > weights.context_length:
        raise UsageError(f"too long: {tokens} tokens, context {weights.context_length}")


def answer_batch(weights: Weights, model: Any, jobs: list[Job]) -> list[Answer]:
    """The answers to a batch, turn by turn; a row that outgrows the context in a later turn alone becomes an error."""
    import torch

    errors: dict[int, str] = {}
    rows = [
        Row(job.request, list(job.prompt), torch.Generator().manual_seed(seed_of(job)), end_ids(weights, job.request))
        for job in jobs
    ]
    live = rows
    while live:
        _one_turn(weights, model, live)
        live = [row for row in live if len(row.replies) <= len(row.request.follow_ups)]
        for row in live:
            try:
                _next_turn(weights, row)
            except UsageError as error:
                errors[id(row)] = str(error)
        live = [row for row in live if id(row) not in errors]
    return [_answer(row, errors.get(id(row))) for row in rows]


def end_ids(weights: Weights, request: Generate) -> frozenset[int]:
    """The tokens that end a reply: the model's, and stop strings that are one token, which the text would not show."""
    added = weights.tokenizer.get_added_vocab()
    return weights.end_ids | {added[text] for text in request.stop if text in added}


def seed_of(job: Job) -> int:
    """The seed of a row's own draws: of the prompt too, since equal draws for all cases would err together."""
    return int(content_hash([job.request.seed, job.prompt])[:15], 16)


def _one_turn(weights: Weights, model: Any, rows: list[Row]) -> None:
    """Extend every row by one reply."""
    import torch

    for row in rows:
        row.limit, row.new = min(row.request.max_new_tokens, weights.context_length - len(row.prompt)), []
    prompted = run_prompts(weights, model, [row.prompt for row in rows])
    logits_bv, cache, mask_bt = prompted.logits_bv, prompted.cache, prompted.mask_bt
    while True:
        for row, token in zip(rows, choose(logits_bv.float().cpu(), rows), strict=True):
            row.new.append(token)
        open_rows = [index for index, row in enumerate(rows) if not _finish(weights, row)]
        if not open_rows:
            return
        if len(open_rows) < len(rows):
            cache.batch_select_indices(torch.tensor(open_rows, device=weights.device))
        rows = [rows[index] for index in open_rows]
        ids_b1 = torch.tensor([[row.new[-1]] for row in rows], device=weights.device)
        positions_b1 = mask_bt[open_rows].sum(1, keepdim=True)
        mask_bt = torch.nn.functional.pad(mask_bt[open_rows], (0, 1), value=1)
        logits_bv = logits_at(
            model,
            torch.ones_like(ids_b1, dtype=torch.bool),
            input_ids=ids_b1,
            attention_mask=mask_bt.to(weights.device),
            cache=cache,
            use_cache=True,
            **weights.positions(positions_b1),
        )


def choose(logits_bv: Any, rows: list[Row]) -> list[int]:
    """The next token of each row: the likeliest at temperature 0, else drawn from the nucleus by the row's own seed."""
    greedy: list[int] = logits_bv.argmax(-1).tolist()
    return [
        token if row.request.temperature == 0 else _draw(logits_v, row)
        for token, logits_v, row in zip(greedy, logits_bv, rows, strict=True)
    ]


def _draw(logits_v: Any, row: Row) -> int:
    import torch

    shares_v, words_v = (logits_v / row.request.temperature).softmax(-1).sort(descending=True)
    # the smallest set of words that together reach top_p: a word stays if those before it do not reach it yet
    outside_v = shares_v.cumsum(-1) - shares_v >= row.request.top_p
    outside_v[0] = False
    shares_v[outside_v] = 0
    return int(words_v[torch.multinomial(shares_v, 1, generator=row.generator)])


def _finish(weights: Weights, row: Row) -> bool:
    """Whether the row's reply is complete; then it is added to the replies."""
    ended = row.new[-1] in row.end_ids
    kept = row.new[:-1] if ended else row.new
    if not (ended or row.request.stop or len(row.new) >= row.limit):
        return False
    text = weights.tokenizer.decode(kept, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    found = [at for at in (text.find(stop) for stop in row.request.stop if stop) if at >= 0]
    if not (ended or found or len(row.new) >= row.limit):
        return False
    row.replies.append(text[: min(found)] if found else text)
    row.finish_reason = "stop" if ended or found else "length"
    row.prompt_tokens += len(row.prompt)
    row.new_tokens += len(row.new)
    return True


def _next_turn(weights: Weights, row: Row) -> None:
    """Put the reply and the next follow-up behind the prompt. Raises UsageError where that outgrows the context."""
    said = list(row.request.prompt)
    for reply, follow_up in zip(row.replies, row.request.follow_ups, strict=False):
        said += [Message("assistant", reply), Message("user", follow_up)]
    text, special = prompt_text(weights.tokenizer, tuple(said))  # type: ignore[arg-type]
    row.prompt = token_ids(weights.tokenizer, text, special=special)
    check_room(weights, len(row.prompt) + 1)


def _answer(row: Row, error: str | None) -> Answer:
    return Answer(
        key=row.request.key,
        replies=tuple(row.replies),
        finish_reason=row.finish_reason,
        prompt_tokens=row.prompt_tokens,
        new_tokens=row.new_tokens,
        error=error,
    )
