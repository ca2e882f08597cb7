"""What token sequences begin with in common: each shared prefix is to be computed once. Pure numpy, no model.

Sequences are sorted, so that all with one prefix are neighbours, and what a range of them has in common is the smallest
length that two neighbours in it share. A *unit* is a range that is computed as one row, a tree of tokens; a *node* is a
prefix whose keys and values are kept while the units below it are computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Tokens: TypeAlias = NDArray[np.int32]
WORTH_A_TREE = 16  # a row holds several sequences where that saves at least one token in so many


@dataclass(frozen=True, slots=True)
class Scored:
    """A token sequence of which the last `scored` are read: each from the position before it, hence never the first."""

    tokens: Tokens
    scored: int

    @property
    def inputs(self) -> Tokens:
        """What the model is given: all but the last token, which is only read."""
        return self.tokens[:-1]

    @property
    def first_read(self) -> int:
        """The first position whose logits are needed."""
        return len(self.tokens) - 1 - self.scored


@dataclass(frozen=True, slots=True)
class Unit:
    """Sequences `first` to `end` (exclusive) in sorted order, computed as one row of `length` tokens."""

    first: int
    end: int
    length: int


@dataclass(frozen=True, slots=True)
class Node:
    """A prefix of `end` tokens, of which `parent` holds the first `start`; `example` is a sequence that has it.

    The root is the node of no tokens. `units` are what is computed right below it.
    """

    parent: int | None
    start: int
    end: int
    example: int
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class PrefixTree:
    """The sequences in sorted order, what each shares with the one before it, and the nodes, parents first."""

    sequences: Sequence[Scored]
    order: NDArray[np.int64]
    shared: NDArray[np.int64]
    nodes: tuple[Node, ...]

    def sequence(self, place: int) -> Scored:
        """The sequence at a place of the sorted order."""
        return self.sequences[int(self.order[place])]

    @property
    def computed(self) -> int:
        """Tokens that the model is given, padding not counted."""
        return sum(node.end - node.start + sum(unit.length for unit in node.units) for node in self.nodes)


def prefix_tree(sequences: Sequence[Scored], *, row: int, gain: int) -> PrefixTree:
    """Share what can be shared: ranges of at most `row` tokens are units, a prefix that saves `gain` tokens a node."""
    order = np.array(sorted(range(len(sequences)), key=lambda i: (_sortable(sequences[i].inputs), i)), dtype=np.int64)
    inputs = [sequences[int(i)].inputs for i in order]
    shared = np.zeros(len(inputs), dtype=np.int64)
    for place in range(1, len(inputs)):
        shared[place] = common_prefix(inputs[place - 1], inputs[place])
    lengths = np.array([len(one) for one in inputs], dtype=np.int64)
    first_reads = np.array([sequences[int(i)].first_read for i in order], dtype=np.int64)
    return PrefixTree(sequences, order, shared, _Grower(lengths, first_reads, shared, row, gain).nodes())


def separate(sequences: Sequence[Scored]) -> PrefixTree:
    """Share nothing: each sequence is a row of its own, for models that cannot see a tree."""
    units = tuple(Unit(place, place + 1, len(one.inputs)) for place, one in enumerate(sequences))
    count = len(sequences)
    return PrefixTree(
        sequences, np.arange(count), np.zeros(count, dtype=np.int64), (Node(None, 0, 0, 0, units),) if count else ()
    )


def common_prefix(left: Tokens, right: Tokens) -> int:
    """How many tokens both begin with."""
    length = min(len(left), len(right))
    differing = np.flatnonzero(left[:length] != right[:length])
    return int(differing[0]) if len(differing) else length


def _sortable(tokens: Tokens) -> bytes:
    """Bytes that sort as the tokens do."""
    return tokens.astype(">i4").tobytes()


class _Grower:
    """Cuts the sorted sequences into nodes and units, where neighbours have least in common first."""

    def __init__(
        self,
        lengths: NDArray[np.int64],
        first_reads: NDArray[np.int64],
        shared: NDArray[np.int64],
        row: int,
        gain: int,
    ) -> None:
        self._lengths, self._first_reads, self._shared, self._row, self._gain = lengths, first_reads, shared, row, gain
        self._new_tokens = np.concatenate([[0], np.cumsum(lengths - shared)])

    def nodes(self) -> tuple[Node, ...]:
        if not len(self._lengths):
            return ()
        places: list[tuple[int | None, int, int, int]] = [(None, 0, 0, 0)]
        units: list[list[Unit]] = [[]]
        waiting = [(0, len(self._lengths), 0)]
        while waiting:
            first, end, node = waiting.pop()
            depth = places[node][2]
            length = self._length(first, end, depth)
            if end - first == 1:
                units[node].append(Unit(first, end, length))
                continue
            inner = self._shared[first + 1 : end]
            least = int(inner.min())
            cuts = [first, *(first + 1 + np.flatnonzero(inner == least)).tolist(), end]
            # sharing makes each token look at all of the row: what has next to nothing in common is better apart
            if length <= self._row and (least - depth) * (len(cuts) - 2) * WORTH_A_TREE > length:
                units[node].append(Unit(first, end, length))
                continue
            # a node ends before the first token that anyone reads: only units are read
            kept = min(least, int(self._first_reads[first:end].min()))
            if (kept - depth) * (len(cuts) - 2) >= self._gain:
                places.append((node, depth, kept, first))
                units.append([])
                node = len(places) - 1
            waiting += [(cuts[at], cuts[at + 1], node) for at in reversed(range(len(cuts) - 1))]
        return tuple(Node(*place, tuple(mine)) for place, mine in zip(places, units, strict=True))

    def _length(self, first: int, end: int, depth: int) -> int:
        """Tokens of the range as a tree, without the `depth` that are kept."""
        later = self._new_tokens[end] - self._new_tokens[first + 1]
        return int(self._lengths[first] - depth + later)
