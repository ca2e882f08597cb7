"""CR2 in closed form: against the matrices of the general formula, and the ordinary t without clusters."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.linalg import inv, sqrtm
from scipy.stats import ttest_1samp

from harness.comparison.statistics.sandwich import weighted_mean

GENERATOR = np.random.default_rng(6)


def test_without_clusters_it_is_the_paired_t_test() -> None:
    differences = GENERATOR.normal(0.1, 1.0, 60)
    found = weighted_mean(differences, np.ones(60))
    expected = ttest_1samp(differences, 0.0, alternative="greater")
    assert (found.freedom, found.p()[0]) == (pytest.approx(59.0), pytest.approx(expected.pvalue))
    assert found.p()[1] == pytest.approx(1 - expected.pvalue)
    interval = ttest_1samp(differences, 0.0).confidence_interval()
    assert found.bounds().interval95 == pytest.approx((interval.low, interval.high))


def test_unequal_clusters_equal_the_matrix_formula_of_pustejovsky_and_tipton() -> None:
    clusters = np.repeat(np.arange(6), [1, 2, 3, 4, 5, 6])
    differences = GENERATOR.normal(size=21)
    rest = np.eye(21) - np.full((21, 21), 1 / 21)  # I − H of a constant
    variance, rows = 0.0, []
    for cluster in range(6):
        members = clusters == cluster
        adjusted = inv(np.real(sqrtm(rest[np.ix_(members, members)]))).sum(axis=0)
        variance += float(adjusted @ (differences - differences.mean())[members]) ** 2 / 21**2
        rows.append(adjusted @ rest[members])
    spread = np.array(rows) @ np.array(rows).T
    found = weighted_mean(np.bincount(clusters, weights=differences), np.bincount(clusters) * 1.0)
    assert found.error == pytest.approx(variance**0.5)
    assert found.freedom == pytest.approx(np.trace(spread) ** 2 / np.trace(spread @ spread))


def test_one_cluster_with_nearly_all_weight_leaves_one_degree_of_freedom() -> None:
    found = weighted_mean(np.array([1e6, 0.5, -0.5]), np.array([1e18, 1.0, 1.0]))
    assert found.freedom == pytest.approx(1.0)
    assert np.isfinite([found.error, *found.p()]).all()


def test_rounding_is_no_spread() -> None:
    found = weighted_mean(np.full(40, 0.1) * 3, np.full(40, 3.0))
    assert found.error == 0.0
    assert found.p() == (0.0, 1.0)
