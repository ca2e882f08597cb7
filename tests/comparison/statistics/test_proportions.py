"""Exact and score methods for shares, against values from papers, statsmodels and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from harness.comparison.statistics.proportions import clopper_pearson, mid_p_mcnemar, paired_shares, tango, wilson


@pytest.mark.parametrize(
    ("successes", "n", "expected"),
    [(45, 50, (0.786398, 0.956524)), (0, 10, (0.0, 0.277533)), (10, 10, (0.722467, 1.0)), (0, 0, (0.0, 1.0))],
)
def test_wilson_equals_statsmodels(successes: int, n: int, expected: tuple[float, float]) -> None:
    assert wilson(successes, n) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("found", "n", "expected"),
    [(0, 300, (0.0, 0.009936)), (3, 40, (0.020754, 0.182587)), (40, 40, (0.927842, 1.0)), (0, 0, (0.0, 1.0))],
)
def test_clopper_pearson_equals_scipy(found: int, n: int, expected: tuple[float, float]) -> None:
    assert clopper_pearson(found, n) == pytest.approx(expected, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 400), st.integers(0, 400))
def test_intervals_of_one_share_equal_statsmodels_everywhere(first: int, second: int) -> None:
    found, n = sorted((first, max(second, 1)))
    assert wilson(found, n) == pytest.approx(proportion_confint(found, n, method="wilson"), abs=1e-9)
    # Both of ours are one-sided at 95 %: two-sided at 90 %.
    assert clopper_pearson(found, n) == pytest.approx(proportion_confint(found, n, alpha=0.1, method="beta"), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_mid_p_is_the_exact_mcnemar_of_statsmodels_without_half_of_what_was_seen(gains: int, losses: int) -> None:
    changes, more = gains + losses, max(gains, losses)
    exact = mcnemar([[50, losses], [gains, 50]], exact=True).pvalue if changes else 1.0
    one_sided = binomtest(more, changes, 0.5, alternative="greater").pvalue if changes else 1.0
    assert exact == pytest.approx(min(2 * one_sided, 1.0))
    expected = one_sided - binom.pmf(more, changes, 0.5) / 2 if changes else 1.0
    assert mid_p_mcnemar(more, changes - more) == pytest.approx(expected)


def test_tango_and_mid_p_equal_the_worked_example_of_fagerland_2014() -> None:
    assert tango(1, 7, 21, 0.975) == pytest.approx((-0.517, -0.026), abs=5e-4)
    assert 2 * mid_p_mcnemar(7, 1) == pytest.approx(0.0391, abs=5e-5)


def test_all_ties_exclude_a_loss_of_z_squared_over_n_plus_z_squared() -> None:
    assert tango(0, 0, 100, 0.95) == pytest.approx((-0.026343, 0.026343), abs=1e-6)
    assert mid_p_mcnemar(0, 0) == 1.0


def test_one_case_answers_every_question() -> None:
    right, wrong = np.array([True]), np.array([False])
    paired = paired_shares(right, wrong, (0.0, 1.0))
    assert (paired.baseline, paired.candidate, paired.difference) == (1.0, 0.0, -1.0)
    assert (paired.low, paired.p_less, paired.p_greater) == (-1.0, 0.25, 0.75)
    assert paired.high >= 0


def test_figures_in_percent_are_scaled_by_the_bounds() -> None:
    right = np.array([True] * 90 + [False] * 10)
    paired = paired_shares(right, right, (0.0, 100.0))
    assert (paired.baseline, paired.candidate) == (90.0, 90.0)
    assert paired.low == pytest.approx(-2.6343, abs=1e-4)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 200))
def test_tango_swaps_exactly_and_holds_the_estimate(gains: int, losses: int, ties: int) -> None:
    n = gains + losses + ties
    low, high = tango(gains, losses, n, 0.95)
    assert (0.0 - high, 0.0 - low) == tango(losses, gains, n, 0.95)
    assert -1 <= low <= (gains - losses) / n <= high <= 1


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_the_interval_never_excludes_zero_where_the_test_finds_nothing(pairs: list[tuple[bool, bool]]) -> None:
    rows = np.array(pairs)
    paired = paired_shares(rows[:, 0], rows[:, 1], (0.0, 1.0))
    if paired.p_less > 0.05:
        assert paired.high >= 0
    if paired.p_greater > 0.05:
        assert paired.low <= 0
