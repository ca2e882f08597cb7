"""The jackknife of whole metrics and of sums."""

from __future__ import annotations

import numpy as np
import pytest

from harness.comparison.statistics.jackknife import JACKKNIFE, jackknife, jackknife_groups, left_out
from harness.comparison.statistics.paired import FloatArray


def test_jackknife_of_a_mean_is_the_t_interval() -> None:
    baseline, candidate = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), np.array([2.0, 2.0, 5.0, 4.0, 6.0, 9.0])
    left_out = [[float(np.delete(side, i).mean()) for i in range(6)] for side in (baseline, candidate)]
    paired = jackknife(float(baseline.mean()), float(candidate.mean()), left_out[0], left_out[1], clusters=6)
    # scipy.stats.ttest_1samp(candidate - baseline, 0, alternative="greater") and its interval
    assert paired.p_greater == pytest.approx(0.0291647, abs=1e-6)
    assert (paired.bounds.low95, paired.bounds.high95) == pytest.approx((-0.0601710, 2.3935044), abs=1e-6)
    assert paired.p_less == pytest.approx(1 - paired.p_greater)
    assert paired.test == JACKKNIFE


def test_jackknife_without_any_change_finds_nothing() -> None:
    paired = jackknife(0.5, 0.5, [0.5, 0.4, 0.6, 0.5, 0.5], [0.5, 0.4, 0.6, 0.5, 0.5], clusters=50, scale=1.0)
    assert (paired.p_greater, paired.p_less) == (1.0, 1.0)
    assert paired.low == pytest.approx(-0.0513332, abs=1e-6)


def test_jackknife_takes_rounding_for_no_spread() -> None:
    lower = [0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2, 0.3]
    assert jackknife(0.5, 0.3, [0.5] * 5, lower, clusters=5, scale=1.0).p_less == 0.5**5


def test_jackknife_groups_keep_clusters_whole_and_are_about_equal() -> None:
    contents = [f"c{i:03}" for i in range(100)]
    cluster_of = {content: f"cluster {i // 4}" for i, content in enumerate(contents[:80])}
    groups = jackknife_groups(contents, cluster_of)
    assert len(groups) == 20
    assert {len(group) for group in groups} <= {4, 5, 6, 8}
    assert sorted(content for group in groups for content in group) == contents
    assert all(any(set(contents[i : i + 4]) <= group for group in groups) for i in range(0, 80, 4))


def test_a_jackknife_replicate_without_a_figure_leaves_no_interval() -> None:
    paired = jackknife(1.0, 2.0, [1.0, 1.1, float("inf")], [2.0, 2.1, float("inf")], clusters=3)
    assert np.isnan([paired.bounds.low95, paired.p_less]).all()


def test_sums_without_one_cluster_hold_nothing_of_it() -> None:
    def share(sums: FloatArray) -> FloatArray:
        return np.asarray(sums[:, 0] / sums[:, 1])

    replicates = left_out(np.array([[0.1, 1.0], [0.2, 1.0], [0.0, 1.0]]), share)
    assert replicates == pytest.approx([0.1, 0.05, 0.15])
    assert left_out(np.array([[0.1 + 0.2, 1.0], [0.0, 1.0]]), share).tolist() == [0.0, 0.1 + 0.2]
