"""Which requests run together: a pure function of all of them, so that a resumed evaluation is batched alike."""

from __future__ import annotations

from collections.abc import Sequence


def plan_batches(costs: Sequence[int], budget: int) -> list[list[int]]:
    """Indices in batches, dearest first, so that members are alike and a batch, padded, costs at most `budget`.

    One that costs more than the budget is a batch of its own.
    """
    batches: list[list[int]] = []
    for index in sorted(range(len(costs)), key=lambda i: (-costs[i], i)):
        if batches and costs[batches[-1][0]] * (len(batches[-1]) + 1) <= budget:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches
