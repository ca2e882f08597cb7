"""Approximate randomisation: whole clusters change sides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.comparison.statistics.paired import FloatArray
from harness.comparison.statistics.randomisation import randomised_p


def ratio(sums: FloatArray) -> FloatArray:
    with np.errstate(all="ignore"):
        return np.asarray(sums[:, 0] / sums[:, 1])


def p_of(baseline: FloatArray, candidate: FloatArray, draws: int = 999) -> tuple[float, float]:
    figures = float(ratio(baseline.sum(0)[None])[0]), float(ratio(candidate.sum(0)[None])[0])
    return randomised_p(baseline, candidate, figures, ratio, seed=3, draws=draws)


def test_few_clusters_are_swapped_in_every_way() -> None:
    baseline, candidate = np.array([[1.0, 4.0]] * 6), np.array([[3.0, 5.0]] * 6)
    assert p_of(baseline, candidate) == (2**-6, 1.0)


def test_clusters_that_do_not_differ_are_no_evidence() -> None:
    baseline = np.array([[1.0, 4.0]] * 200)
    candidate = baseline.copy()
    candidate[:3, 0] = 3.0
    assert p_of(baseline, candidate) == (0.125, 1.0)
    assert p_of(baseline, baseline) == (1.0, 1.0)


def test_many_clusters_are_swapped_at_random_near_the_exact_p() -> None:
    # Of a mean it is the sign test: P(at least 13 of 18) for equal steps.
    steps = np.array([1.0] * 13 + [-1.0] * 5)
    baseline = np.column_stack([np.full(18, 5.0), np.ones(18)])
    candidate = baseline + np.column_stack([steps, np.zeros(18)])
    assert p_of(baseline, candidate, draws=10_000)[0] == pytest.approx(0.0481262, abs=0.006)


def test_a_swap_without_a_figure_counts_against_any_finding() -> None:
    baseline, candidate = np.array([[1.0, 0.0]] * 9 + [[1.0, 1.0]]), np.array([[2.0, 1.0]] * 9 + [[2.0, 0.0]])
    greater, less = p_of(baseline, candidate)
    assert greater >= 2**-9
    assert greater + less > 1


def test_a_statistic_that_all_went_to_the_other_side_is_gone_and_not_rounding() -> None:
    def share(sums: FloatArray) -> FloatArray:
        return np.asarray(sums[:, 0] > 0, float)

    baseline, candidate = np.array([[0.1], [0.2], [0.3]]), np.zeros((3, 1))
    # Only if all or none change sides has one of them nothing left.
    assert randomised_p(baseline, candidate, (1.0, 0.0), share, seed=1, draws=99) == (1.0, 0.125)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=40))
def test_swapping_the_sides_swaps_the_answer(pairs: list[tuple[float, float]]) -> None:
    baseline, candidate = (np.column_stack([column, np.ones(len(pairs))]) for column in np.array(pairs).T)
    assert p_of(candidate, baseline, draws=199) == p_of(baseline, candidate, draws=199)[::-1]
