"""The order in which a trainer sees its examples: a pure function, so that a resumed training sees the same one."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

BATCHES_A_POOL = 16


def training_order(lengths: Sequence[int], batch_size: int, batches: int, seed: int) -> list[int]:
    """Indices for `batches` batches of `batch_size`, one after the other; every example once before any comes again.

    Batches are cut from shuffled pools sorted by length, so that little is padded, and shuffled within their pool.
    """
    order = random.Random(seed)
    stream = _shuffled_for_ever(len(lengths), order)
    found: list[int] = []
    while len(found) < batches * batch_size:
        count = min(BATCHES_A_POOL, batches - len(found) // batch_size)
        pool = sorted((next(stream) for _ in range(count * batch_size)), key=lambda index: lengths[index])
        cut = [pool[at : at + batch_size] for at in range(0, len(pool), batch_size)]
        order.shuffle(cut)
        found += [index for batch in cut for index in batch]
    return found


def _shuffled_for_ever(count: int, order: random.Random) -> Iterator[int]:
    indices = list(range(count))
    while True:
        order.shuffle(indices)
        yield from indices
