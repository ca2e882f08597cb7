"""Which rows run together, and in which order: a pure function of all requests, so that a resumed evaluation is batched
as an undisturbed one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness_transformers.inference.prefixes import Node, PrefixTree, Unit

KEPT_PER_COMPUTED = 16  # looking at so many kept tokens costs as much as computing one


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that run in one pass, below one node of the tree; rows are padded to the longest, which is the first."""

    node: int
    units: tuple[Unit, ...]

    @property
    def padded(self) -> int:
        """Tokens with padding."""
        return len(self.units) * self.units[0].length


@dataclass(frozen=True)
class Plan:
    """The batches of a tree, those of one node together and parents first; `budget` is what one may cost in tokens."""

    tree: PrefixTree
    batches: tuple[Batch, ...]
    budget: int

    def sequences_of(self, at: int) -> Iterator[int]:
        """The numbers of the sequences in a batch."""
        for unit in self.batches[at].units:
            yield from self.tree.order[unit.first : unit.end].tolist()

    def facts(self) -> dict[str, int]:
        """What is asked, what is computed for it, and in how many passes, in tokens."""
        return {
            "asked_tokens": sum(len(one.inputs) for one in self.tree.sequences),
            "computed_tokens": self.tree.computed,
            "padded_tokens": sum(batch.padded for batch in self.batches)
            + sum(n.end - n.start for n in self.tree.nodes),
            "prefixes": sum(node.end > node.start for node in self.tree.nodes),
            "rows": sum(len(batch.units) for batch in self.batches),
            "batches": len(self.batches),
        }


def plan_scoring(tree: PrefixTree, budget: int) -> Plan:
    """Rows below one node in batches, longest first, so that members are alike; one above the budget runs alone."""
    batches = [Batch(at, units) for at, node in enumerate(tree.nodes) for units in _below(node, budget)]
    return Plan(tree, tuple(batches), budget)


def cost(node: Node, unit: Unit) -> int:
    """What a row costs in tokens: those it computes, and its share of looking at the prefix."""
    return unit.length + node.end // KEPT_PER_COMPUTED


@dataclass
class Revisions:
    """How a plan was changed while it ran: from batch `at` on, no pass costs more than `budget`.

    They are facts of the evaluation, so that it is resumed with the passes that it had.
    """

    changes: list[dict[str, int]] = field(default_factory=list)

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any], work: str) -> Revisions:
        """Those of an interrupted evaluation for this part of its work."""
        changes = (facts.get("revisions") or {}).get(work, ())
        return cls([{"at": int(one["at"]), "budget": int(one["budget"])} for one in changes])

    def lower(self, at: int, budget: int) -> None:
        """From now on no pass costs more than `budget` tokens."""
        self.changes.append({"at": at, "budget": budget})

    def forget(self, at: int) -> None:
        """Take back what was changed at batch `at`."""
        self.changes = [one for one in self.changes if one["at"] != at]

    def budget(self, at: int, planned: int) -> int:
        """What a pass of batch `at` may cost."""
        return min((one["budget"] for one in self.changes if one["at"] <= at), default=planned)

    def rows(self, plan: Plan, at: int, done: int) -> tuple[Unit, ...]:
        """What of batch `at` runs in the next pass, where its first `done` rows have run."""
        batch, budget = plan.batches[at], self.budget(at, plan.budget)
        rows = max(budget // cost(plan.tree.nodes[batch.node], batch.units[done]), 1)
        return batch.units[done : done + rows]


def _below(node: Node, budget: int) -> Iterator[tuple[Unit, ...]]:
    units = sorted(node.units, key=lambda unit: (-unit.length, unit.first))
    while units:
        rows = max(budget // cost(node, units[0]), 1)
        yield tuple(units[:rows])
        units = units[rows:]


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
