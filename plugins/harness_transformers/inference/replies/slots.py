"""Replies under way, a slot a row, from place 0 whatever the others do: one can end and another take its slot.

Shapes: B rows, T tokens, K places, V words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness_transformers.inference.replies.common_prefixes import chunks, common_prefix, leaders
from harness_transformers.inference.replies.keyvalues import KeyValues, Pass
from harness_transformers.model.head import logits_at, pad
from harness_transformers.model.loading import Weights
from harness_transformers.model.masks import windows


class Slots:
    """`count` slots for a model, of `places` tokens unless a row needs more.

    At most `pass_tokens` tokens of prompts run together, padding included.
    """

    def __init__(self, weights: Weights, model: Any, count: int, places: int, pass_tokens: int) -> None:
        self.count = count
        self._model = model
        self._device = weights.device
        self._pass_tokens = pass_tokens
        self._windows = windows(model.config)
        self._held: list[list[int]] = [[] for _ in range(count)]
        self._cache = KeyValues(count, places)

    def fill(self, slots: Sequence[int], prompts: Sequence[list[int]]) -> Any:
        """Put prompts in slots; the logits [B, V] behind them. What prompts begin with in common is run once."""
        import torch

        logits_v: dict[int, Any] = {}
        waiting = dict(zip(slots, prompts, strict=True))
        while waiting:
            order = list(waiting)
            first = leaders(list(waiting.values()), self._held_of)
            logits_v |= self._fill({order[at]: waiting.pop(order[at]) for at in first})
        return torch.stack([logits_v[slot] for slot in slots])

    def extend(self, tokens: Sequence[int]) -> Any:
        """Add a token to each of the first slots; the logits [B, V] behind them."""
        import torch

        starts = [len(held) for held in self._held[: len(tokens)]]
        for held, token in zip(self._held, tokens, strict=False):
            held.append(token)
        ids_b1, places_b1 = torch.tensor([tokens, starts], device=self._device).unsqueeze(2)
        width = max(starts) + 1
        rows_b = torch.arange(len(tokens), device=self._device)
        self._cache.begin(Pass(rows_b, places_b1, width, room=width, leading=True))
        return self._model(**self._inputs(ids_b1, places_b1, width)).logits[:, -1]

    def move(self, source: int, target: int) -> None:
        """Put what one slot holds into another."""
        self._copy(source, target, len(self._held[source]))

    def clear(self, slot: int) -> None:
        """Leave nothing in a slot: what is masked there is multiplied by 0, and nan would stay."""
        self._held[slot] = []
        self._cache.clear(slot)

    def _fill(self, prompts: Mapping[int, list[int]]) -> dict[int, Any]:
        """The logits [V] behind each prompt, by slot."""
        for slot, prompt in prompts.items():
            self._copy_beginning(prompt, slot)
        slots = list(prompts)
        own = [prompts[slot][len(self._held[slot]) :] for slot in slots]
        logits_v: dict[int, Any] = {}
        for chunk in chunks([len(tokens) for tokens in own], self._pass_tokens):
            members = [slots[at] for at in chunk]
            logits_bv = self._add(members, [own[at] for at in chunk])
            logits_v |= zip(members, logits_bv, strict=True)
        return logits_v

    def _held_of(self, prompt: list[int]) -> int:
        """How many of a prompt's first tokens the slot holds that holds most of them."""
        return max(common_prefix(held, prompt) for held in self._held)

    def _copy_beginning(self, prompt: list[int], target: int) -> None:
        """Leave in a slot what any holds of the prompt, but its last token: the logits behind that are asked for."""
        known = prompt[:-1]
        lengths = [common_prefix(held, known) for held in self._held]
        length = max(lengths)
        if lengths[target] < length:
            self._copy(lengths.index(length), target, length)
        del self._held[target][length:]

    def _add(self, slots: list[int], tokens: list[list[int]]) -> Any:
        """Add tokens to slots; the logits [B, V] behind the last ones.

        Padding is the last token and position again, written behind its row, where nothing reads before the row itself
        has written there: a token of its own might give nan, which stays where it is multiplied by 0, and learned
        positions end with the context.
        """
        import torch

        starts_b1 = torch.tensor([[len(self._held[slot])] for slot in slots])
        for slot, added in zip(slots, tokens, strict=True):
            self._held[slot] += added
        ids_bt, mask_bt = pad(tokens)
        step_t = torch.arange(ids_bt.shape[1])
        last_b1 = mask_bt.sum(1, keepdim=True) - 1
        ids_bt = ids_bt.gather(1, step_t.minimum(last_b1))
        places_bt = starts_b1 + step_t
        width = max(len(self._held[slot]) for slot in slots)
        self._cache.begin(
            Pass(
                torch.tensor(slots, device=self._device),
                places_bt.to(self._device),
                width,
                room=int(places_bt.max()) + 1,
                leading=slots == list(range(len(slots))),
            )
        )
        positions_bt = places_bt.minimum(starts_b1 + last_b1)
        inputs = self._inputs(ids_bt.to(self._device), positions_bt.to(self._device), width)
        return logits_at(self._model, (step_t == last_b1).to(self._device), **inputs)

    def _inputs(self, ids_bt: Any, positions_bt: Any, width: int) -> dict[str, Any]:
        return {
            "input_ids": ids_bt,
            "position_ids": positions_bt,
            "attention_mask": self._masks(positions_bt, width),
            "cache": self._cache,
            "use_cache": True,
        }

    def _masks(self, positions_bt: Any, width: int) -> Any:
        """What is added to scores so that a token sees only what it may, [B, 1, T, K]; by kind of layer if mixed."""
        import torch

        dtype = self._model.dtype
        place_k = torch.arange(width, device=self._device)
        positions_bt1 = positions_bt.unsqueeze(2)
        masks = {}
        for kind, window in self._windows.items():
            hidden_btk = place_k > positions_bt1
            if window is not None:
                hidden_btk |= place_k <= positions_bt1 - window
            mask_btk = torch.zeros(hidden_btk.shape, dtype=dtype, device=self._device)
            masks[kind] = mask_btk.masked_fill_(hidden_btk, torch.finfo(dtype).min).unsqueeze(1)
        return masks if len(masks) > 1 else next(iter(masks.values()))

    def _copy(self, source: int, target: int, length: int) -> None:
        self._cache.copy(source, target, length)
        self._held[target] = self._held[source][:length]
