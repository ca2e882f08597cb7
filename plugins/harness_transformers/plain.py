"""Replies one at a time on the model's own cache: for models that cannot have their rows in slots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness_transformers.head import logits_at
from harness_transformers.loading import Weights


class OneByOne:
    """One row on transformers' cache, which holds whatever the model keeps: windows, states, convolutions."""

    count = 1

    def __init__(self, weights: Weights, model: Any) -> None:
        self._model = model
        self._device = weights.device
        self._cache: Any = None

    def fill(self, slots: Sequence[int], prompts: Sequence[list[int]]) -> Any:
        """Begin with a prompt; the logits [1, V] behind it."""
        from transformers import DynamicCache

        self._cache = DynamicCache(config=self._model.config)
        return self._run(prompts[0])

    def extend(self, tokens: Sequence[int]) -> Any:
        """Add a token; the logits [1, V] behind it."""
        return self._run(tokens)

    def move(self, source: int, target: int) -> None:
        """There is one row, which never moves."""

    def _run(self, tokens: Sequence[int]) -> Any:
        import torch

        ids_1t = torch.tensor([list(tokens)], device=self._device)
        last_1t = torch.zeros_like(ids_1t, dtype=torch.bool)
        last_1t[:, -1] = True
        return logits_at(self._model, last_1t, input_ids=ids_1t, use_cache=True, cache=self._cache)
