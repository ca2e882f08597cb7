"""Log-likelihoods: a case's prompt is run once, its continuations share it. R rows, T tokens, N scored, V words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.errors import UsageError
from harness.types import Answer, Likelihood, LogLikelihood
from harness_transformers.generate import check_room
from harness_transformers.head import logits_at, pad
from harness_transformers.loading import Weights
from harness_transformers.prompts import Prompted, common_prefix, run_prompts
from harness_transformers.render import prompt_text, token_ids

CACHED_PER_COMPUTED = 8  # keys and values of so many tokens weigh as much as computing one


@dataclass(frozen=True)
class Job:
    """One request as tokens: what all continuations begin with, and the own tokens of each, the last of them scored."""

    request: LogLikelihood
    shared: list[int]
    own: list[list[int]]
    scored: list[int]
    prompt_tokens: int


@dataclass(frozen=True)
class Row:
    """One continuation: the job it belongs to, its own tokens, and how many of the last are scored."""

    job: int
    own: list[int]
    scored: int


def prepare(weights: Weights, request: LogLikelihood) -> Job:
    """The request as tokens. Raises UsageError where it cannot be rendered or is too long."""
    text, special = prompt_text(weights.tokenizer, request.prompt)
    context = token_ids(weights.tokenizer, text, special=special)
    wholes = [token_ids(weights.tokenizer, text + added, special=special) for added in request.continuations]
    if not context:  # something must predict the first token
        first = first_token(weights.tokenizer)
        context, wholes = [first], [[first, *whole] for whole in wholes]
    check_room(weights, max(map(len, [context, *wholes])))
    # where prompt and continuation meet inside one token, the continuation is all from the first token that differs
    prefixes = [max(common_prefix(context, whole), 1) for whole in wholes]
    split = min(prefixes, default=1)
    return Job(
        request,
        shared=context[:split],
        own=[whole[split:] for whole in wholes],
        scored=[len(whole) - prefix for whole, prefix in zip(wholes, prefixes, strict=True)],
        prompt_tokens=len(context),
    )


def first_token(tokenizer: Any) -> int:
    """What stands in front of a text that has no prompt. Raises UsageError where the tokenizer has no such token."""
    for token in (tokenizer.bos_token_id, tokenizer.eos_token_id):
        if token is not None:
            return int(token)
    raise UsageError("the prompt is empty, and the tokenizer has no token that begins a text")


def cost(job: Job) -> int:
    """Tokens to compute, or the share of memory that its copied keys take, whichever is more."""
    longest = max(map(len, job.own), default=0)
    cached = len(job.own) * (len(job.shared) + longest)
    return max(len(job.shared) + len(job.own) * longest, cached // CACHED_PER_COMPUTED)


def answer_batch(weights: Weights, model: Any, jobs: list[Job]) -> list[Answer]:
    """The answers to a batch of jobs."""
    rows = [
        Row(index, own, scored)
        for index, job in enumerate(jobs)
        for own, scored in zip(job.own, job.scored, strict=True)
    ]
    prompted = run_prompts(weights, model, [job.shared for job in jobs])
    firsts, rests = _first_tokens(prompted, rows), _other_tokens(weights, model, prompted, rows)
    likelihoods: list[list[Likelihood]] = [[] for _ in jobs]
    for row, first, rest in zip(rows, firsts, rests, strict=True):
        likelihoods[row.job].append(Likelihood(first + rest, row.scored))
    return [
        Answer(job.request.key, likelihoods=tuple(found), prompt_tokens=job.prompt_tokens)
        for job, found in zip(jobs, likelihoods, strict=True)
    ]


def _first_tokens(prompted: Prompted, rows: list[Row]) -> list[float]:
    """The log-likelihood of each row's first token, which the prompt itself predicts; 0 where it is not scored."""
    import torch

    scored = [index for index, row in enumerate(rows) if row.own and row.scored == len(row.own)]
    logits_nv = prompted.logits_bv[[rows[index].job for index in scored]]
    found_n = log_likelihoods(logits_nv, torch.tensor([rows[index].own[0] for index in scored], dtype=torch.long))
    sums = [0.0] * len(rows)
    for index, found in zip(scored, found_n.tolist(), strict=True):
        sums[index] = found
    return sums


def _other_tokens(weights: Weights, model: Any, prompted: Prompted, rows: list[Row]) -> list[float]:
    """The log-likelihood of each row's scored tokens behind its first, summed in float64."""
    import torch

    longer = [index for index, row in enumerate(rows) if len(row.own) > 1]
    sums_r = torch.zeros(len(rows), dtype=torch.float64)
    if not longer:
        return [0.0] * len(rows)
    prompt_of_row = torch.tensor([rows[index].job for index in longer])
    prompted.cache.batch_select_indices(prompt_of_row.to(weights.device))
    prompt_mask_rt = prompted.mask_bt[prompt_of_row]
    inputs_rt, mask_rt = pad([rows[index].own[:-1] for index in longer])
    targets_rt, _ = pad([rows[index].own[1:] for index in longer])
    scored_r1 = torch.tensor([[rows[index].scored] for index in longer])
    place_t = torch.arange(inputs_rt.shape[1])
    chosen_rt = mask_rt.bool() & (place_t >= mask_rt.sum(1, keepdim=True) - scored_r1)
    logits_nv = logits_at(
        model,
        chosen_rt.to(weights.device),
        input_ids=inputs_rt.to(weights.device),
        attention_mask=torch.cat([prompt_mask_rt, mask_rt], 1).to(weights.device),
        past_key_values=prompted.cache,
        use_cache=True,
        **weights.positions(prompt_mask_rt.sum(1, keepdim=True) + place_t),
    )
    found_n = log_likelihoods(logits_nv, targets_rt[chosen_rt]).double().cpu()
    return [float(total) for total in sums_r.index_add_(0, torch.tensor(longer)[chosen_rt.nonzero()[:, 0]], found_n)]


def log_likelihoods(logits_nv: Any, targets_n: Any) -> Any:
    """The natural-log probability [N] of each target, in float32."""
    logits_nv = logits_nv.float()
    targets_n1 = targets_n.to(logits_nv.device).unsqueeze(1)
    return logits_nv.gather(1, targets_n1).squeeze(1) - logits_nv.logsumexp(1)
