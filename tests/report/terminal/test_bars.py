from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.comparison.records import MetricComparison
from harness.report.terminal.bars import ESTIMATE, LINE, MARGIN, ZERO, bar_head, interval_bar

FIGURE = st.floats(-1e6, 1e6)


def metric(low: float, difference: float, high: float, **fields: object) -> MetricComparison:
    return MetricComparison("s", "m", "guard", "improved", difference=difference, low=low, high=high, **fields)  # type: ignore[arg-type]


def test_a_gain_is_right_of_zero_and_reaches_the_edge() -> None:
    assert interval_bar(metric(0.2, 0.3, 0.4), 21) == "          │    ━━●━━━"


def test_a_loss_of_a_metric_where_less_is_better_is_left_of_zero() -> None:
    bar = interval_bar(metric(5.0, 10.0, 15.0, higher_is_better=False), 21)
    assert bar == "━━━●━━━━  │          "


def test_the_margin_is_marked_on_the_side_of_a_loss() -> None:
    assert interval_bar(metric(-0.5, 0.0, 0.5, margin=1.0), 21) == "┊    ━━━━━●━━━━━     "


def test_an_interval_that_is_not_known_has_no_bar() -> None:
    assert interval_bar(MetricComparison("s", "m", "guard", "incomplete"), 21) == ""


def test_a_bound_that_is_not_zero_never_stands_on_zero() -> None:
    assert interval_bar(metric(0.001, 0.5, 1.0), 21).index(ZERO) == 10
    assert interval_bar(metric(-1.0, -0.5, -1e-9), 21)[9:11] == f"{LINE}{ZERO}"


def test_an_interval_that_excludes_the_margin_never_touches_it() -> None:
    assert interval_bar(metric(-0.0299, 0.1, 0.5, margin=0.03), 21) == "        ┊━│━●━━━━━━━━"
    assert interval_bar(metric(-0.99, 0.0, 0.5, margin=1.0), 21)[:3] == "┊━━"


def test_the_head_names_the_sides_over_zero() -> None:
    assert bar_head(21) == "worse     0    better"


@given(st.lists(FIGURE, min_size=3, max_size=3), st.booleans(), st.none() | st.floats(1e-6, 1e6))
def test_every_bar_fits_and_has_one_estimate(figures: list[float], higher: bool, margin: float | None) -> None:
    low, difference, high = sorted(figures)
    bar = interval_bar(metric(low, difference, high, higher_is_better=higher, margin=margin), 31)
    assert len(bar) == 31
    assert bar.count(ESTIMATE) == 1
    assert set(bar) <= {" ", ESTIMATE, LINE, ZERO, MARGIN}
