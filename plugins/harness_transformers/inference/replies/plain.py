"""Replies one at a time on the model's own cache: for models that cannot have their rows in slots."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from harness_transformers.model.head import logits_at
from harness_transformers.model.loading import Weights


class OneByOne:
    """One row on transformers' cache, which holds whatever the model keeps: windows, states, convolutions.

    A model that takes no cache is given all tokens again for each new one.
    """

    count = 1

    def __init__(self, weights: Weights, model: Any) -> None:
        self._model = model
        self._device = weights.device
        self._caches = "cache" in inspect.signature(weights.base.forward).parameters
        self._cache: Any = None
        self._tokens: list[int] = []

    def fill(self, slots: Sequence[int], prompts: Sequence[list[int]]) -> Any:
        """Begin with a prompt; the logits [1, V] behind it."""
        from transformers import DynamicCache

        self._cache = DynamicCache(config=self._model.config) if self._caches else None
        self._tokens = []
        return self._run(prompts[0])

    def extend(self, tokens: Sequence[int]) -> Any:
        """Add a token; the logits [1, V] behind it."""
        return self._run(tokens)

    def move(self, source: int, target: int) -> None:
        """There is one row, which never moves."""

    def clear(self, slot: int) -> None:
        """The next prompt begins with a cache of its own."""

    def _run(self, tokens: Sequence[int]) -> Any:
        import torch

        self._tokens += tokens
        ids_1t = torch.tensor([list(tokens) if self._caches else self._tokens], device=self._device)
        last_1t = torch.zeros_like(ids_1t, dtype=torch.bool)
        last_1t[:, -1] = True
        cached = {"cache": self._cache, "use_cache": True} if self._caches else {}
        return logits_at(self._model, last_1t, input_ids=ids_1t, **cached)
