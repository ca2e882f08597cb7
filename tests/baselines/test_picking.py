from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.baselines.moves import assign, set_anchor, write
from harness.baselines.picking import fresh_sides, picked
from harness.baselines.promotion import promote
from harness.evaluation.records import Baseline

if TYPE_CHECKING:
    from harness.evaluation.records import Evaluation
    from harness.types import Tier
    from tests.baselines.conftest import Laboratory

GATE: dict[str, Tier] = {f"c{number}": "gate" for number in range(400)}


def promoted(laboratory: Laboratory) -> Baseline:
    (move,) = promote(laboratory.store, "main", "it passed")
    return move


def best_of_two(laboratory: Laboratory) -> tuple[Baseline, Evaluation]:
    """A baseline that was picked on the cases 0 to 199."""
    base, best = laboratory.measure("base"), laboratory.measure("best")
    assign(laboratory.store, "main", base)
    laboratory.gate(base, laboratory.measure("other"))
    laboratory.gate(base, best)
    return promoted(laboratory), best


def test_the_only_candidate_is_not_picked(laboratory: Laboratory) -> None:
    base = laboratory.measure("base")
    assign(laboratory.store, "main", base)
    laboratory.gate(base, laboratory.measure("tuned"))
    move = promoted(laboratory)
    assert (move.selected_from, move.selected) == (1, False)


def test_the_best_of_three_is_picked_from_three(laboratory: Laboratory) -> None:
    base = laboratory.measure("base")
    assign(laboratory.store, "main", base)
    for model in ("first", "second", "third"):
        laboratory.gate(base, laboratory.measure(model))
    assert promoted(laboratory).selected_from == 3


def test_one_that_was_measured_and_never_compared_was_tried_too(laboratory: Laboratory) -> None:
    base = laboratory.measure("base")
    assign(laboratory.store, "main", base)
    laboratory.measure("poor")
    laboratory.gate(base, laboratory.measure("tuned"))
    assert promoted(laboratory).selected_from == 2


def test_models_measured_on_other_cases_were_not_tried_on_these(laboratory: Laboratory) -> None:
    base = laboratory.measure("base")
    assign(laboratory.store, "main", base)
    for model in ("first", "second"):
        laboratory.measure(model, range(200, 400), "dev")
    laboratory.gate(base, laboratory.measure("tuned"))
    assert promoted(laboratory).selected_from == 1


def test_what_was_known_before_the_name_moved_counts_where_the_candidate_was(laboratory: Laboratory) -> None:
    base, first, _ = (laboratory.measure(model) for model in ("base", "first", "second"))
    assign(laboratory.store, "main", base)
    laboratory.gate(base, first)
    assert promoted(laboratory).selected_from == 2


def test_what_was_tried_before_a_name_moved_does_not_count_for_a_later_model(laboratory: Laboratory) -> None:
    laboratory.measure("old")
    base = laboratory.measure("base")
    assign(laboratory.store, "main", base)
    laboratory.gate(base, laboratory.measure("tuned"))
    assert promoted(laboratory).selected_from == 1


def test_promoting_whatever_is_higher_picks_from_all_of_them(laboratory: Laboratory) -> None:
    present = laboratory.measure("base")
    assign(laboratory.store, "main", present)
    counts = []
    for model in ("first", "second", "third"):
        higher = laboratory.measure(model)
        laboratory.gate(present, higher, gain=0.01)
        counts.append(promoted(laboratory).selected_from)
        present = higher
    assert counts == [1, 2, 3]


def test_a_model_that_was_promoted_without_a_higher_score_ends_the_row(laboratory: Laboratory) -> None:
    base = laboratory.measure("base")
    assign(laboratory.store, "main", base)
    lower = laboratory.measure("lower")
    laboratory.gate(base, lower, gain=-0.01)
    assert promoted(laboratory).selected_from == 1
    higher = laboratory.measure("higher")
    laboratory.gate(lower, higher, gain=0.01)
    assert promoted(laboratory).selected_from == 1


def test_a_pick_that_another_store_has_counted_is_added(laboratory: Laboratory) -> None:
    move, best = best_of_two(laboratory)
    write(laboratory.store, [replace(move, name="there", comparison="not here", selected_from=7)])
    laboratory.gate(best, laboratory.measure("next"))
    (later,) = promote(laboratory.store, "there", "higher again")
    assert later.selected_from == 8


def test_a_picked_model_is_known_by_another_name_and_on_some_of_the_cases(laboratory: Laboratory) -> None:
    move, best = best_of_two(laboratory)
    assign(laboratory.store, "release", best)
    assert picked(laboratory.store, best) == move
    assert picked(laboratory.store, laboratory.measure("best", range(100), "gate:100")) == move
    assert picked(laboratory.store, laboratory.measure("best", range(200, 400), "vault")) is None
    assert picked(laboratory.store, laboratory.measure("other")) is None


def test_cases_that_had_no_part_in_the_pick_are_found_where_both_sides_have_them(laboratory: Laboratory) -> None:
    move, best = best_of_two(laboratory)
    candidate = laboratory.measure("next")
    assert fresh_sides(laboratory.store, move, best, candidate, None, GATE) is None
    more = laboratory.measure("best", range(320), "gate:320")
    assert fresh_sides(laboratory.store, move, best, candidate, None, GATE) is None
    wide = laboratory.measure("next", range(400), "gate:400")
    found = fresh_sides(laboratory.store, move, best, candidate, None, GATE)
    assert found is not None
    assert (found.baseline, found.candidate, found.anchor) == (more, wide, None)
    assert found.contents == {f"c{number}" for number in range(200, 320)}


@pytest.mark.parametrize(("fresh", "used"), [(29, False), (30, True), (99, True)])
def test_such_cases_are_read_where_there_are_enough_to_pass_a_gate(
    laboratory: Laboratory, fresh: int, used: bool
) -> None:
    move, best = best_of_two(laboratory)
    size = 200 + fresh
    laboratory.measure("best", range(size), f"gate:{size}")
    candidate = laboratory.measure("next", range(size), f"gate:{size}")
    found = fresh_sides(laboratory.store, move, best, candidate, None, GATE)
    assert (found is not None and len(found.contents) == fresh) is used


def test_cases_of_another_tier_are_left_alone(laboratory: Laboratory) -> None:
    move, best = best_of_two(laboratory)
    laboratory.measure("best", range(400), "all")
    laboratory.measure("next", range(400), "all")
    tier_of: dict[str, Tier] = {content: "gate" if int(content[1:]) < 200 else "vault" for content in GATE}
    candidate = laboratory.measure("next")
    assert fresh_sides(laboratory.store, move, best, candidate, None, tier_of) is None


def test_the_anchor_has_to_have_those_cases_too(laboratory: Laboratory) -> None:
    move, best = best_of_two(laboratory)
    anchored = laboratory.store.evaluation(set_anchor(laboratory.store, "teams", _id(laboratory, "base")).evaluation)
    laboratory.measure("best", range(400), "gate:400")
    candidate = laboratory.measure("next", range(400), "gate:400")
    assert fresh_sides(laboratory.store, move, best, candidate, anchored, GATE) is None
    wide = laboratory.measure("base", range(400), "gate:400")
    found = fresh_sides(laboratory.store, move, best, candidate, anchored, GATE)
    assert found is not None
    assert (found.anchor, len(found.contents)) == (wide, 200)


def _id(laboratory: Laboratory, model: str) -> str:
    return next(one.id for one in laboratory.store.evaluations() if one.fingerprint == model)
