"""Paired estimators and families of tests: worked by hand, invariants, and a short calibration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.statistics import FloatArray, Paired, holm, jackknife, jackknife_groups, paired_bootstrap


def mean(sums: FloatArray) -> FloatArray:
    return np.asarray(sums[:, 0] / sums[:, 1])


def ratio(sums: FloatArray) -> FloatArray:
    with np.errstate(all="ignore"):
        return np.asarray(sums[:, 0] / sums[:, 1])


def brevity(sums: FloatArray) -> FloatArray:
    """Shaped like BLEU: a product of a ratio of sums and a penalty on lengths."""
    matched, length, reference = sums[:, 0], sums[:, 1], sums[:, 2]
    return np.asarray(100 * np.minimum(1, np.exp(1 - reference / length)) * matched / length)


def rows_of(scores: FloatArray) -> FloatArray:
    return np.column_stack([scores, np.ones(len(scores))])


def bootstrap(baseline: FloatArray, candidate: FloatArray, seed: int = 7) -> Paired:
    return paired_bootstrap(rows_of(baseline), rows_of(candidate), mean, seed=seed, scale=1.0, replicates=500)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.01, 0.9], m=5) == pytest.approx((0.05, 1.0))
    assert holm([]) == ()


def test_bootstrap_equals_direct_resampling_of_a_ratio_of_sums() -> None:
    generator = np.random.default_rng(3)
    baseline = np.column_stack([generator.integers(3, 9, 12), generator.integers(9, 14, 12), np.full(12, 11)]) + 0.0
    candidate = baseline + np.array([1.0, 0.0, 0.0])
    paired = paired_bootstrap(baseline, candidate, brevity, seed=5, replicates=400)
    drawn = np.random.default_rng(5).integers(12, size=(400, 12))
    direct = [float(brevity(candidate[d].sum(0)[None])[0] - brevity(baseline[d].sum(0)[None])[0]) for d in drawn]
    # For 12 clusters the expanded percentile of 2.5 % is 1.08 %: Φ(t₁₁(.025) · √(12 / 11)).
    assert paired.low == pytest.approx(np.quantile(direct, 0.0107566), rel=1e-4)
    assert paired.high == pytest.approx(np.quantile(direct, 1 - 0.0107566), rel=1e-4)


def test_chunks_do_not_change_the_numbers() -> None:
    generator = np.random.default_rng(4)
    baseline, candidate = (rows_of(generator.integers(0, 5, 30).astype(float)) for _ in range(2))
    runs = [
        paired_bootstrap(baseline, candidate, mean, seed=1, scale=5.0, replicates=300, chunk=chunk)
        for chunk in (1, 7, 300)
    ]
    assert runs[0] == runs[1] == runs[2]


def test_all_ties_are_evidence_and_never_a_difference() -> None:
    scores = np.linspace(0.1, 0.9, 100)
    paired = bootstrap(scores, scores)
    assert (paired.difference, paired.p_greater, paired.p_less) == (0.0, 1.0, 1.0)
    assert paired.lower == pytest.approx(-0.026343, abs=1e-6)
    assert paired.high == pytest.approx(0.036993, abs=1e-6)


def test_few_differing_clusters_have_no_p_below_that_of_flipping_their_signs() -> None:
    baseline = np.full(200, 0.9)
    candidate = baseline.copy()
    candidate[:3] = 0.0
    paired = bootstrap(baseline, candidate)
    assert paired.p_less >= 2**-3
    assert paired.lower < paired.difference - 0.01


def test_one_cluster_is_answered_without_nan() -> None:
    paired = bootstrap(np.array([0.5]), np.array([0.25]))
    assert (paired.difference, paired.p_less) == (-0.25, 0.5)
    assert paired.low == pytest.approx(-0.25 - 0.793451, abs=1e-6)
    assert paired.high >= 0


def test_resamples_without_a_figure_leave_no_interval() -> None:
    baseline = np.array([[1.0, 0.0]] * 9 + [[1.0, 1.0]])
    paired = paired_bootstrap(baseline, baseline * [2.0, 1.0], ratio, seed=1, replicates=200)
    assert (paired.baseline, paired.candidate) == (10.0, 20.0)
    assert np.isnan(paired.low)
    assert paired.p_greater > 0.05


def test_a_jackknife_replicate_without_a_figure_leaves_no_interval() -> None:
    paired = jackknife(1.0, 2.0, [1.0, 1.1, float("inf")], [2.0, 2.1, float("inf")], clusters=3)
    assert np.isnan([paired.low, paired.p_less]).all()


def test_over_20000_clusters_are_summed_into_blocks() -> None:
    baseline = np.tile([0.25, 0.75], 15_000)
    paired = paired_bootstrap(rows_of(baseline), rows_of(baseline - 0.125), mean, seed=1, scale=1.0, replicates=20)
    assert paired.difference == -0.125
    assert -0.13 < paired.low <= -0.125 <= paired.high < -0.12


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=40), st.integers(0, 99))
def test_swapping_the_sides_flips_every_sign(pairs: list[tuple[float, float]], seed: int) -> None:
    baseline, candidate = np.array(pairs).T
    there, back = bootstrap(baseline, candidate, seed), bootstrap(candidate, baseline, seed)
    assert back.swapped() == there
    assert back.difference == 0.0 - there.difference


def test_equal_models_regress_in_at_most_one_of_twenty_clustered_comparisons() -> None:
    generator, alarms, sims = np.random.default_rng(11), 0, 300
    for seed in range(sims):
        sizes = generator.poisson(3, 30) + 1
        sums = [np.array([generator.normal(0.5, 0.2, n).sum() + n * generator.normal(0, 0.1) for n in sizes])] * 2
        sums[1] = sums[0] + np.array([n * generator.normal(0, 0.1) + generator.normal(0, 0.1) for n in sizes])
        rows = [np.column_stack([one, sizes]) for one in sums]
        alarms += paired_bootstrap(rows[0], rows[1], mean, seed=seed, scale=1.0, replicates=400).p_less <= 0.05
    assert alarms / sims <= 0.05 + 2 * (0.05 * 0.95 / sims) ** 0.5


def test_jackknife_of_a_mean_is_the_t_interval() -> None:
    baseline, candidate = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.array([2.0, 2.0, 5.0, 4.0, 6.0, 9.0])
    left_out = [[float(np.delete(side, i).mean()) for i in range(6)] for side in (baseline, candidate)]
    paired = jackknife(float(baseline.mean()), float(candidate.mean()), left_out[0], left_out[1], clusters=6)
    # scipy.stats.ttest_1samp(candidate - baseline, 0, alternative="greater") and its interval
    assert paired.p_greater == pytest.approx(0.0291647, abs=1e-6)
    assert (paired.low, paired.high) == pytest.approx((-0.0601710, 2.3935044), abs=1e-6)
    assert paired.p_less == pytest.approx(1 - paired.p_greater)


def test_jackknife_without_any_change_finds_nothing() -> None:
    paired = jackknife(0.5, 0.5, [0.5, 0.4, 0.6, 0.5, 0.5], [0.5, 0.4, 0.6, 0.5, 0.5], clusters=50, scale=1.0)
    assert (paired.p_greater, paired.p_less) == (1.0, 1.0)
    assert paired.lower == pytest.approx(-0.0513332, abs=1e-6)


def test_jackknife_takes_rounding_for_no_spread() -> None:
    lower = [0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2, 0.3]
    assert jackknife(0.5, 0.3, [0.5] * 5, lower, clusters=5, scale=1.0).p_less == 1.0


def test_jackknife_groups_keep_clusters_whole_and_are_about_equal() -> None:
    contents = [f"c{i:03}" for i in range(100)]
    cluster_of = {content: f"cluster {i // 4}" for i, content in enumerate(contents[:80])}
    groups = jackknife_groups(contents, cluster_of)
    assert len(groups) == 20
    assert {len(group) for group in groups} <= {4, 5, 6, 8}
    assert sorted(content for group in groups for content in group) == contents
    assert all(any(set(contents[i : i + 4]) <= group for group in groups) for i in range(0, 80, 4))
