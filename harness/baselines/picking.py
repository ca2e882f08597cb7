"""Baselines that were picked by their scores: from how many models, and which cases had no part in it.

The best of several scores better on the cases that chose it than on others, so that an equal candidate looks worse: a
gate of 5 % raises 8 % false alarms against the best of two and 15 to 17 % against the best of five, and 28 to 30 %
where whatever scores higher is promoted 15 times over (`statistics.false_alarms`). So the number of models is written
down with every promotion, and a gate reads cases that had no part in the pick, where both sides were measured on such
cases; where they were not, it says how often an equal candidate fails.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from harness.comparison.estimated import gain
from harness.comparison.records import Comparison
from harness.evaluation.records import Baseline, Evaluation
from harness.store.store import Store
from harness.types import Tier

FEWEST = 30
"""Cases on which a gate with the defaults can pass at all: with fewer than 25, ten points are open even on all ties."""
ENOUGH = 100
"""Cases on which a gate with the defaults lets nine of ten equal models pass."""


@dataclass(frozen=True, slots=True)
class FreshSides:
    """The models of a gate on cases that no pick has seen; `contents` are those cases."""

    baseline: Evaluation
    candidate: Evaluation
    anchor: Evaluation | None
    contents: frozenset[str]


def models_tried(store: Store, name: str, comparison: Comparison) -> int:
    """How many models a promotion picks from when it makes the candidate the baseline `name`; 1 is no pick.

    Counts the models that were measured on any of the candidate's cases, or judged by a gate on them, since the name
    moved last before the candidate was known. Promotions in a row, each to a higher score, are one pick of the best of
    all that were tried; a promotion without a higher score ends the row, and so does a move by hand.
    """
    moves = store.baseline_moves(name, comparison.suite)
    at = next((i for i, move in enumerate(moves) if move.at < comparison.candidate.created_at), len(moves))
    first, before = comparison, 0
    while is_higher(comparison) and at < len(moves) and moves[at].comparison:
        link = store.comparison(moves[at].comparison or "")
        if link is None:  # promoted elsewhere and imported: that store has counted
            before = moves[at].selected_from
        if link is None or not is_higher(link):
            break
        first, at = link, at + 1
    since = moves[at].at if at < len(moves) else None
    tried = store.models_tried(comparison.candidate.id, since) - {first.baseline.fingerprint}
    return before + len(tried | {comparison.candidate.fingerprint})


def is_higher(comparison: Comparison) -> bool:
    """Whether the candidate scored better than the baseline on a primary metric; on a guard where there is none."""
    primary = [metric for metric in comparison.metrics if metric.role == "primary"]
    return any(gain(metric) > 0 for metric in primary or comparison.metrics if metric.role != "watch")


def picked(store: Store, evaluation: Evaluation) -> Baseline | None:
    """The move that picked the evaluation's model by its scores on some of these cases, from the most models."""
    moves = [move for move in store.baseline_moves(None, evaluation.suite) if move.selected]
    for move in sorted(moves, key=lambda move: move.selected_from, reverse=True):
        chosen = store.evaluation(move.evaluation)
        if chosen.fingerprint != evaluation.fingerprint:
            continue
        if chosen.id == evaluation.id or store.contents(chosen.id) & store.contents(evaluation.id):
            return move
    return None


def fresh_sides(
    store: Store,
    move: Baseline,
    baseline: Evaluation,
    candidate: Evaluation,
    anchor: Evaluation | None,
    tier_of: Mapping[str, Tier],
) -> FreshSides | None:
    """The evaluations of the same models that share the most cases which the pick had not seen; None below `FEWEST`.

    Such cases are those of the candidate's tier on which the baseline's model was first measured after it was picked.
    """
    tier = candidate.selection.partition(":")[0]
    seen = store.contents_seen(baseline.suite, baseline.fingerprint, move.at)
    unseen = {content for content, its in tier_of.items() if tier in ("all", its)} - seen
    shared: FreshSides | None = None
    for before, on_before in _on(store, baseline, unseen):
        for after, on_after in _on(store, candidate, on_before):
            for third, on_all in _on(store, anchor, on_after) if anchor else [(None, on_after)]:
                if len(on_all) >= max(FEWEST, len(shared.contents) + 1 if shared else 0):
                    shared = FreshSides(before, after, third, frozenset(on_all))
    return shared


def _on(store: Store, one: Evaluation, contents: Collection[str]) -> Sequence[tuple[Evaluation, set[str]]]:
    """The evaluations of the model, each with those of the cases that it covers; none where there are too few."""
    found = [(other, store.contents(other.id).intersection(contents)) for other in store.same_model(one)]
    return [(other, covered) for other, covered in found if len(covered) >= FEWEST]
