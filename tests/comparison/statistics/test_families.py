"""Families of tests: against statsmodels, by hand and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr
from scipy.stats import fisher_exact
from statsmodels.stats.multitest import multipletests

from harness.comparison.statistics.families import benjamini_hochberg, holm, max_t, tarone

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.01, 0.9], m=5) == pytest.approx((0.05, 1.0))
    assert holm([]) == ()


def test_false_discovery_rates_by_hand() -> None:
    assert benjamini_hochberg([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.02, 0.04, 0.04, 0.02))
    assert benjamini_hochberg([0.01, 0.9], m=5) == pytest.approx((0.05, 1.0))
    assert benjamini_hochberg([]) == ()


@settings(max_examples=30, deadline=None)
@given(P_VALUES)
def test_holm_and_benjamini_hochberg_equal_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1])
    assert benjamini_hochberg(p_values) == pytest.approx(multipletests(p_values, method="fdr_bh")[1])


def test_max_t_of_independent_tests_is_near_holm_sidak() -> None:
    observed = np.array([1.0, 2.9, 2.2])
    adjusted = max_t(observed, np.random.default_rng(5).normal(size=(40_000, 3)))
    assert adjusted == pytest.approx(multipletests(1 - ndtr(observed), method="holm-sidak")[1], abs=0.005)


def test_max_t_of_one_test_measured_three_times_asks_for_no_correction() -> None:
    draws = np.repeat(np.random.default_rng(5).normal(size=(9_999, 1)), 3, axis=1)
    assert max_t(np.array([2.0, 2.0, 2.0]), draws) == pytest.approx([1 - ndtr(2.0)] * 3, abs=0.005)


def test_max_t_by_hand() -> None:
    draws = np.array([[0.0, 3.0], [2.0, 0.0], [np.nan, 0.0]])
    # The larger is reached by the largest of both in two draws of three, the smaller by its own in one.
    assert max_t(np.array([2.5, 1.0]), draws).tolist() == [0.75, 0.75]
    assert max_t(np.array([1.0, 9.0]), draws).tolist() == [0.75, 0.5]
    assert max_t(np.empty(0), np.empty((3, 0))).tolist() == []


def counts(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


def test_per_case_p_is_fishers_over_the_cases_that_could_reach_alpha() -> None:
    baseline, candidate = counts(10, 9, 5, 0, 10), counts(1, 8, 5, 0, 9)
    found = tarone(baseline, candidate, counts(*[10] * 5), counts(*[10] * 5))
    exact = [
        fisher_exact([[c, 10 - c], [b, 10 - b]], alternative="less").pvalue
        for b, c in zip(baseline, candidate, strict=True)
    ]
    # 17, 0 and 19 of 20 replies are right in the second, fourth and fifth: their least p are .11, 1 and .5.
    assert found.tested == 2
    assert found.p_values.tolist() == pytest.approx([2 * exact[0], 1.0, 1.0, 1.0, 1.0])
    assert found.p == pytest.approx(2 * exact[0])


def test_cases_that_can_never_reach_alpha_cost_nothing() -> None:
    one_sample = counts(*[1] * 400)
    found = tarone(one_sample, counts(*[0] * 400), one_sample, one_sample)
    assert (found.tested, found.p) == (0, 1.0)
    dull = [0] * 400
    found = tarone(counts(8, *dull), counts(0, *dull), counts(*[8] * 401), counts(*[8] * 401))
    assert (found.tested, found.p) == (1, pytest.approx(1 / 12870))


def test_per_case_tests_answer_for_no_case_and_for_no_sample() -> None:
    assert tarone(counts(), counts(), counts(), counts()).p == 1.0
    assert tarone(counts(0), counts(0), counts(0), counts(0)).p_values.tolist() == [1.0]


def test_any_case_got_worse_is_said_of_equal_models_in_at_most_one_of_twenty() -> None:
    generator, sims = np.random.default_rng(9), 300
    samples, alarms = counts(*[8] * 60), 0
    for _ in range(sims):
        chance = generator.random(60)
        alarms += tarone(generator.binomial(8, chance), generator.binomial(8, chance), samples, samples).p <= 0.05
    assert alarms / sims <= 0.05
