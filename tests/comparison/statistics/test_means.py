"""Weighted means: which method answers, what happens at the edges, and a short calibration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from harness.comparison.statistics.flips import FLIPS
from harness.comparison.statistics.means import Link, Means, paired_means
from harness.comparison.statistics.paired import FloatArray, Paired
from harness.comparison.statistics.sandwich import CR2

Scores = FloatArray | list[float]


def compared(
    baseline: Scores, candidate: Scores, clusters: list[int] | None = None, link: Link = "identity", **known: float
) -> Paired:
    first, second = np.array(baseline, float), np.array(candidate, float)
    numbers = np.arange(len(first)) if clusters is None else np.array(clusters)
    means = Means(link, np.ones(len(first)), first, second, numbers)
    figures = float(first.mean()), float(second.mean())
    if link == "log":
        figures = math.exp(figures[0]), math.exp(figures[1])
    return paired_means(means, figures, seed=7, draws=999, **known)


def test_30_unclustered_cases_get_the_paired_t_test() -> None:
    baseline = np.random.default_rng(1).normal(0.5, 0.2, 40)
    candidate = baseline + np.random.default_rng(2).normal(0.02, 0.1, 40)
    paired = compared(baseline, candidate, scale=1.0)
    assert paired.test == CR2
    assert paired.p_greater == pytest.approx(ttest_rel(candidate, baseline, alternative="greater").pvalue)
    interval = ttest_rel(candidate, baseline).confidence_interval()
    assert paired.bounds.high95 == pytest.approx(interval.high)


def test_below_30_clusters_their_signs_are_flipped() -> None:
    paired = compared([0.0] * 8, [0.5, 0.4, 0.3, 0.2, 0.1, 0.6, 0.7, 0.8], scale=1.0)
    assert (paired.test, paired.p_greater, paired.p_less) == (FLIPS, 2**-8, 1.0)
    # The 12th smallest (5 % of 256) of the mean differences over all 255 sets of cases.
    assert paired.low == pytest.approx(0.275)


def test_three_gains_in_40_cases_are_no_evidence_though_t_says_so() -> None:
    gained = [0.5] * 3 + [0.0] * 37
    assert ttest_rel(gained, [0.0] * 40, alternative="greater").pvalue < 0.05
    paired = compared([0.0] * 40, gained, scale=1.0)
    assert (paired.test, paired.p_greater) == (FLIPS, 0.125)
    assert paired.low <= 0
    # Widened by what no difference leaves open: z² / (40 + z²).
    assert paired.low == pytest.approx(0.0375 - 0.0633534, abs=1e-6)


def test_all_ties_are_evidence_and_never_a_difference() -> None:
    scores = np.linspace(0.1, 0.9, 100)
    paired = compared(scores, scores, scale=1.0)
    assert (paired.difference, paired.p_greater, paired.p_less) == (0.0, 1.0, 1.0)
    assert paired.low == pytest.approx(-0.026343, abs=1e-6)
    assert paired.bounds.high95 == pytest.approx(0.036993, abs=1e-6)


def test_all_right_in_ten_clusters_is_no_certainty() -> None:
    paired = compared([1.0] * 40, [1.0] * 40, [i // 4 for i in range(40)], scale=1.0)
    assert paired.baseline_bounds.interval95 == pytest.approx((0.722467, 1.277533), abs=1e-6)


def test_one_cluster_leaves_everything_open() -> None:
    paired = compared([0.5, 0.7], [0.25, 0.2], [0, 0], scale=1.0)
    assert (paired.p_greater, paired.p_less) == (1.0, 0.5)
    assert (paired.bounds.low95, paired.low) == pytest.approx((-1.375, -1.375))
    assert paired.bounds.high95 == pytest.approx(0.625)


def test_five_clusters_get_bounds_though_no_flip_is_that_rare() -> None:
    paired = compared([0.5] * 5, [0.0, 0.0, 0.4, 0.4, 0.4], scale=1.0)
    assert (paired.p_less, paired.high) == (2**-5, pytest.approx(-0.1))
    # scipy.stats.ttest_1samp([-0.5, -0.5, -0.1, -0.1, -0.1], 0).confidence_interval()
    assert (paired.bounds.low95, paired.bounds.high95) == pytest.approx((-0.532035, 0.012035), abs=1e-6)


def test_without_a_scale_ties_are_widened_by_the_larger_figure() -> None:
    assert compared([40.0] * 50, [40.0] * 50).low == pytest.approx(-40 * 0.0513332, abs=1e-4)


def test_the_interval_of_a_ratio_is_turned_into_one_of_the_difference() -> None:
    baseline = np.random.default_rng(3).normal(2.0, 0.5, 50)
    candidate = baseline + np.random.default_rng(4).normal(0.1, 0.2, 50)
    paired, logs = compared(baseline, candidate, link="log"), compared(baseline, candidate)
    between = math.sqrt(paired.baseline * paired.candidate)
    assert paired.bounds.low95 == pytest.approx(2 * between * math.sinh(logs.bounds.low95 / 2))
    assert paired.difference == pytest.approx(2 * between * math.sinh(logs.difference / 2))
    assert paired.baseline_bounds.interval95 == pytest.approx(tuple(np.exp(logs.baseline_bounds.interval95)))
    assert (paired.p_greater, paired.p_less) == (logs.p_greater, logs.p_less)


def test_a_ratio_beyond_all_numbers_still_has_bounds() -> None:
    paired = compared([300.0, -300.0] * 3, [-300.0, 300.0] * 3, link="log")
    assert np.isfinite(
        [paired.bounds.low95, paired.bounds.high95, paired.low, paired.high, *paired.baseline_bounds.interval95]
    ).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1) | st.sampled_from([0.0, 1.0]), st.floats(0, 1)), min_size=1, max_size=45),
    st.integers(1, 4),
    st.sampled_from(["identity", "log"]),
)
def test_swapping_the_sides_flips_every_sign_and_nothing_is_nan(
    pairs: list[tuple[float, float]], size: int, link: Link
) -> None:
    baseline, candidate = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    clusters = [i // size for i in range(len(pairs))]
    there, back = (
        compared(*sides, clusters, link, scale=1.0) for sides in ((baseline, candidate), (candidate, baseline))
    )
    assert back.swapped() == there
    assert there.bounds.low95 <= there.low <= there.difference <= there.high <= there.bounds.high95
    assert np.isfinite(
        [there.bounds.low95, there.bounds.high95, there.p_greater, there.p_less, *there.candidate_bounds.interval95]
    ).all()


@pytest.mark.parametrize(("clusters", "largest"), [(12, 3), (40, 8)])
def test_equal_models_regress_in_at_most_one_of_twenty_and_intervals_cover(clusters: int, largest: int) -> None:
    generator, alarms, covered, sims = np.random.default_rng(11), 0, 0, 400
    for _ in range(sims):
        numbers = np.repeat(np.arange(clusters), generator.integers(1, largest + 1, clusters))
        shared = generator.normal(0, 0.1, clusters)[numbers]
        gains = shared + generator.normal(0, 0.1, len(numbers))
        paired = compared(np.full(len(numbers), 0.5), 0.5 + gains, numbers.tolist(), scale=1.0)
        alarms += paired.p_less <= 0.05
        covered += paired.bounds.low95 <= 0 <= paired.bounds.high95
    assert alarms / sims <= 0.05 + 2 * (0.05 * 0.95 / sims) ** 0.5
    assert covered / sims >= 0.93
