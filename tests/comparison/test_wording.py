"""One rule for all printed numbers: digits by the interval, and never across what decides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.comparison.records import LEVEL, MetricComparison
from harness.comparison.statistics.paired import ALPHA
from harness.comparison.wording import decimals_between, decimals_of, figure, interval, reaches, spread

ROW = MetricComparison("s", "m", "guard", "not worse", difference=-0.01, low=-0.06, high=0.04, floor=0.01, cap=0.1)


def printed(low: float, high: float, **known: object) -> str:
    row = replace(ROW, low=low, high=high, difference=(low + high) / 2, **known)  # type: ignore[arg-type]
    return interval(low, high, decimals_of(row))


def test_what_intervals_leave_out_is_what_tests_err_in() -> None:
    assert pytest.approx(1 - 2 * ALPHA) == LEVEL


def test_an_interval_has_the_digits_that_its_width_supports() -> None:
    assert printed(-0.071, 0.093) == "[−0.07, +0.09]"
    assert printed(-0.0298, 0.0209) == "[−0.030, +0.021]"


def test_a_bound_inside_the_margin_never_prints_as_the_margin() -> None:
    assert printed(-0.0698, 0.05, margin=0.07) == "[−0.0698, +0.0500]"
    assert printed(-0.0702, 0.05, margin=0.07) == "[−0.07, +0.05]"
    assert printed(-0.05, 0.0698, margin=0.07, higher_is_better=False) == "[−0.0500, +0.0698]"


def test_a_bound_inside_floor_or_cap_never_prints_as_the_limit() -> None:
    assert printed(-0.0098, 0.07) == "[−0.0098, +0.0700]"
    assert printed(-0.0996, 0.02) == "[−0.0996, +0.0200]"


def test_a_difference_below_the_floor_never_prints_as_the_floor() -> None:
    assert decimals_of(replace(ROW, difference=-0.0099)) == 4
    assert decimals_of(replace(ROW, difference=-0.0101)) == 2
    assert decimals_of(replace(ROW, difference=0.88 - 0.89)) == 2


def test_a_floor_between_two_steps_of_the_scale_is_not_crossed_either() -> None:
    assert decimals_of(replace(ROW, difference=-0.0126, floor=0.0125)) == 3
    assert decimals_of(replace(ROW, difference=-0.0125, floor=0.0125)) == 3


def test_the_loss_that_is_not_excluded_counts_as_a_bound() -> None:
    assert decimals_of(replace(ROW, gain_low=-0.0996)) == 4


def test_tiny_and_huge_units_keep_their_sides() -> None:
    assert printed(1e-9, 5e-9) == "[+0.000000001, +0.000000005]"
    assert printed(-12_345_678.0, -1_234_567.0) == "[−12,345,678, −1,234,567]"
    assert figure(3.2e9) == "3.20e+09"


def test_what_is_at_a_limit_but_for_the_last_binary_digit_is_at_it() -> None:
    assert reaches(0.89 - 0.88, 0.01)
    assert not reaches(0.0099999, 0.01)


def test_an_interval_of_another_level_says_so() -> None:
    assert interval(-0.02, 0.01, 2, 0.95) == "[−0.02, +0.01] (95 %)"
    assert spread(0.2, 0.4, 1, 0.95) == "[0.2, 0.4] (95 %)"
    assert decimals_between(0.2, 0.2) is None


@given(
    st.floats(-0.2, 0.2).filter(lambda low: low == 0 or abs(low) > 1e-12),
    st.floats(1e-4, 0.3),
    st.sampled_from([0.01, 0.02, 0.03, 0.125]),
    st.booleans(),
)
def test_rounding_crosses_neither_zero_nor_the_margin(low: float, width: float, margin: float, rising: bool) -> None:
    row = replace(ROW, low=low, high=low + width, difference=low + width / 2, margin=margin, higher_is_better=rising)
    decimals = decimals_of(row)
    assert decimals is not None
    limit = -margin if rising else margin
    for bound in (low, low + width):
        rounded = round(bound, decimals)
        assert (rounded > 0, rounded < 0) == (bound > 0, bound < 0)
        assert reaches(rounded / limit, 1) == reaches(bound / limit, 1)
