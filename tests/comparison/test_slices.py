"""A metric on parts of the cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from harness.comparison.family import compare
from harness.comparison.pairing import MetricSides, Pairs
from harness.comparison.slices import sliced
from harness.evaluation.records import MetricRecord
from harness.suites.records import MetricUse
from harness.types import Role

ACCURACY = MetricRecord("key", "accuracy", "1", {}, "choice", ("correct", "count"), True, (0.0, 1.0), (), "p", "d", "1")


def mean(sums: Mapping[str, Any]) -> Any:
    return sums["correct"] / sums["count"]


def sides(baseline: Sequence[float], candidate: Sequence[float], topics: Sequence[str], role: Role = "guard") -> Any:
    rows = [np.array([[score, 1.0 + 0 * score] for score in side]) for side in (baseline, candidate)]
    slices = {("topic", topic): np.array([one == topic for one in topics]) for topic in topics}
    pairs = Pairs(rows[0], rows[1], np.arange(len(topics)), seed=7, slices=slices)
    return MetricSides(MetricUse("accuracy", "accuracy", role=role), "intents", ACCURACY, mean, pairs)


def test_a_slice_has_its_own_figures_and_interval() -> None:
    made = sides([1.0] * 40, [0.0] * 10 + [1.0] * 30, ["billing"] * 20 + ["returns"] * 20)
    billing, returns = sliced(made)
    assert (billing.key, billing.value, billing.n) == ("topic", "billing", 20)
    assert (billing.baseline, billing.candidate, billing.difference) == (1.0, 0.5, -0.5)
    assert billing.high is not None
    assert billing.high < 0
    assert (returns.difference, returns.low) == (0.0, pytest.approx(-0.119, abs=1e-3))


def test_a_small_slice_has_no_interval_and_an_empty_one_no_figures() -> None:
    made = sides([1.0, np.nan, 1.0, 1.0], [1.0, 1.0, 0.0, 1.0], ["a", "b", "c", "c"])
    a, b, c = sliced(made)
    assert (a.n, a.difference, a.low) == (1, 0.0, None)
    assert (b.n, b.baseline, b.difference) == (0, None, None)
    assert (c.n, c.difference, c.low) == (2, -0.5, None)


def test_gating_metrics_are_sliced_and_watch_metrics_are_not() -> None:
    gating, watch = (sides([1.0] * 10, [1.0] * 10, ["a"] * 10, role) for role in ("primary", "watch"))
    failed = replace(gating, incompatible="another tokenizer")
    assert [len(metric.slices) for metric in compare([gating, watch, failed])] == [1, 0, 0]
