"""Planning arithmetic: the figures that the rules of the verdict were decided on, and what must always hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.comparison.power import (
    Plan,
    binary_plan,
    cases_to_exclude,
    design_effect_of,
    measured_plan,
    not_worse_if_equal,
    outcomes,
    share_differing,
    share_of_largest,
    smallest_margin,
)
from harness.comparison.statistics.paired import ALPHA
from harness.comparison.statistics.proportions import mid_p_mcnemar, paired_shares, tango

EXITS = {  # exit 1, 0, 3 of one primary metric without a margin, discordance .1
    50: [(0.03, 0.64, 0.33), (0.08, 0.47, 0.45), (0.22, 0.25, 0.53), (0.75, 0.03, 0.22)],
    100: [(0.04, 0.90, 0.06), (0.14, 0.75, 0.12), (0.45, 0.41, 0.14), (0.99, 0.01, 0.0)],
    150: [(0.05, 0.95, 0.0), (0.19, 0.81, 0.01), (0.63, 0.37, 0.01), (1.0, 0.0, 0.0)],
    300: [(0.05, 0.95, 0.0), (0.29, 0.71, 0.0), (0.88, 0.12, 0.0), (1.0, 0.0, 0.0)],
    500: [(0.05, 0.95, 0.0), (0.41, 0.59, 0.0), (0.98, 0.02, 0.0), (1.0, 0.0, 0.0)],
    1000: [(0.05, 0.95, 0.0), (0.64, 0.36, 0.0), (1.0, 0.0, 0.0), (1.0, 0.0, 0.0)],
}
ONE_SIDED_FAMILIES = {1: 0.978, 2: 0.955, 3: 0.936, 5: 0.906, 10: 0.855, 20: 0.791}


@pytest.mark.parametrize("n", EXITS)
def test_exit_codes_come_out_as_often_as_the_rules_say(n: int) -> None:
    for gain, expected in zip((0, -0.02, -0.05, -0.10), EXITS[n], strict=True):
        found = outcomes(n, 0.1, gain)
        assert (found.regressed, found.passed, found.undecided) == pytest.approx(expected, abs=0.0065)


@pytest.mark.parametrize(
    ("n", "expected"), [(150, (0.18, 0.31, 0.59)), (500, (0.40, 0.67, 0.97)), (1000, (0.63, 0.91, 1.0))]
)
def test_equal_models_pass_a_margin_as_often_as_the_rules_say(n: int, expected: tuple[float, ...]) -> None:
    found = [not_worse_if_equal(binary_plan(n, 0.1), margin) for margin in (0.02, 0.03, 0.05)]
    assert found == pytest.approx(expected, abs=0.0055)


def test_a_larger_family_sees_less_as_the_rules_say() -> None:
    found = {m: outcomes(500, 0.1, -0.05, alpha=ALPHA / m).regressed for m in ONE_SIDED_FAMILIES}
    assert found == pytest.approx(ONE_SIDED_FAMILIES, abs=0.006)


def test_outcomes_are_those_of_the_tests_that_decide() -> None:
    n, discordance, margin = 12, 0.3, 0.35
    excluded = regressed = 0.0
    for gains in range(n + 1):
        for losses in range(n + 1 - gains):
            ways = math.comb(n, gains) * math.comb(n - gains, losses)
            chance = ways * 0.1**gains * 0.2**losses * (1 - discordance) ** (n - gains - losses)
            above = tango(gains, losses, n, 1 - ALPHA)[0] > -margin
            excluded += chance * above
            regressed += chance * (mid_p_mcnemar(losses, gains) <= ALPHA and not above)
    found = outcomes(n, discordance, -0.1, margin=margin)
    assert (found.excluded, found.regressed) == pytest.approx((excluded, regressed), abs=1e-6)


def test_rule_eleven_gives_the_cases_of_a_margin() -> None:
    large = binary_plan(10_000, 0.1)
    assert cases_to_exclude(large, 0.01) == pytest.approx(6.2 * 0.1 / 0.01**2, rel=0.01)
    assert cases_to_exclude(binary_plan(10_000, 0.1, clusters=2_000, design_effect=2.0), 0.01) == pytest.approx(
        2 * 6.2 * 0.1 / 0.01**2, rel=0.01
    )


def test_a_few_cases_more_are_needed_where_they_are_counted_out() -> None:
    plan = binary_plan(100, 0.1)
    needed = cases_to_exclude(plan, 0.05)
    assert needed == 265
    assert not_worse_if_equal(binary_plan(needed, 0.1), 0.05) >= 0.8


def test_the_smallest_margin_is_one_that_an_equal_candidate_passes() -> None:
    plan = binary_plan(500, 0.1)
    margin = smallest_margin(plan)
    assert margin == pytest.approx(0.0359, abs=0.0005)
    assert not_worse_if_equal(plan, margin) >= 0.8 > not_worse_if_equal(plan, margin * 0.97)


def test_few_clusters_pass_nothing() -> None:
    assert not_worse_if_equal(Plan(100, 4, 0.3), 0.5) == 0.0


def test_a_plan_without_cases_sees_nothing() -> None:
    plan = binary_plan(0, 0.1)
    assert not_worse_if_equal(plan, 0.05) == 0.0


def test_models_that_never_differ_pass_what_all_ties_exclude() -> None:
    assert not_worse_if_equal(binary_plan(100, 0.0), 0.03) == 1.0
    assert not_worse_if_equal(binary_plan(100, 0.0), 0.02) == 0.0


def test_all_ties_do_not_promise_that_nothing_ever_differs() -> None:
    right = np.ones(100, bool)
    paired = paired_shares(right, right, (0.0, 1.0))
    plan = measured_plan(paired.error, paired.test, n=100, clusters=100, discordance=0.0)
    assert plan.discordance == pytest.approx(0.0257, abs=0.0001)


def test_the_pairs_are_described() -> None:
    baseline, candidate = np.array([[1.0, 1], [0, 1], [1, 1], [0, 1]]), np.array([[1.0, 1], [1, 1], [0, 1], [0, 1]])
    clusters = np.array([0, 0, 0, 1])
    assert share_differing(baseline, candidate) == 0.5
    assert share_of_largest(clusters) == 0.75
    assert share_differing(baseline[:0], candidate[:0]) is None
    assert share_of_largest(clusters[:0]) is None


def test_the_design_effect_is_the_cluster_size_where_whole_clusters_move_together() -> None:
    moved = np.repeat(np.random.default_rng(0).normal(size=200), 5)
    assert design_effect_of(moved, np.repeat(np.arange(200), 5)) == pytest.approx(5.0, rel=0.01)
    assert design_effect_of(moved, np.arange(1000)) == 1.0


def test_there_is_no_design_effect_without_differences() -> None:
    assert design_effect_of(np.zeros(10), np.repeat(np.arange(5), 2)) is None
    assert design_effect_of(np.arange(10.0), np.zeros(10, np.int64)) is None


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 300), discordance=st.floats(0, 1), share=st.floats(-1, 1), margin=st.floats(0.001, 1))
def test_chances_are_chances_and_sum_to_one(n: int, discordance: float, share: float, margin: float) -> None:
    found = outcomes(n, discordance, share * discordance, margin=margin)
    assert found.regressed + found.passed + found.undecided == pytest.approx(1.0)
    assert all(-1e-9 <= chance <= 1 + 1e-9 for chance in (found.excluded, found.improved, found.undecided))


@settings(max_examples=40, deadline=None)
@given(n=st.integers(5, 400), discordance=st.floats(0.01, 0.6), margin=st.floats(0.01, 0.5))
def test_a_wider_margin_is_never_harder_to_pass(n: int, discordance: float, margin: float) -> None:
    plan = binary_plan(n, discordance)
    assert not_worse_if_equal(plan, margin) <= not_worse_if_equal(plan, margin * 1.2) + 1e-9


def test_few_changes_make_an_equal_candidate_pass_less_often() -> None:
    many = Plan(400, 400, deviation=0.2)
    few = Plan(400, 400, deviation=0.2, changed=0.05)
    assert not_worse_if_equal(many, 0.03) == pytest.approx(0.911, abs=0.001)
    assert not_worse_if_equal(few, 0.03) == pytest.approx(0.802, abs=0.001)
    assert smallest_margin(few) == pytest.approx(0.0297, abs=0.0005)
    assert smallest_margin(many) == pytest.approx(0.0249, abs=0.0005)
