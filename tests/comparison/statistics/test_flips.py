"""Sign flips of cluster sums: exact p, and the interval that inverts them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from harness.comparison.statistics.flips import flip_interval, flip_p, flip_ratios, subsets

SUMS = np.array([1.3, -0.4, 2.1, 0.7, -0.2, 1.1, 0.9, -1.6, 0.5, 0.3, 1.9, -0.8])


@pytest.mark.parametrize(("alternative", "side"), [("greater", 0), ("less", 1)])
def test_exact_flips_equal_scipys_permutation_test(alternative: str, side: int) -> None:
    exact = permutation_test(
        (SUMS,),
        lambda x, axis: x.sum(axis=axis),
        permutation_type="samples",
        alternative=alternative,
        n_resamples=np.inf,
        vectorized=True,
    )
    assert flip_p(SUMS, 1e-12, seed=1, draws=10)[side] == pytest.approx(exact.pvalue, abs=1e-12)


def test_over_14_clusters_draws_come_near_the_exact_p() -> None:
    fifteen = np.append(SUMS, [0.6, -0.1, 0.4])
    all_flips = (np.arange(2**15)[:, None] >> np.arange(15) & 1) @ fifteen
    exact = np.count_nonzero(all_flips <= 0) / 2**15
    assert flip_p(fifteen, 1e-12, seed=1, draws=10_000)[0] == pytest.approx(exact, abs=0.006)


def test_no_p_is_below_one_over_the_number_of_flips() -> None:
    assert flip_p(np.ones(5), 1e-12, seed=1, draws=10) == (1 / 32, 1.0)
    assert flip_p(np.ones(20), 1e-12, seed=1, draws=999)[0] == pytest.approx(0.001, abs=0.0011)
    assert flip_p(np.empty(0), 0.0, seed=1, draws=10) == (1.0, 1.0)


def test_equal_sums_in_another_order_are_ties() -> None:
    # Flipping all of the first three, or the last, changes nothing: 0.1 + 0.2 − 0.3 is not 0 in binary.
    assert flip_p(np.array([0.1, 0.2, -0.3]), 1e-12, seed=1, draws=10) == (0.625, 0.625)


def test_the_bound_is_where_the_p_of_flipping_residuals_passes_the_tail() -> None:
    sums, weights = SUMS[:8], np.array([1.0, 3.0, 2.0, 5.0, 1.0, 4.0, 2.0, 2.0])
    flipped = subsets(8, seed=1, draws=10)
    low, high = flip_interval(flip_ratios(flipped, sums, weights), 0.05) or (0.0, 0.0)

    def p(mean: float) -> float:
        return flip_p(sums - mean * weights, 1e-12, seed=1, draws=10)[0]

    assert p(low - 1e-9) <= 0.05 < p(low + 1e-9)
    assert flip_p(sums - (high + 1e-9) * weights, 1e-12, seed=1, draws=10)[1] <= 0.05


def test_there_is_no_bound_where_no_flip_is_that_rare() -> None:
    ratios = flip_ratios(subsets(5, seed=1, draws=10), SUMS[:5], np.ones(5))
    assert flip_interval(ratios, 0.05) == (-0.4, 2.1)
    assert flip_interval(ratios, 0.025) is None


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=18), st.integers(0, 9))
def test_other_signs_swap_the_answer_exactly(sums: list[float], seed: int) -> None:
    there = flip_p(np.array(sums), 1e-9, seed, draws=99)
    assert flip_p(-np.array(sums), 1e-9, seed, draws=99) == there[::-1]
