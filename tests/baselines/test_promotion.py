from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.baselines.moves import assign, set_anchor, standings
from harness.baselines.promotion import NotPromotedError, promote
from harness.errors import ExitCode, NoBaselineError, UsageError
from harness.evaluation.records import Baseline

if TYPE_CHECKING:
    from tests.baselines.conftest import Laboratory


def promoted(laboratory: Laboratory, **options: Any) -> Baseline:
    (move,) = promote(laboratory.store, "main", "better", **options)
    return move


def test_the_candidate_of_the_newest_gate_becomes_the_baseline_with_who_why_and_what_justified_it(
    laboratory: Laboratory,
) -> None:
    base, tuned = laboratory.measure("base"), laboratory.measure("tuned")
    assign(laboratory.store, "main", base, "the model we started from")
    laboratory.gate(base, tuned)
    move = promoted(laboratory)
    assert (move.evaluation, move.note, move.who) == (tuned.id, "better", "ada")
    assert (move.comparison, move.decision) == ("comparison-1", 0)
    (standing,) = standings(laboratory.store, "main")
    assert standing.evaluation == tuned
    assert standing.comparison is not None
    assert [one.note for one in standing.moves] == ["better", "the model we started from"]


@pytest.mark.parametrize("code", [ExitCode.REGRESSED, ExitCode.INCONCLUSIVE, ExitCode.INCOMPLETE, ExitCode.NO_BASELINE])
def test_what_did_not_pass_is_promoted_only_anyway_which_is_recorded(laboratory: Laboratory, code: ExitCode) -> None:
    base, tuned = laboratory.measure("base"), laboratory.measure("tuned")
    assign(laboratory.store, "main", base)
    laboratory.gate(base, tuned, code=code)
    with pytest.raises(NotPromotedError, match=rf"run run-1 ended with {int(code)}, .*: teams accuracy; ") as error:
        promoted(laboratory)
    assert error.value.exit_code == code
    assert standings(laboratory.store, "main")[0].evaluation == base
    assert promoted(laboratory, anyway=True).decision == int(code)


def test_a_gate_without_a_decision_promotes_nothing(laboratory: Laboratory) -> None:
    base, tuned = laboratory.measure("base"), laboratory.measure("tuned")
    assign(laboratory.store, "main", base)
    laboratory.gate(base, tuned, code=None)
    with pytest.raises(NotPromotedError, match="it did not come to a decision") as error:
        promoted(laboratory)
    assert error.value.exit_code == ExitCode.INCOMPLETE


def test_a_candidate_or_a_run_may_be_named(laboratory: Laboratory) -> None:
    base, first, second = (laboratory.measure(model) for model in ("base", "first", "second"))
    assign(laboratory.store, "main", base)
    run = laboratory.gate(base, first)
    laboratory.gate(base, second)
    assert promoted(laboratory, candidate=first).evaluation == first.id
    assign(laboratory.store, "main", base)
    assert promoted(laboratory, run=run).evaluation == first.id
    assign(laboratory.store, "main", base)
    assert promoted(laboratory).evaluation == second.id


def test_a_comparison_with_another_model_justifies_nothing(laboratory: Laboratory) -> None:
    base, other, tuned = (laboratory.measure(model) for model in ("base", "other", "tuned"))
    assign(laboratory.store, "main", base)
    run = laboratory.gate(other, tuned)
    laboratory.gate(base, base)
    with pytest.raises(NoBaselineError, match=r"no comparison with what it points at \(base on teams\); make one with"):
        promoted(laboratory)
    with pytest.raises(NoBaselineError, match=f"run {run} holds no comparison of tuned"):
        promoted(laboratory, run=run, candidate=tuned)
    with pytest.raises(UsageError, match="unknown run 'run-9'"):
        promoted(laboratory, run="run-9")


def test_a_cycle_of_a_refinement_is_no_gate(laboratory: Laboratory) -> None:
    base, tuned = laboratory.measure("base"), laboratory.measure("tuned")
    assign(laboratory.store, "main", base)
    laboratory.gate(base, tuned, keep=False)
    with pytest.raises(NoBaselineError, match="there is no comparison"):
        promoted(laboratory)


def test_a_name_that_is_not_there_cannot_be_promoted(laboratory: Laboratory) -> None:
    with pytest.raises(NoBaselineError, match="'main': there is none; known: none; make one with"):
        promoted(laboratory)


def test_a_promotion_leaves_the_anchor_where_it_is(laboratory: Laboratory) -> None:
    base, tuned = laboratory.measure("base"), laboratory.measure("tuned")
    assign(laboratory.store, "main", base)
    set_anchor(laboratory.store, "teams", "main", "release 1")
    laboratory.gate(base, tuned)
    promoted(laboratory)
    (anchor,) = laboratory.store.anchors()
    assert (anchor.evaluation, anchor.note, anchor.who) == (base.id, "release 1", "ada")
