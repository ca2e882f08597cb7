"""Batches of examples, and the loss on the tokens that are trained. B rows, T tokens, N trained tokens, V words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from harness_transformers.model.head import logits_at, pad
from harness_transformers.training.examples import Example

WORTH_SHARING = {"cpu": 8, "mps": 8, "cuda": 512}
"""Tokens that rows begin with in common from which on they are run once. It takes a second pass: twice as many
operations, whose number is what a short pass of a GPU takes its time for."""
IGNORED = -100  # what transformers' Trainer leaves out when it counts the tokens of a batch
SAME_LOSS = 1e-2  # relative: far above what bfloat16 rounds, far below what a wrong mask or position costs


def collate(examples: Sequence[Example]) -> dict[str, Any]:
    """input_ids, attention_mask and labels [B, T], padded on the right; labels are ids where trained, else -100."""
    ids_bt, mask_bt = pad([list(example.ids) for example in examples])
    trained_bt, _ = pad([list(example.trained) for example in examples])
    return {
        "input_ids": ids_bt,
        "attention_mask": mask_bt,
        "labels": ids_bt.masked_fill(trained_bt == 0, IGNORED),
    }


def summed_loss(model: Any, batch: dict[str, Any], *, share_prefix: bool = False) -> Any:
    """The cross-entropy in nats, summed over the trained tokens, in float32: what a model's own loss is the mean of.

    With `share_prefix` the tokens that all rows begin with (a system prompt) are run once, and their keys and values
    serve every row: the same function of the weights, with the same gradient, for fewer tokens.
    """
    import torch

    ids_bt, targets_bt = batch["input_ids"], batch["labels"][:, 1:]
    chosen_bt = torch.nn.functional.pad(targets_bt != IGNORED, (0, 1), value=False)
    shared = common_prefix(ids_bt, chosen_bt) if share_prefix else 0
    worth_it = shared >= WORTH_SHARING[ids_bt.device.type]
    cache = run_prefix(model, ids_bt[:1, :shared], len(ids_bt)) if worth_it else None
    own = slice(shared if cache else 0, None)
    logits_nv = logits_at(
        model,
        chosen_bt[:, own],
        input_ids=ids_bt[:, own],
        attention_mask=batch["attention_mask"],
        cache=cache,
        use_cache=cache is not None,
    )
    return torch.nn.functional.cross_entropy(logits_nv.float(), targets_bt[targets_bt != IGNORED], reduction="sum")


def run_prefix(model: Any, ids_1t: Any, rows: int) -> Any:
    """A cache with the keys and values of one prefix, repeated for each of the rows that begin with it."""
    import torch
    from transformers import DynamicCache

    cache = DynamicCache(config=model.config)
    nowhere_1t = torch.zeros_like(ids_1t, dtype=torch.bool)
    logits_at(model, nowhere_1t, input_ids=ids_1t, cache=cache, use_cache=True)
    cache.batch_repeat_interleave(rows)
    return cache


def common_prefix(ids_bt: Any, chosen_bt: Any) -> int:
    """How many tokens all rows begin with, before the first position that a loss is taken at."""
    same_t = (ids_bt == ids_bt[:1]).all(0) & ~chosen_bt.any(0)
    return int(same_t.long().cumprod(0).sum())


def can_share_prefix(model: Any, examples: Sequence[Example], device: str) -> bool:
    """Whether sharing the prefix of these examples leaves this model's loss as it is: tried, not assumed."""
    batch = _on(device, examples)
    was_training = model.training
    model.eval()
    with torch_inference():
        apart = float(summed_loss(model, batch))
        try:
            together = float(summed_loss(model, batch, share_prefix=True))
        except Exception:  # a model whose cache works in another way says so in its own way
            together = math.nan
    model.train(was_training)
    return math.isclose(apart, together, rel_tol=SAME_LOSS)


def mean_loss(model: Any, batches: Sequence[Sequence[Example]], device: str, *, share_prefix: bool = False) -> float:
    """The loss over all batches in nats a trained token, each token weighing the same; the model's mode is restored."""
    total, tokens, was_training = 0.0, 0, model.training
    model.eval()
    with torch_inference():
        for examples in batches:
            total += float(summed_loss(model, _on(device, examples), share_prefix=share_prefix))
            tokens += sum(example.trained_tokens for example in examples)
    model.train(was_training)
    return total / tokens


def torch_inference() -> AbstractContextManager[Any]:
    """No gradients are kept inside."""
    import torch

    mode: AbstractContextManager[Any] = torch.inference_mode()
    return mode


def _on(device: str, examples: Sequence[Example]) -> dict[str, Any]:
    return {name: tensor.to(device) for name, tensor in collate(examples).items()}
