"""The percentile bootstrap of functions of sums, against direct resampling."""

from __future__ import annotations

import numpy as np
import pytest

from harness.comparison.statistics.bootstrap import percentiles, resampled
from harness.comparison.statistics.paired import FloatArray


def brevity(sums: FloatArray) -> FloatArray:
    """Shaped like BLEU: a product of a ratio of sums and a penalty on lengths."""
    matched, length, reference = sums[:, 0], sums[:, 1], sums[:, 2]
    return np.asarray(100 * np.minimum(1, np.exp(1 - reference / length)) * matched / length)


def sides(clusters: int) -> tuple[FloatArray, FloatArray]:
    generator = np.random.default_rng(3)
    columns = [generator.integers(3, 9, clusters), generator.integers(9, 14, clusters), np.full(clusters, 11)]
    baseline = np.column_stack(columns) + 0.0
    return baseline, baseline + np.array([1.0, 0.0, 0.0])


def test_it_equals_direct_resampling() -> None:
    baseline, candidate = sides(12)
    first, second = resampled(baseline, candidate, brevity, seed=5, replicates=400)
    drawn = np.random.default_rng(5).integers(12, size=(400, 12), dtype=np.int32)
    direct = [float(brevity(candidate[d].sum(0)[None])[0] - brevity(baseline[d].sum(0)[None])[0]) for d in drawn]
    assert second - first == pytest.approx(direct)
    # For 12 clusters the expanded percentile of 2.5 % is 1.08 %: Φ(t₁₁(.025) · √(12 / 11)).
    assert percentiles(second - first, 12)[0].low95 == pytest.approx(np.quantile(direct, 0.0107566), rel=1e-4)
    assert percentiles(second - first, 12)[0].high95 == pytest.approx(np.quantile(direct, 1 - 0.0107566), rel=1e-4)


def test_chunks_do_not_change_the_numbers() -> None:
    baseline, candidate = sides(30)
    runs = [resampled(baseline, candidate, brevity, seed=1, replicates=300, chunk=chunk) for chunk in (1, 7, 300)]
    assert all(np.array_equal(runs[0], run) for run in runs[1:])


def test_over_one_percent_without_a_figure_leave_no_bounds() -> None:
    drawn = np.linspace(0.0, 1.0, 200)
    drawn[:2] = np.nan
    assert percentiles(drawn, 200)[0].high95 == pytest.approx(0.975, abs=0.01)
    drawn[2] = np.nan
    assert np.isnan([percentiles(drawn, 200)[0].high, percentiles(drawn, 200)[1]]).all()
