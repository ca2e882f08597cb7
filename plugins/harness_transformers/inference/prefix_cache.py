"""Keys and values of a prefix: kept once, seen by every row below it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True)
class Kept:
    """The keys and values [1, heads, tokens, width] of a prefix, a pair a layer."""

    layers: tuple[tuple[Any, Any], ...]

    def behind(self) -> Any:
        """A cache whose layers show the prefix before what is new, to as many rows as there are, and keep nothing."""
        from transformers.cache_utils import Cache

        return Cache(layers=[_showing_layer()(keys, values) for keys, values in self.layers])


def recording(kept: Kept | None) -> Any:
    """A cache that keeps what is new behind a prefix."""
    from transformers.cache_utils import Cache, DynamicLayer

    if kept is None:
        return Cache(layer_class_to_replicate=DynamicLayer)
    layers = []
    for keys, values in kept.layers:
        layer = DynamicLayer()
        layer.update(keys, values)
        layers.append(layer)
    return Cache(layers=layers)


def recorded(cache: Any) -> Kept:
    """What a recording cache holds."""
    return Kept(tuple((layer.keys, layer.values) for layer in cache.layers))


@cache
def _showing_layer() -> type[Any]:
    """The class is made here, since transformers is imported only when a model works."""
    import torch
    from transformers.cache_utils import DynamicLayer

    class ShowingLayer(DynamicLayer):  # type: ignore[misc]
        def __init__(self, keys: Any, values: Any) -> None:
            super().__init__()
            super().update(keys, values)

        def update(self, key_states: Any, value_states: Any, *args: Any, **kwargs: Any) -> tuple[Any, Any]:
            rows = key_states.shape[0]
            before = (one.expand(rows, -1, -1, -1) for one in (self.keys, self.values))
            return tuple(torch.cat(pair, dim=-2) for pair in zip(before, (key_states, value_states), strict=True))

    return ShowingLayer
