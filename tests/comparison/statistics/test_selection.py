"""How often a candidate that is as good fails against a model that was picked by its score."""

from __future__ import annotations

import numpy as np
import pytest

from harness.comparison.statistics.selection import false_alarms


@pytest.mark.parametrize(("models", "share"), [(1, 0.05), (2, 0.088), (5, 0.166), (15, 0.300), (100, 0.564)])
def test_the_more_were_tried_the_more_equal_candidates_fail(models: int, share: float) -> None:
    assert false_alarms(models) == pytest.approx(share, abs=0.002)


def test_it_is_what_drawing_such_models_gives() -> None:
    scores = np.random.default_rng(3).normal(size=(100_000, 9))
    failed = scores[:, 0] - scores[:, 1:].max(axis=1) < -1.644854 * np.sqrt(2)
    assert false_alarms(8) == pytest.approx(failed.mean(), abs=0.005)


def test_a_stricter_test_fails_fewer() -> None:
    assert false_alarms(5, alpha=0.03) < false_alarms(5) < false_alarms(5, alpha=0.1)
