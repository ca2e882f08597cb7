"""Log-likelihoods: a case's prompt is run once, its continuations share it. R rows, T tokens, N scored, V words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.errors import UsageError
from harness.types import Answer, Likelihood, LogLikelihood
from harness_transformers.generate import check_room
from harness_transformers.head import logits_at, pad
from harness_transformers.loading import Weights
from harness_transformers.render import prompt_text, token_ids

CACHED_PER_COMPUTED = 8  # keys and values of so many tokens weigh as much as computing one


@dataclass(frozen=True)
class Job:
    """One request as tokens: what all continuations share, then the own tokens of each, the last `scored` scored.

    `own` begins with the last shared token, whose output predicts the first token of the continuation.
    """

    request: LogLikelihood
    shared: list[int]
    own: list[list[int]]
    scored: list[int]
    prompt_tokens: int


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
    prefixes = [common_prefix(context, whole) for whole in wholes]
    split = max(min(prefixes, default=1), 1) - 1 if len(wholes) > 1 else 0
    return Job(
        request,
        shared=context[:split],
        own=[whole[split:] for whole in wholes],
        scored=[len(whole) - max(prefix, 1) for whole, prefix in zip(wholes, prefixes, strict=True)],
        prompt_tokens=len(context),
    )


def first_token(tokenizer: Any) -> int:
    """What stands in front of a text that has no prompt. Raises UsageError where the tokenizer has no such token."""
    for token in (tokenizer.bos_token_id, tokenizer.eos_token_id):
        if token is not None:
            return int(token)
    raise UsageError("the prompt is empty, and the tokenizer has no token that begins a text")


def common_prefix(left: list[int], right: list[int]) -> int:
    """How many tokens both begin with."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(left), len(right)))


def cost(job: Job) -> int:
    """Tokens to compute, or the share of memory that its copied keys take, whichever is more."""
    longest = max(map(len, job.own), default=0)
    cached = len(job.own) * (len(job.shared) + longest)
    return max(len(job.shared) + len(job.own) * longest, cached // CACHED_PER_COMPUTED)


def answer_batch(weights: Weights, model: Any, jobs: list[Job]) -> list[Answer]:
    """The answers to a batch of jobs, all with a shared part or all without."""
    rows = [
        (index, own, scored) for index, job in enumerate(jobs) for own, scored in zip(job.own, job.scored, strict=True)
    ]
    sums = _row_sums(weights, model, jobs, rows) if rows else []
    likelihoods: list[list[Likelihood]] = [[] for _ in jobs]
    for (index, _, scored), total in zip(rows, sums, strict=True):
        likelihoods[index].append(Likelihood(total, scored))
    return [
        Answer(job.request.key, likelihoods=tuple(found), prompt_tokens=job.prompt_tokens)
        for job, found in zip(jobs, likelihoods, strict=True)
    ]


def _row_sums(weights: Weights, model: Any, jobs: list[Job], rows: list[tuple[int, list[int], int]]) -> list[float]:
    """The log-likelihood of each row's scored tokens, summed in float64."""
    import torch

    shared_mask_bt, cache = _run_shared(weights, model, jobs)
    job_of_row = torch.tensor([index for index, _, _ in rows])
    own_rt, own_mask_rt = pad([own for _, own, _ in rows])
    inputs_rt, targets_rt, mask_rt = own_rt[:, :-1], own_rt[:, 1:], own_mask_rt[:, :-1].clone()
    lengths_r1 = own_mask_rt.sum(1, keepdim=True) - 1
    scored_r1 = torch.tensor([[scored] for _, _, scored in rows])
    column = torch.arange(inputs_rt.shape[1])
    chosen_rt = (column < lengths_r1) & (column >= lengths_r1 - scored_r1)
    mask_rt[column >= lengths_r1] = 0
    if cache is not None:
        cache.batch_select_indices(job_of_row.to(weights.device))
    shared_mask_rt = shared_mask_bt[job_of_row]
    logits_nv = logits_at(
        model,
        chosen_rt.to(weights.device),
        input_ids=inputs_rt.to(weights.device),
        attention_mask=torch.cat([shared_mask_rt, mask_rt], 1).to(weights.device),
        past_key_values=cache,
        use_cache=cache is not None,
        **weights.positions(shared_mask_rt.sum(1, keepdim=True) + column),
    )
    sums_r = torch.zeros(len(rows), dtype=torch.float64)
    sums_r.index_add_(0, chosen_rt.nonzero()[:, 0], log_likelihoods(logits_nv, targets_rt[chosen_rt]).double().cpu())
    return [float(total) for total in sums_r]


def log_likelihoods(logits_nv: Any, targets_n: Any) -> Any:
    """The natural-log probability [N] of each target, in float32."""
    logits_nv = logits_nv.float()
    targets_n1 = targets_n.to(logits_nv.device).unsqueeze(1)
    return logits_nv.gather(1, targets_n1).squeeze(1) - logits_nv.logsumexp(1)


def _run_shared(weights: Weights, model: Any, jobs: list[Job]) -> tuple[Any, Any]:
    """The mask [B, T] of the shared parts, and their keys and values; no cache where nothing is shared."""
    import torch
    from transformers import DynamicCache

    ids_bt, mask_bt = pad([job.shared for job in jobs], left=True)
    if ids_bt.shape[1] == 0:
        return mask_bt, None
    cache = DynamicCache(config=model.config)
    logits_at(
        model,
        torch.zeros_like(ids_bt, dtype=torch.bool, device=weights.device),
        input_ids=ids_bt.to(weights.device),
        attention_mask=mask_bt.to(weights.device),
        past_key_values=cache,
        use_cache=True,
        **weights.positions((mask_bt.cumsum(1) - 1).clamp(min=0)),
    )
    return mask_bt, cache
