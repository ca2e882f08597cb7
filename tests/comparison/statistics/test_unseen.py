"""Bounds that allow for losses too rare to be among the cases, and the note on skew."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.comparison.statistics.paired import FloatArray
from harness.comparison.statistics.sandwich import weighted_mean
from harness.comparison.statistics.unseen import carriers, guarded, is_skewed

GENERATOR = np.random.default_rng(11)


def guards(sums: FloatArray) -> tuple[float, float]:
    ones = np.ones(len(sums))
    return guarded(sums, ones, weighted_mean(sums, ones).bounds())


def test_two_more_losses_of_the_usual_size_move_the_lower_bound() -> None:
    sums = np.zeros(200)
    sums[:10] = -0.5
    low, high = weighted_mean(sums, np.ones(200)).bounds().interval
    assert guards(sums) == pytest.approx((-0.0431, high + 0.0062), abs=5e-4)
    assert low == pytest.approx(-0.0378, abs=1e-4)


def test_nothing_is_allowed_for_where_all_changed_alike_or_nothing_did() -> None:
    everywhere, nowhere = np.tile([0.5, -0.5], 25), np.zeros(50)
    assert guards(everywhere) == weighted_mean(everywhere, np.ones(50)).bounds().interval
    assert guards(nowhere) == (0.0, 0.0)


def test_many_small_changes_hide_no_rare_large_ones() -> None:
    mixed = np.where(np.arange(200) < 10, -0.2, np.where(np.arange(200) < 110, 0.02, 0.0))
    low = weighted_mean(mixed, np.ones(200)).bounds().low
    assert guards(mixed)[0] == pytest.approx(low - 0.00095, abs=5e-5)  # two losses of .11, not of .036


def losses(n: int, share: float) -> FloatArray:
    return np.where(GENERATOR.random(n) < share, -GENERATOR.uniform(0.2, 1.0, n), 0.0)


@pytest.mark.parametrize(("n", "share"), [(100, 0.083), (200, 0.05), (500, 0.033), (1000, 0.05)])
def test_a_true_loss_of_rare_large_ones_is_seldom_excluded(n: int, share: float) -> None:
    """The bounds of the interval alone err in .07 to .10."""
    excluded = sum(guards(losses(n, share))[0] > -0.6 * share for _ in range(1000))
    assert excluded <= 60


@pytest.mark.parametrize("n", [50, 100])
def test_scores_of_a_judge_are_called_skewed(n: int) -> None:
    """Preferences that are nearly all near 0: t intervals of 90 % err in up to 15 % on one side."""
    called = [is_skewed(GENERATOR.beta(0.05, 0.45, n) - 0.5, np.ones(n)) for _ in range(300)]
    assert sum(called) >= 285


@pytest.mark.parametrize(("n", "most"), [(30, 60), (50, 30), (100, 15)])
def test_ordinary_scores_are_seldom_called_skewed(n: int, most: int) -> None:
    called = [is_skewed(GENERATOR.normal(0.1, 1.0, n), np.ones(n)) for _ in range(300)]
    assert sum(called) <= most


def test_no_spread_is_no_skew() -> None:
    assert not is_skewed(np.full(9, 0.3), np.ones(9))
    assert not is_skewed(np.zeros(1), np.ones(1))


def test_the_spread_of_equal_clusters_is_carried_by_all_and_of_one_large_by_one() -> None:
    ones = np.ones(40)
    assert carriers(np.tile([1.0, -1.0], 20), ones) == pytest.approx(40)
    assert carriers(np.where(np.arange(40) < 10, np.where(np.arange(40) % 2, 1.0, -1.0), 0.0), ones) == pytest.approx(
        10
    )
    assert carriers(np.where(np.arange(40) == 0, -30.0, 0.0), ones) == pytest.approx(1.0, abs=0.1)
    assert carriers(np.zeros(40), ones) == math.inf
