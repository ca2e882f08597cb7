"""Prompts in a key–value cache. What all begin with, a system prompt, is run once. B rows, T tokens, V words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness_transformers.head import logits_at, pad
from harness_transformers.loading import Weights

WORTH_SHARING = 8


@dataclass
class Prompted:
    """The logits [B, V] behind each prompt, the keys and values of all, and the mask [B, T] of the places they take."""

    logits_bv: Any
    cache: Any
    mask_bt: Any


def run_prompts(weights: Weights, model: Any, prompts: list[list[int]]) -> Prompted:
    """Run prompts of one token or more. Padding is on the left, so that the last place is each prompt's last token."""
    import torch
    from transformers import DynamicCache

    shared = shared_length(prompts) if weights.attends_everywhere else 0
    own_bt, own_mask_bt = pad([prompt[shared:] for prompt in prompts], left=True)
    cache = DynamicCache(config=model.config)
    if shared:
        cache = run_prefix(model, torch.tensor([prompts[0][:shared]], device=weights.device), len(prompts))
    mask_bt = torch.nn.functional.pad(own_mask_bt, (shared, 0), value=1)
    last_bt = torch.zeros_like(own_bt, dtype=torch.bool)
    last_bt[:, -1] = True
    logits_bv = logits_at(
        model,
        last_bt.to(weights.device),
        input_ids=own_bt.to(weights.device),
        attention_mask=mask_bt.to(weights.device),
        cache=cache,
        use_cache=True,
        **weights.positions(shared + (own_mask_bt.cumsum(1) - 1).clamp(min=0)),
    )
    return Prompted(logits_bv, cache, mask_bt)


def run_prefix(model: Any, ids_1t: Any, rows: int) -> Any:
    """A cache with the keys and values of one prefix, repeated for each of the rows that begin with it."""
    import torch
    from transformers import DynamicCache

    cache = DynamicCache(config=model.config)
    nowhere_1t = torch.zeros_like(ids_1t, dtype=torch.bool)
    logits_at(model, nowhere_1t, input_ids=ids_1t, cache=cache, use_cache=True)
    cache.batch_repeat_interleave(rows)
    return cache


def shared_length(prompts: list[list[int]]) -> int:
    """How many tokens all prompts begin with, each keeping one of its own; 0 where sharing them gains nothing."""
    if len(prompts) < 2:
        return 0
    first, last = min(prompts), max(prompts)  # what these two share, all that lie between share
    length = min(common_prefix(first, last), min(map(len, prompts)) - 1)
    return length if length >= WORTH_SHARING else 0


def common_prefix(left: list[int], right: list[int]) -> int:
    """How many tokens both begin with."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(left), len(right)))
