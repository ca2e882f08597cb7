"""Runs a scoring plan: prefixes once, then batches of rows below them. B rows, T tokens, N places read, M targets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness_transformers.inference.packing import Packed, causal, pack
from harness_transformers.inference.plan import Plan, plan_scoring
from harness_transformers.inference.prefix_cache import Kept, recorded, recording
from harness_transformers.inference.prefixes import Node, PrefixTree, Unit, separate
from harness_transformers.model.head import Head, hidden_at, log_likelihoods, logits_at
from harness_transformers.model.masks import attention_mask


@dataclass
class Scorer:
    """A model at work on a plan; holds the prefixes above the batch that ran last.

    `head` is None where the model does more behind its output layer than is known, so that it must make all logits of a
    batch at once itself. `computed`: tokens of the last pass, those of prefixes that it needed first included.
    """

    model: Any
    plan: Plan
    head: Head | None

    def __post_init__(self) -> None:
        self.computed = 0
        self._kept: dict[int, Kept | None] = {}

    def read(self, node: int, units: tuple[Unit, ...]) -> Iterator[tuple[int, float]]:
        """Of each sequence of the units its number, and the log-likelihood of what is read of it, summed in float64."""
        tree = self.plan.tree
        self.computed = sum(unit.length for unit in units)
        kept = self._prefix(node)
        packed = pack(tree, units, tree.nodes[node].end)
        found_m = self._log_likelihoods(packed, kept, tree.nodes[node].end)
        sequences, first = np.unique(packed.target_sequences, return_inverse=True)
        sums = np.bincount(first, weights=found_m)
        yield from zip(sequences.tolist(), sums.tolist(), strict=True)

    def _prefix(self, at: int) -> Kept | None:
        """The keys and values of a node, computed on those of its parent; others than its parents' are dropped."""
        nodes = self.plan.tree.nodes
        line = [at]
        while (parent := nodes[line[-1]].parent) is not None:
            line.append(parent)
        self._kept = {node: kept for node, kept in self._kept.items() if node in line}
        for node in reversed(line):
            if node not in self._kept:
                above, most = self._above(nodes[node]), self.plan.budget
                self._kept[node] = keep(self.model, self.plan.tree, nodes[node], above, most)
                self.computed += nodes[node].end - nodes[node].start
        return self._kept[at]

    def _above(self, node: Node) -> Kept | None:
        return None if node.parent is None else self._kept[node.parent]

    def _log_likelihoods(self, packed: Packed, kept: Kept | None, before: int) -> NDArray[np.float64]:
        """Of each target [M]."""
        import torch

        device = self.model.device
        inputs = row_inputs(self.model, packed, kept, before)
        # by place, so that logits can be made for some of them at a time
        order = np.argsort(packed.target_reads, kind="stable")
        reads_m, targets_m = (torch.from_numpy(one[order]).to(device) for one in (packed.target_reads, packed.targets))
        places = [torch.from_numpy(one).to(device) for one in (packed.read_rows, packed.read_columns)]
        if self.head is not None:
            found_m = self.head.log_likelihoods(hidden_at(self.model, *places, **inputs), reads_m, targets_m)
        else:
            chosen_bt = torch.zeros(packed.ids_bt.shape, dtype=torch.bool, device=device)
            chosen_bt[places[0], places[1]] = True
            found_m = log_likelihoods(logits_at(self.model, chosen_bt, **inputs).float(), reads_m, targets_m)
        found = np.empty(len(order))
        found[order] = found_m.cpu().double().numpy()
        return found


def read_each(scorer: Scorer, node: int, units: tuple[Unit, ...]) -> dict[int, float]:
    """By number of each sequence of the units what `Scorer.read` finds.

    Where that is no number, sequences that shared a row are read again in rows of their own: what one branch of a tree
    does not see is multiplied by 0, and nan stays.
    """
    found = dict(scorer.read(node, units))
    lost = [number for number, total in found.items() if not math.isfinite(total)]
    if lost and any(unit.end - unit.first > 1 for unit in units):
        plan = plan_scoring(separate([scorer.plan.tree.sequences[number] for number in lost]), scorer.plan.budget)
        alone = Scorer(scorer.model, plan, scorer.head)
        for batch in plan.batches:
            found |= {lost[at]: total for at, total in alone.read(batch.node, batch.units)}
    return found


def keep(model: Any, tree: PrefixTree, node: Node, above: Kept | None, most: int) -> Kept | None:
    """The keys and values of a node's prefix, `most` tokens a pass; None for the root, which has no token."""
    import torch

    if node.end == node.start:
        return above
    tokens = tree.sequence(node.example).inputs.astype(np.int64)
    cache = recording(above)
    nowhere_n = torch.zeros(0, dtype=torch.long, device=model.device)
    for start in range(node.start, node.end, most):
        end = min(start + most, node.end)
        inputs: dict[str, Any] = {"input_ids": torch.from_numpy(tokens[start:end]).unsqueeze(0).to(model.device)}
        if start:  # else it is a chain from its first place: what every causal model does by itself
            positions_1t = np.arange(start, end)[None]
            inputs["position_ids"] = torch.from_numpy(positions_1t).to(model.device)
            inputs["attention_mask"] = attention_mask(model, causal(end - start)[None], positions_1t, start)
        hidden_at(model, nowhere_n, nowhere_n, cache=cache, use_cache=True, **inputs)
    return recorded(cache)


def row_inputs(model: Any, packed: Packed, kept: Kept | None, before: int) -> dict[str, Any]:
    """What the model is called with for a batch behind `before` kept tokens."""
    import torch

    inputs: dict[str, Any] = {"input_ids": torch.from_numpy(packed.ids_bt).to(model.device), "use_cache": False}
    if packed.seen_btt is None and kept is None:
        return inputs  # chains, each from its first place
    rows, width = packed.ids_bt.shape
    seen_btt = np.broadcast_to(causal(width), (rows, width, width)) if packed.seen_btt is None else packed.seen_btt
    inputs["position_ids"] = torch.from_numpy(packed.positions_bt).to(model.device)
    inputs["attention_mask"] = attention_mask(model, seen_btt, packed.positions_bt, before)
    if kept is not None:
        inputs["cache"] = kept.behind()
    return inputs
