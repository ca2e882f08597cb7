"""Names of baselines and anchors: moved by hand, and where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from harness.baselines.addresses import check_name
from harness.baselines.exchange import import_baseline
from harness.baselines.naming import resolve_baseline
from harness.baselines.who import who
from harness.comparison.records import Comparison
from harness.errors import NoBaselineError, UsageError
from harness.evaluation.records import Anchor, Baseline, Evaluation
from harness.store.store import Store


@dataclass(frozen=True, slots=True)
class Standing:
    """A name in one suite: what it points at, what justified that, and all its moves, newest first.

    `comparison` is None where nothing was compared, or where that is not in this store.
    """

    move: Baseline
    evaluation: Evaluation
    comparison: Comparison | None
    moves: tuple[Baseline, ...]


def assign(store: Store, name: str, evaluation: Evaluation, note: str = "", picked_from: int = 0) -> Baseline:
    """Let a name point at the evaluation, in the evaluation's suite, by hand.

    UsageError for a name that could be a path or a selection, and for an evaluation that is not complete.
    """
    check_name(name)
    if evaluation.state != "complete":
        raise UsageError(
            f"baseline {name!r}: the evaluation {evaluation.id[:12]} is {evaluation.state}, not complete; the command "
            "that began it goes on with it"
        )
    move = Baseline(name, evaluation.suite, evaluation.id, store.next_moment(), note, who(), selected_from=picked_from)
    write(store, [move])
    return move


def take_over(store: Store, file: Path, name: str | None = None) -> tuple[Baseline, Evaluation]:
    """Let a name, by default that in the exported file, point at the file's evaluation; its provenance is kept."""
    if name is not None:
        check_name(name)
    exported, evaluation = import_baseline(store, file)
    move = replace(exported, name=name or exported.name, at=store.next_moment())
    write(store, [move])
    return move, evaluation


def write(store: Store, moves: Sequence[Baseline]) -> None:
    """Store the moves; the newest of a name and suite counts."""
    with store.facts() as journal:
        journal.baselines(moves)


def set_anchor(store: Store, suite: str, address: str, note: str = "") -> Anchor:
    """Let every later gate on the suite compare with that evaluation, too; NoBaselineError as `resolve_baseline`."""
    anchor = Anchor(suite, resolve_baseline(store, address, suite).evaluation.id, store.next_moment(), note, who())
    with store.facts() as journal:
        journal.anchor(anchor)
    return anchor


def standings(store: Store, name: str, suite: str | None = None) -> list[Standing]:
    """Where a name stands in each suite, or in one; NoBaselineError that lists the names where it stands nowhere."""
    with store.reader():  # opening the store costs more than a question
        found = [one for one in store.baselines() if one.name == name and suite in (None, one.suite)]
        if not found:
            known = ", ".join(sorted({one.name for one in store.baselines() if suite in (None, one.suite)})) or "none"
            place = f" on suite {suite!r}" if suite else ""
            raise NoBaselineError(
                f"baseline {name!r}: there is none{place}; known: {known}; make one with "
                f"`harness baselines set {name} EVALUATION`"
            )
        return [_standing(store, one) for one in found]


def _standing(store: Store, move: Baseline) -> Standing:
    comparison = store.comparison(move.comparison) if move.comparison else None
    moves = tuple(store.baseline_moves(move.name, move.suite))
    return Standing(move, store.evaluation(move.evaluation), comparison, moves)
