"""Keys and values by slot, in place of transformers' cache. B rows, T tokens, K places, H heads, D width of a head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

STEP = 64  # places made ready at once


@dataclass(frozen=True)
class Pass:
    """One pass of the model: B rows write T tokens each at places of their slots and read the first `width` places.

    `room` places are needed to write. `leading`: the rows are the first slots in order, which are read where they lie.
    """

    slots_b: Any
    places_bt: Any
    width: int
    room: int
    leading: bool


class KeyValues:
    """Keys and values of `count` slots of `places` places in every layer.

    Memory is taken as places come into use, where the system gives pages by need; a longer row makes all slots longer.
    """

    def __init__(self, count: int, places: int) -> None:
        self._count = count
        self._places = _whole_steps(places)
        self._ready = 0
        self._layers: dict[int, list[Any]] = {}
        self._now: Pass

    def begin(self, now: Pass) -> None:
        """Say what the pass will do that runs next."""
        self._now = now
        if now.room <= self._ready:
            return
        before, self._ready = self._ready, _whole_steps(now.room)
        self._places = max(self._places, self._ready)
        for stored in self._layers.values():
            stored[:] = [self._made_ready(whole, before) for whole in stored]

    def update(self, keys_bhtd: Any, values_bhtd: Any, layer: int, *_: Any, **__: Any) -> tuple[Any, Any]:
        """What each layer of the model calls: keeps keys and values of a pass, returns all [B, H, K, D] of its rows."""
        now, new = self._now, (keys_bhtd, values_bhtd)
        if layer not in self._layers:
            self._layers[layer] = [
                self._made_ready(one.new_empty((self._count, one.shape[1], 0, one.shape[3])), 0) for one in new
            ]
        seen = []
        for whole, new_bhtd in zip(self._layers[layer], new, strict=True):
            whole[now.slots_b.unsqueeze(1), :, now.places_bt] = new_bhtd.transpose(1, 2)
            read = whole[:, :, : now.width]
            seen.append(read[: len(new_bhtd)] if now.leading else read.index_select(0, now.slots_b))
        return seen[0], seen[1]

    def get_seq_length(self, layer: int = 0) -> int:
        """Places taken before the pass, which models ask for that are not told positions: ours are."""
        return self._now.width - int(self._now.places_bt.shape[1])

    def copy(self, source: int, target: int, length: int) -> None:
        """Put the first places of one slot into another."""
        for stored in self._layers.values():
            for whole in stored:
                whole[target, :, :length] = whole[source, :, :length]

    def clear(self, slot: int) -> None:
        """Put 0 into a slot."""
        for stored in self._layers.values():
            for whole in stored:
                whole[slot, :, : self._ready] = 0

    def _made_ready(self, whole: Any, before: int) -> Any:
        """One layer's keys or values with as many places as there are to be, those from `before` on without NaN.

        For what stood in that memory is multiplied by 0 where it is masked, and NaN would stay.
        """
        if whole.shape[2] < self._places:
            longer = whole.new_empty((self._count, whole.shape[1], self._places, whole.shape[3]))
            longer[:, :, :before] = whole[:, :, :before]
            whole = longer
        whole[:, :, before : self._ready] = 0
        return whole


def _whole_steps(places: int) -> int:
    return -(-places // STEP) * STEP
