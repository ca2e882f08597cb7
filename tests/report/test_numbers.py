from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.comparison.records import MetricComparison
from harness.report import numbers as figures


@pytest.mark.parametrize(
    ("half_width", "decimals"),
    [
        (0.081, 2),
        (0.025, 3),
        (0.0354, 3),
        (0.0356, 2),
        (1.7, 1),
        (4.2, 0),
        (0.096, 2),
        (0.94, 1),
        (350.0, 0),
        (1e-9, 6),
    ],
)
def test_decimals_follow_the_uncertainty(half_width: float, decimals: int) -> None:
    assert figures.decimals_for(half_width) == decimals


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.4712, 2, "0.47"),
        (-8.68, 1, "−8.7"),
        (-0.001, 2, "0.00"),
        (12345.6, 0, "12,346"),
        (18.43, None, "18.4"),
        (0.89, None, "0.890"),
        (0.0, None, "0.00"),
        (3.2e9, None, "3.20e+09"),
        (None, 2, "–"),
        (math.nan, 2, "–"),
        (math.inf, None, "–"),
    ],
)
def test_figure(value: float | None, decimals: int | None, text: str) -> None:
    assert figures.figure(value, decimals) == text


@pytest.mark.parametrize(("value", "text"), [(0.42, "+0.42"), (-0.42, "−0.42"), (0.0, "0.00"), (0.001, "0.00")])
def test_a_difference_has_a_sign_unless_it_prints_as_zero(value: float, text: str) -> None:
    assert figures.signed(value, 2) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 %"),
        (0.095, "9.5 %"),
        (0.1667, "17 %"),
        (0.0025, "0.25 %"),
        (0.996, "99.60 %"),
        (1.0, "100 %"),
        (None, "–"),
    ],
)
def test_share(value: float | None, text: str) -> None:
    assert figures.share(value) == text


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        (0.1004, 0.1, "10.04 %"),
        (0.0996, 0.1, "9.96 %"),
        (0.1, 0.1, "10 %"),
        (0.01004, 0.01, "1.004 %"),
        (0.2, 0.1, "20 %"),
        (0.0, 0.0, "0 %"),
    ],
)
def test_a_share_prints_on_its_own_side_of_the_limit(value: float, limit: float, text: str) -> None:
    assert figures.share(value, limit) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.04, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.6, "1 min 00 s"),
        (190, "3 min 10 s"),
        (7500, "2 h 05 min"),
        (3599.7, "1 h 00 min"),
        (None, "–"),
    ],
)
def test_duration(seconds: float | None, text: str) -> None:
    assert figures.duration(seconds) == text


def test_counts_margins_and_rates() -> None:
    assert figures.x_of_n(3, 1200) == "3 of 1,200"
    assert figures.x_of_n(None, 30) == "–"
    assert figures.x_of_n(0, 0) == "–"
    assert figures.bound(0.03) == "0.03"
    assert figures.bound(None) == "–"
    assert figures.rate(812, 2.0, "tokens") == "406 tokens a second"
    assert figures.rate(1, 0.0) == "–"


def test_an_interval_needs_both_bounds() -> None:
    assert figures.interval(-0.011, 0.02, 3) == "[−0.011, +0.020]"
    assert figures.interval(None, 0.02, 3) == ""
    assert figures.interval(-math.inf, 0.02, 3) == ""


@given(st.floats(0.001, 1), st.floats(0.001, 1))
def test_a_bound_that_is_not_zero_never_prints_as_zero(low: float, width: float) -> None:
    row = MetricComparison("s", "m", "guard", "improved", difference=low + width / 2, low=low, high=low + width)
    decimals = figures.decimals_of(row)
    assert decimals is not None
    assert "[+" in figures.interval(row.low, row.high, decimals)
