"""The order in which a trainer sees its examples: a pure function, so that a resumed training sees the same one."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

BATCHES_A_POOL = 16


@dataclass(frozen=True, slots=True)
class StepPlan:
    """Batches of indices, one after the other; `accumulate` of them are a step, and the last step may be smaller."""

    batches: list[list[int]]
    accumulate: int

    @property
    def steps(self) -> int:
        return math.ceil(len(self.batches) / self.accumulate)


def plan_steps(
    lengths: Sequence[int],
    batch_size: int,
    accumulate: int,
    seed: int,
    *,
    epochs: float = 1,
    max_steps: int | None = None,
) -> StepPlan:
    """So many epochs over the examples, or so many steps; where a step is larger than the data, each is one epoch."""
    whole_step, count = batch_size * accumulate, len(lengths)
    rows = max_steps * min(whole_step, count) if max_steps else max(1, round(count * epochs))
    joined = count >= whole_step
    batches = training_batches(lengths, batch_size, rows, seed, joined=joined)
    return StepPlan(batches, accumulate if joined else math.ceil(count / batch_size))


def training_batches(
    lengths: Sequence[int], batch_size: int, rows: int, seed: int, *, joined: bool = True
) -> list[list[int]]:
    """`rows` indices in batches of `batch_size`; every example once before any comes again.

    Batches hold examples of like length, so that little is padded. One that joins the end of an epoch with the start
    of the next, where they are `joined`, holds no example twice; else the last batch of an epoch is smaller.
    """
    order = random.Random(seed)
    found: list[list[int]] = []
    joining: list[int] = []
    missing = rows
    while missing > 0:
        epoch = list(range(len(lengths)))
        order.shuffle(epoch)
        if joining:
            few = batch_size - len(joining)
            epoch.sort(key=set(joining).__contains__)
            found.append(joining + epoch[:few])
            epoch = epoch[few:]
            order.shuffle(epoch)
        whole = len(epoch) - len(epoch) % batch_size
        found += _grouped_by_length(epoch[:whole], lengths, batch_size, order)
        joining = epoch[whole:]
        if joining and not joined:
            found.append(joining)
            joining = []
        missing = rows - sum(map(len, found)) - len(joining)
    return _first(rows, [*found, joining])


def _first(rows: int, batches: Sequence[list[int]]) -> list[list[int]]:
    """So many indices of the batches, in theirs."""
    cut = []
    for batch in batches:
        if batch[:rows]:
            cut.append(batch[:rows])
            rows -= len(cut[-1])
    return cut


def _grouped_by_length(
    epoch: list[int], lengths: Sequence[int], batch_size: int, order: random.Random
) -> list[list[int]]:
    """The same indices: each pool of them sorted by length and cut into batches, and these shuffled."""
    size, grouped = BATCHES_A_POOL * batch_size, []
    for start in range(0, len(epoch), size):
        pool = sorted(epoch[start : start + size], key=lambda index: lengths[index])
        cut = [pool[at : at + batch_size] for at in range(0, len(pool), batch_size)]
        order.shuffle(cut)
        grouped += cut
    return grouped
