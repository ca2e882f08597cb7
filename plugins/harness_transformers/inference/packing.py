"""Rows of a batch as arrays: tokens, positions, who sees whom, and which places are read. B rows, T tokens, P kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness_transformers.inference.prefixes import PrefixTree, Unit


@dataclass(frozen=True)
class Packed:
    """A batch of rows. `seen_btt` [B, T, T] is None where each row is one chain, which a causal model sees by itself.

    Reads: logits at (`read_rows`, `read_columns`) [N], each place once; `targets` [M] are tokens to read there, at the
    place numbered `target_reads` [M], for the sequence numbered `target_sequences` [M].
    """

    ids_bt: NDArray[np.int64]
    positions_bt: NDArray[np.int64]
    seen_btt: NDArray[np.bool_] | None
    read_rows: NDArray[np.int64]
    read_columns: NDArray[np.int64]
    targets: NDArray[np.int64]
    target_reads: NDArray[np.int64]
    target_sequences: NDArray[np.int64]


@dataclass(frozen=True)
class _Row:
    """One unit as a tree of tokens behind a prefix."""

    ids: NDArray[np.int64]
    positions: NDArray[np.int64]
    seen: NDArray[np.bool_] | None
    columns: NDArray[np.int64]
    targets: NDArray[np.int64]
    sequences: NDArray[np.int64]


def pack(tree: PrefixTree, units: tuple[Unit, ...], kept: int) -> Packed:
    """The units as one batch behind a prefix of `kept` tokens; padding, on the right, is seen by nobody else."""
    rows = [_row(tree, unit, kept) for unit in units]
    width = max(len(row.ids) for row in rows)
    ids_bt = np.zeros((len(rows), width), dtype=np.int64)
    positions_bt = np.zeros_like(ids_bt)
    for at, row in enumerate(rows):
        ids_bt[at] = row.ids[-1]  # a padding of its own might give nan, which stays where it is multiplied by 0
        ids_bt[at, : len(row.ids)], positions_bt[at, : len(row.ids)] = row.ids, row.positions
    row_of = np.repeat(np.arange(len(rows)), [len(row.columns) for row in rows])
    columns = np.concatenate([row.columns for row in rows])
    places, target_reads = np.unique(row_of * width + columns, return_inverse=True)
    return Packed(
        ids_bt,
        positions_bt,
        _seen(rows, width) if any(row.seen is not None for row in rows) else None,
        places // width,
        places % width,
        np.concatenate([row.targets for row in rows]),
        target_reads,
        np.concatenate([row.sequences for row in rows]),
    )


def causal(length: int) -> NDArray[np.bool_]:
    """Each place sees itself and all before it."""
    return np.tri(length, dtype=np.bool_)


def _seen(rows: list[_Row], width: int) -> NDArray[np.bool_]:
    seen_btt = np.zeros((len(rows), width, width), dtype=np.bool_)
    seen_btt[:, np.arange(width), np.arange(width)] = True  # padding, too, must see something
    for at, row in enumerate(rows):
        length = len(row.ids)
        seen_btt[at, :length, :length] = causal(length) if row.seen is None else row.seen
    return seen_btt


def _row(tree: PrefixTree, unit: Unit, kept: int) -> _Row:
    """The tokens of a unit in sorted order, each behind those it has in common with the sequence before it."""
    ids = np.zeros(unit.length, dtype=np.int64)
    positions = np.zeros(unit.length, dtype=np.int64)
    seen = None if _is_chain(tree, unit) else np.zeros((unit.length, unit.length), dtype=np.bool_)
    columns, targets, sequences = [], [], []
    path = np.zeros(0, dtype=np.int64)  # where the tokens of the sequence lie in the row, from position `kept` on
    done = 0
    for place in range(unit.first, unit.end):
        sequence = tree.sequence(place)
        inputs = sequence.inputs
        shared = kept if place == unit.first else int(tree.shared[place])
        new = slice(done, done + len(inputs) - shared)
        ids[new], positions[new] = inputs[shared:], np.arange(shared, len(inputs))
        path = np.concatenate([path[: shared - kept], np.arange(new.start, new.stop)])
        if seen is not None:
            seen[new, path[: shared - kept]] = True
            seen[new, new] = causal(new.stop - new.start)
        columns.append(path[sequence.first_read - kept :])
        targets.append(sequence.tokens[sequence.first_read + 1 :])
        sequences.append(np.full(sequence.scored, tree.order[place]))
        done = new.stop
    return _Row(ids, positions, seen, np.concatenate(columns), np.concatenate(targets), np.concatenate(sequences))


def _is_chain(tree: PrefixTree, unit: Unit) -> bool:
    """Whether each sequence goes on where the one before it ended."""
    return all(
        int(tree.shared[place]) == len(tree.sequence(place - 1).inputs) for place in range(unit.first + 1, unit.end)
    )
