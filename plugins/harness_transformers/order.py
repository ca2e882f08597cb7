"""The order in which a trainer sees its examples: a pure function, so that a resumed training sees the same one."""

from __future__ import annotations

import random
from collections.abc import Sequence

BATCHES_A_POOL = 16


def training_order(lengths: Sequence[int], batch_size: int, batches: int, seed: int) -> list[int]:
    """Indices for `batches` batches of `batch_size`, one after the other; every example once before any comes again.

    Batches hold examples of like length, so that little is padded. One that joins the end of an epoch with the start
    of the next holds no example twice, unless there are fewer than fill it.
    """
    order = random.Random(seed)
    found: list[int] = []
    joining: list[int] = []
    while len(found) < batches * batch_size:
        epoch = list(range(len(lengths)))
        order.shuffle(epoch)
        if joining:
            missing = batch_size - len(joining)
            epoch.sort(key=set(joining).__contains__)
            joining, epoch = joining + epoch[:missing], epoch[missing:]
            if len(joining) < batch_size:
                continue
            found += joining
            order.shuffle(epoch)
        whole = len(epoch) - len(epoch) % batch_size
        joining = epoch[whole:]
        found += _grouped_by_length(epoch[:whole], lengths, batch_size, order)
    return found[: batches * batch_size]


def _grouped_by_length(epoch: list[int], lengths: Sequence[int], batch_size: int, order: random.Random) -> list[int]:
    """The same indices: each pool of them sorted by length and cut into batches, and these shuffled."""
    size, grouped = BATCHES_A_POOL * batch_size, []
    for start in range(0, len(epoch), size):
        pool = sorted(epoch[start : start + size], key=lambda index: lengths[index])
        cut = [pool[at : at + batch_size] for at in range(0, len(pool), batch_size)]
        order.shuffle(cut)
        grouped += [index for batch in cut for index in batch]
    return grouped
