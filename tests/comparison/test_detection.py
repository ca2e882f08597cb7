"""Which losses a gate finds: the chances that are promised are those of its whole rule."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import bdtr

from harness.comparison.detection import Rule, cases_to_find, chance_to_find, sensitivity, smallest_found
from harness.comparison.power import Plan, binary_plan, outcomes
from harness.comparison.statistics.paired import Bounds, Paired, answer
from harness.comparison.statistics.proportions import paired_shares

FLOOR = Rule(floor=0.01)


def numeric(error: float) -> Paired:
    bounds = Bounds(-2 * error, 2 * error, -2 * error, 2 * error)
    return answer((0.5, 0.5), (bounds, bounds), bounds, (0.5, 0.5), error=error, test="sign flips")


@pytest.mark.parametrize("n", [30, 100, 300, 1_000, 2_000])
@pytest.mark.parametrize("discordance", [0.02, 0.1, 0.3])
@pytest.mark.parametrize("family", [1, 5])
def test_the_smallest_loss_is_found_as_often_as_is_promised(n: int, discordance: float, family: int) -> None:
    loss = smallest_found(binary_plan(n, discordance), Rule(0.01, family=family))
    assert loss is not None
    counted = outcomes(n, max(discordance, loss), -loss, floor=0.01, alpha=0.05 / family)
    assert counted.regressed == pytest.approx(0.8, abs=0.03)


def test_a_loss_of_the_floor_is_out_of_reach_with_any_number_of_cases() -> None:
    assert cases_to_find(binary_plan(60, 0.1), 0.01, FLOOR) is None
    assert chance_to_find(binary_plan(1_000_000, 0.1), 0.01, FLOOR) <= 0.5


def test_many_cases_see_little_more_than_the_floor_and_never_less() -> None:
    loss = smallest_found(binary_plan(20_000, 0.1), FLOOR)
    assert loss == pytest.approx(0.01 + 0.8416 * math.sqrt(0.1 / 20_000), abs=1e-5)
    assert chance_to_find(binary_plan(20_000, 0.1), 0.0056, FLOOR) < 0.025


def test_the_cases_that_are_asked_for_find_the_loss() -> None:
    plan = binary_plan(60, 0.1)
    found = {loss: cases_to_find(plan, loss, FLOOR) for loss in (0.02, 0.05)}
    for loss, cases in found.items():
        assert cases is not None
        assert outcomes(cases, 0.1, -loss).regressed == pytest.approx(0.8, abs=0.03)
    assert found[0.05] == pytest.approx(235, abs=8)


def test_cases_for_a_loss_and_the_smallest_loss_of_those_cases_agree() -> None:
    plan = Plan(500, 500, 0.4)
    loss = smallest_found(plan, Rule(0.01, family=5))
    assert loss is not None
    assert cases_to_find(plan, loss, Rule(0.01, family=5)) == pytest.approx(500, rel=0.01)


def test_with_a_margin_a_loss_is_found_only_where_the_margin_is_not_kept() -> None:
    plan = binary_plan(2_001, 0.1)
    without, within = smallest_found(plan, FLOOR), smallest_found(plan, Rule(0.01, margin=0.03))
    assert without == pytest.approx(0.0176, abs=0.0002)
    assert within == pytest.approx(0.03 - (1.645 - 0.8416) * math.sqrt(0.1 / 2_001), abs=0.0002)


def test_numbers_are_found_as_often_as_drawn_ones_are() -> None:
    plan, generator = Plan(200, 200, 0.3), np.random.default_rng(0)
    loss = smallest_found(plan, FLOOR)
    assert loss is not None
    drawn = generator.normal(-loss, 0.3, (4_000, 200))
    error = drawn.std(axis=1, ddof=1) / math.sqrt(200)
    found = (drawn.mean(axis=1) <= -0.01) & (drawn.mean(axis=1) <= -1.6525 * error)
    assert found.mean() == pytest.approx(0.8, abs=0.03)


def test_a_loss_larger_than_the_discordance_turns_all_that_changes_into_losses() -> None:
    chance = chance_to_find(binary_plan(30, 0.1), 0.3, FLOOR)
    # four losses are enough: half of 1/16 is below .05
    assert chance == pytest.approx(1 - bdtr(3, 30, 0.3), abs=1e-6)


def test_few_clusters_find_nothing() -> None:
    assert smallest_found(Plan(100, 4, 0.3), Rule()) is None
    assert smallest_found(Plan(100, 5, 0.3), Rule()) is not None
    assert smallest_found(Plan(100, 5, 0.3), Rule(family=3)) is None  # five signs give no p below 1/32
    assert smallest_found(binary_plan(3, 0.1), Rule()) is None
    assert smallest_found(binary_plan(0, 0.1), Rule()) is None
    assert cases_to_find(binary_plan(0, 0.1), 0.5, Rule()) is None


def test_sensitivity_of_right_and_wrong_answers() -> None:
    right = np.arange(500) < 400
    candidate = right.copy()
    candidate[375:425] = ~candidate[375:425]  # 25 lost, 25 won: a discordance of .1
    paired = paired_shares(right, candidate, (0.0, 1.0))
    found = sensitivity(paired, n=500, clusters=500, family=2, margin=0.03, floor=0.01, discordance=0.1)
    assert found.detectable == pytest.approx((1.96 + 0.8416) * 0.01414, abs=0.001)  # and counted out
    assert found.passes_if_equal == pytest.approx(0.668, abs=0.002)
    assert found.needed == pytest.approx(687, abs=25)
    assert found.discordance == 0.1


def test_sensitivity_of_numbers_takes_the_estimators_error() -> None:
    found = sensitivity(numeric(0.01), n=1_000_000, clusters=1_000_000, family=1, floor=0.02)
    assert found.detectable == pytest.approx(0.02 + 0.01 * 0.8416, abs=1e-4)  # the floor, and z.8 · se
    assert found.passes_if_equal == pytest.approx(0.639, abs=0.001)  # Φ(2 − 1.645)
    assert found.needed is not None
    assert found.needed > 1_000_000


def test_sensitivity_asks_for_no_more_cases_where_they_suffice() -> None:
    found = sensitivity(numeric(0.01), n=1_000, clusters=1_000, family=1, margin=0.05, floor=0.01)
    assert found.needed is None
    assert found.passes_if_equal == pytest.approx(1.0, abs=0.001)


def test_sensitivity_keeps_what_describes_the_pairs() -> None:
    found = sensitivity(
        numeric(0.5), n=30, clusters=10, family=1, discordance=0.4, design_effect=1.7, largest_cluster=0.2
    )
    assert (found.discordance, found.design_effect, found.largest_cluster) == (0.4, 1.7, 0.2)
    assert found.passes_if_equal is None  # neither margin nor floor
