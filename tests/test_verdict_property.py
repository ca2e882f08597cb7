"""A printed interval and its verdict are one thing; `tests/benchmarks/verdict_property.py` has 10,000 comparisons."""

from __future__ import annotations

from dataclasses import replace

import pytest
from properties.drawing import ESTIMATORS, drawn
from properties.reading import contradictions, in_reports


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_form_prints_what_the_verdict_says(estimator: str) -> None:
    metrics = drawn(estimator, 28, seed=5)
    assert list(contradictions(metrics, in_reports(metrics))) == []


def test_a_verdict_that_its_interval_contradicts_is_found() -> None:
    metric = drawn("CR2", 1, seed=5)[0]
    wrong = [
        replace(metric, verdict="improved", low=-0.1, high=0.2, higher_is_better=True),
        replace(metric, verdict="inconclusive", low=-0.2, high=-0.1, reason="", metric="other"),
    ]
    found = list(contradictions(wrong, in_reports(wrong)))
    assert sum("improved, and it holds zero" in line for line in found) == 7
    assert sum("inconclusive, and it excludes zero" in line for line in found) == 7
