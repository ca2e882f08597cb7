from __future__ import annotations

from typing import TYPE_CHECKING

from harness.baselines.repeated_looks import earlier_looks, said_of_looks
from harness.errors import ExitCode

if TYPE_CHECKING:
    from harness.evaluation.records import Evaluation
    from tests.baselines.conftest import Laboratory


def pair(laboratory: Laboratory, cases: int) -> tuple[Evaluation, Evaluation]:
    before, after = (laboratory.measure(model, range(cases), f"gate:{cases}") for model in ("base", "tuned"))
    return before, after


def said(laboratory: Laboratory, cases: int, declared: int = 1) -> list[str]:
    before, after = pair(laboratory, cases)
    return said_of_looks(laboratory.store, earlier_looks(laboratory.store, before, after), declared)


def test_more_cases_after_an_inconclusive_gate_are_a_second_look(laboratory: Laboratory) -> None:
    laboratory.gate(*pair(laboratory, 50), code=ExitCode.INCONCLUSIVE)
    (line,) = said(laboratory, 100)
    assert line.startswith("a second look, undeclared: run run-1 could not tell these models apart on fewer cases")


def test_the_same_cases_again_are_no_look_and_nothing_follows_a_decision(laboratory: Laboratory) -> None:
    laboratory.gate(*pair(laboratory, 50), code=ExitCode.INCONCLUSIVE)
    assert said(laboratory, 50) == []
    laboratory.gate(*pair(laboratory, 60), code=ExitCode.REGRESSED)
    assert len(earlier_looks(laboratory.store, *pair(laboratory, 100))) == 1


def test_other_models_have_not_been_looked_at(laboratory: Laboratory) -> None:
    laboratory.gate(laboratory.measure("base", range(50), "gate:50"), laboratory.measure("x", range(50), "gate:50"))
    assert said(laboratory, 100) == []


def test_looking_three_times_is_counted(laboratory: Laboratory) -> None:
    for cases in (50, 50, 70):
        laboratory.gate(*pair(laboratory, cases), code=ExitCode.INCONCLUSIVE)
    (line,) = said(laboratory, 100)
    assert line.startswith("a third look, undeclared: run run-3")


def test_two_looks_that_were_declared_from_the_start_are_not_held_against_anyone(laboratory: Laboratory) -> None:
    assert said(laboratory, 50, declared=2) == ["look 1 of 2 that were declared: alpha is 0.03 in each"]
    laboratory.gate(*pair(laboratory, 50), code=ExitCode.INCONCLUSIVE, looks=2)
    assert said(laboratory, 100, declared=2) == ["look 2 of 2 that were declared: alpha is 0.03 in each"]
    assert said(laboratory, 100)[0].startswith("a second look, undeclared")


def test_a_look_cannot_be_declared_afterwards(laboratory: Laboratory) -> None:
    laboratory.gate(*pair(laboratory, 50), code=ExitCode.INCONCLUSIVE)
    assert said(laboratory, 100, declared=2)[0].startswith("a second look, undeclared")


def test_a_third_look_is_one_more_than_two(laboratory: Laboratory) -> None:
    for cases in (50, 70):
        laboratory.gate(*pair(laboratory, cases), code=ExitCode.INCONCLUSIVE, looks=2)
    assert said(laboratory, 100, declared=2)[0].startswith("a third look, undeclared")


def test_what_a_run_has_stored_before_it_was_resumed_is_no_earlier_look(laboratory: Laboratory) -> None:
    run = laboratory.gate(*pair(laboratory, 50), code=ExitCode.INCONCLUSIVE)
    assert earlier_looks(laboratory.store, *pair(laboratory, 100), run) == []
