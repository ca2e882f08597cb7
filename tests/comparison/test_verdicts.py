"""Every row of the decision table, its exit codes against the enumerated table, and the words it is told in."""

from __future__ import annotations

from dataclasses import replace
from math import comb, inf

import numpy as np
import pytest

from harness.comparison.estimated import Estimated, noisy
from harness.comparison.reasons import figures
from harness.comparison.records import MetricComparison
from harness.comparison.statistics.paired import Bounds, Paired
from harness.comparison.statistics.proportions import MID_P, paired_shares
from harness.comparison.verdicts import BEYOND_MARGIN, BLIND, SMALL_DROP, TOO_FEW, exit_code, judge
from harness.errors import ExitCode
from harness.evaluation.records import MetricRecord
from harness.suites.records import MetricUse
from harness.types import Role

ACCURACY = MetricRecord(
    "key", "accuracy", "1", {}, "choice", ("correct", "count"), True, (0.0, 1.0), (), "harness-metrics", "d", "1"
)
PERPLEXITY = replace(ACCURACY, use="perplexity", higher_is_better=False, bounds=(1.0, None))
PRIMARY = MetricUse("accuracy", "accuracy", role="primary")
SIDE = Bounds(0.82, 0.93, 0.8, 0.95)


def judged(
    difference: float,
    low: float,
    high: float,
    p_loss: float,
    *,
    use: MetricUse = PRIMARY,
    adjusted_loss: float | None = None,
    record: MetricRecord = ACCURACY,
    baseline: float = 0.9,
    test: str = MID_P,
    guarded: tuple[float, float] | None = None,
    alpha: float = 0.05,
    carriers: float = inf,
    **known: object,
) -> MetricComparison:
    """The verdict on an estimate; 200 cases, 3 tests. `guarded`: its bounds where few cases changed."""
    p, bounds = (1 - p_loss, p_loss), Bounds(low, high, low - 0.01, high + 0.01)
    paired = Paired(
        baseline, baseline + difference, SIDE, SIDE, bounds, guarded or (low, high),
        p_greater=p[not record.higher_is_better], p_less=p[record.higher_is_better], error=(high - low) / 4, test=test,
        carriers=carriers,
    )  # fmt: skip
    measured = Estimated("intents", use, record, n=200, clusters=200, complete=paired, worst_case=paired)
    loss = p_loss if adjusted_loss is None else adjusted_loss
    return judge(replace(measured, **known), paired, (1 - p_loss, loss), 3, alpha)  # type: ignore[arg-type]


def use(role: Role = "primary", margin: float | None = None) -> MetricUse:
    return MetricUse("accuracy", "accuracy", role=role, margin=margin)


def test_row_1_and_2_a_problem_is_the_verdict() -> None:
    measured = Estimated("intents", use(), ACCURACY, problem=("incompatible", "another tokenizer"))
    metric = judge(measured, None, None, 1)
    assert (metric.verdict, metric.reason, metric.baseline) == ("incompatible", "another tokenizer", None)
    assert judge(replace(measured, problem=None), None, None, 1).verdict == "incomplete"


def test_row_3_both_sides_at_the_worst_value_are_blind() -> None:
    metric = judged(0.0, -0.02, 0.02, 1.0, baseline=0.0)
    assert (metric.verdict, metric.notes) == ("inconclusive", (BLIND,))
    assert metric.reason == "both sides are at the worst value, 0: a loss could not be seen"


def test_row_3_both_sides_at_chance_are_blind_even_when_one_gained() -> None:
    metric = judged(0.05, 0.01, 0.09, 0.99, chance=0.85)
    assert (metric.verdict, metric.notes) == ("inconclusive", (BLIND,))


@pytest.mark.parametrize(
    ("clusters", "carriers", "notes"),
    [
        (60, 11.3, ("about 11 clusters carry this; the interval may be too narrow",)),
        (60, 1.2, ("about 1 cluster carries this; the interval may be too narrow",)),
        (60, 40.0, ()),
        (200, 11.3, ()),  # cases that stand alone
    ],
)
def test_an_interval_that_few_clusters_carry_says_so(clusters: int, carriers: float, notes: tuple[str, ...]) -> None:
    assert judged(-0.005, -0.02, 0.01, 0.3, clusters=clusters, carriers=carriers, test="CR2 t").notes == notes


def test_a_ceiling_hides_only_gains() -> None:
    assert judged(0.0, -0.009, 0.009, 0.5, baseline=1.0).verdict == "not worse"


def test_row_4_fewer_than_five_clusters_are_too_few_unless_cases_are_right_or_wrong() -> None:
    metric = judged(-0.5, -0.6, -0.4, 0.001, test="sign flips", clusters=4)
    assert (metric.verdict, metric.notes, metric.p_loss) == ("inconclusive", (TOO_FEW,), None)
    assert metric.reason == "too few clusters to tell: 4, at least 5 are needed"
    assert judged(-0.5, -0.6, -0.4, 0.001, clusters=4).verdict == "regressed"


def test_row_5_improved() -> None:
    metric = judged(0.05, 0.01, 0.09, 0.993)
    assert (metric.verdict, metric.reason) == ("improved", "the gain is beyond chance (p = 0.007)")


def test_row_6_not_worse_within_the_margin_wins_over_a_small_real_drop() -> None:
    metric = judged(-0.02, -0.03, -0.01, 0.001, use=use(margin=0.05))
    assert (metric.verdict, metric.notes) == ("not worse", (SMALL_DROP,))
    assert metric.reason == "a loss of 0.05 is excluded"


def test_row_7_regressed_and_the_margin_is_only_a_note() -> None:
    assert judged(-0.07, -0.11, -0.03, 0.002).verdict == "regressed"
    metric = judged(-0.07, -0.11, -0.03, 0.002, use=use(margin=0.05))
    assert (metric.verdict, metric.notes) == ("regressed", (BEYOND_MARGIN,))
    assert judged(-0.07, -0.11, -0.03, 0.06, use=use(margin=0.05)).verdict == "inconclusive"


def test_row_7_needs_the_floor_which_is_a_point_or_half_the_margin() -> None:
    assert judged(-0.008, -0.0095, -0.001, 0.01).verdict == "not worse"
    assert judged(-0.008, -0.02, -0.001, 0.01).verdict == "inconclusive"
    assert judged(-0.008, -0.02, -0.001, 0.01, use=use(margin=0.01)).verdict == "regressed"
    assert judged(0.88 - 0.89, -0.02, -0.001, 0.01).verdict == "regressed"


def test_row_8_not_worse_without_a_margin() -> None:
    metric = judged(0.002, -0.008, 0.012, 0.7)
    assert (metric.verdict, metric.reason) == ("not worse", "a loss of 0.01 is excluded")


def test_row_9_tells_what_is_not_excluded_what_would_be_seen_and_what_it_takes() -> None:
    metric = judged(-0.02, -0.08, 0.04, 0.3)
    assert metric.verdict == "inconclusive"
    assert metric.reason == (
        "a loss of 0.08 is not excluded, within the cap of 0.1; one of 0.09 would mostly be seen; "
        "about 12,000 cases would exclude 0.01 if nothing got worse"
    )


def test_row_9_says_when_a_loss_would_count_alone() -> None:
    metric = judged(-0.03, -0.06, -0.001, 0.03, adjusted_loss=0.09)
    assert metric.verdict == "inconclusive"
    assert metric.reason.startswith("the loss would count alone, but not as one of 3 tests; a loss of 0.060 is not")


def test_lower_is_better_turns_the_difference() -> None:
    metric = judged(1.5, 0.5, 2.5, 0.001, record=PERPLEXITY, baseline=12.0)
    assert (metric.verdict, metric.difference, metric.p_loss) == ("regressed", 1.5, 0.001)
    assert metric.gain_low == pytest.approx(-2.5)
    assert judged(-1.5, -2.5, -0.5, 0.999, record=PERPLEXITY, baseline=12.0).verdict == "improved"


def test_points_of_a_metric_without_two_bounds_are_hundredths_of_the_baseline() -> None:
    metric = judged(1.5, 0.5, 2.5, 0.001, record=PERPLEXITY, baseline=12.0)
    assert metric.floor == pytest.approx(0.12)
    assert metric.cap == pytest.approx(1.2)


def test_declared_floor_and_cap_are_kept() -> None:
    declared = MetricUse("accuracy", "accuracy", role="primary", floor=0.1, cap=0.2)
    metric = judged(-0.07, -0.11, -0.03, 0.002, use=declared)
    assert (metric.verdict, metric.floor, metric.cap) == ("inconclusive", 0.1, 0.2)


@pytest.mark.parametrize(
    ("n", "gain", "regressed", "passed", "inconclusive"),
    [
        (50, 0.0, 0.03, 0.64, 0.33),
        (50, -0.05, 0.22, 0.25, 0.53),
        (100, 0.0, 0.04, 0.90, 0.06),
        (100, -0.02, 0.14, 0.75, 0.12),
        (100, -0.10, 0.99, 0.01, 0.00),
    ],
)
def test_exit_codes_are_those_enumerated_before_building(
    n: int, gain: float, regressed: float, passed: float, inconclusive: float
) -> None:
    """Exact rates of exit 1, 0 and 3 for one primary 0/1 metric at a discordance of .1."""
    rates = dict.fromkeys(ExitCode, 0.0)
    up, down = (0.1 + gain) / 2, (0.1 - gain) / 2
    for gains in range(30):
        for losses in range(30):
            chance = comb(n, gains) * comb(n - gains, losses) * up**gains * down**losses * 0.9 ** (n - gains - losses)
            if chance > 1e-7:
                rates[exit_code(_shares(gains, losses, n))] += chance
    rounded = tuple(rates[ExitCode(code)] for code in (1, 0, 3))
    assert rounded == pytest.approx((regressed, passed, inconclusive), abs=0.0051)


@pytest.mark.parametrize(
    ("role", "margin", "low", "default", "strict", "lenient"),
    [
        ("primary", None, -0.08, 0, 3, 0),
        ("primary", None, -0.14, 3, 3, 0),
        ("primary", 0.03, -0.08, 3, 3, 0),
        ("guard", None, -0.14, 0, 3, 0),
        ("guard", 0.03, -0.14, 0, 3, 0),
        ("watch", None, -0.14, 0, 0, 0),
    ],
)
def test_what_an_inconclusive_metric_says_to_the_gate(
    role: Role, margin: float | None, low: float, default: int, strict: int, lenient: int
) -> None:
    metric = judged(-0.02, low, 0.04, 0.3, use=use(role, margin))
    assert metric.verdict == "inconclusive"
    assert [exit_code(metric, policy) for policy in ("default", "strict", "lenient")] == [default, strict, lenient]


@pytest.mark.parametrize(
    ("verdict", "code"), [("regressed", 1), ("incompatible", 5), ("incomplete", 4), ("improved", 0)]
)
def test_what_a_verdict_says_to_the_gate(verdict: str, code: int) -> None:
    metric = replace(judged(0.0, -0.05, 0.05, 0.5), verdict=verdict)  # type: ignore[arg-type]
    assert exit_code(metric) == code
    assert exit_code(replace(metric, role="watch")) == 0


def test_a_blind_primary_is_inconclusive_and_a_blind_guard_passes() -> None:
    metric = judged(0.0, -0.02, 0.02, 1.0, baseline=0.0)
    assert exit_code(metric) == ExitCode.INCONCLUSIVE
    assert exit_code(replace(metric, role="guard")) == ExitCode.PASS


@pytest.mark.parametrize(
    ("baseline", "difference", "low", "high", "text"),
    [
        (0.91, -0.07, -0.11, -0.03, "0.91 → 0.84 (−0.07 [−0.11, −0.03])"),
        (0.4, 0.0, -0.3, 0.3, "0.40 → 0.40 (0.00 [−0.30, +0.30])"),
        (27.31, 3.04, 1.2, 4.9, "27.3 → 30.3 (+3.0 [+1.2, +4.9])"),
        (1234.0, -80.0, -150.0, -10.0, "1,234 → 1,154 (−80 [−150, −10])"),
    ],
)
def test_figures_have_the_digits_their_interval_supports(
    baseline: float, difference: float, low: float, high: float, text: str
) -> None:
    assert figures(judged(difference, low, high, 0.5, baseline=baseline)) == text


def _shares(gains: int, losses: int, n: int) -> MetricComparison:
    """The verdict on n cases, about four of five right, of which so many changed."""
    baseline, candidate = np.arange(n) < 0.8 * n, np.arange(n) < 0.8 * n
    candidate[:losses] = False
    candidate[n - min(gains, n // 5) :] = True
    baseline[losses : losses + max(0, gains - n // 5)] = False
    paired = paired_shares(baseline, candidate, (0.0, 1.0))
    measured = Estimated("intents", use(), ACCURACY, n=n, clusters=n, complete=paired, worst_case=paired)
    return judge(measured, paired, (paired.p_greater, paired.p_less), 1)


def test_a_bar_below_the_noise_floor_is_pointed_out() -> None:
    metric = judged(-0.02, -0.08, 0.04, 0.3)
    quiet, loud = noisy(metric, 0.0), noisy(metric, 0.01)
    assert (quiet.sensitivity.noise, quiet.notes) == (0.0, metric.notes)
    assert (loud.sensitivity.noise, loud.notes) == (0.01, ("the floor 0.01 is below the noise floor 0.028",))
    with_margin = noisy(judged(-0.02, -0.08, 0.04, 0.3, use=use(margin=0.02)), 0.01)
    assert "the margin 0.02 is below the noise floor 0.028" in with_margin.notes


def test_rows_5_and_7_need_the_bound_as_well_as_the_test() -> None:
    gained, lost = judged(0.03, -0.001, 0.061, 0.97), judged(-0.03, -0.061, 0.001, 0.03)
    assert (gained.verdict, lost.verdict) == ("not worse", "inconclusive")
    words = "the test finds a loss (p = 0.03) and the interval holds zero, so that it does not count; a loss of 0.06"
    assert lost.reason.startswith(words)
    rising = judged(0.03, -0.02, 0.08, 0.97)
    assert rising.reason.startswith("the test finds a gain (p = 0.03) and the interval holds zero")


def test_row_5_needs_the_floor_too() -> None:
    assert judged(0.008, 0.001, 0.015, 0.99).verdict == "not worse"
    assert judged(0.89 - 0.88, 0.001, 0.019, 0.99).verdict == "improved"


def test_a_loss_beyond_chance_and_below_the_floor_is_told() -> None:
    metric = judged(-0.008, -0.02, -0.001, 0.01)
    assert metric.reason.startswith("the loss is beyond chance (p = 0.01), but below the floor of 0.01; a loss of 0.0")


def test_a_loss_that_a_second_look_takes_back_is_told() -> None:
    metric = judged(-0.03, -0.06, -0.001, 0.04, alpha=0.03)
    assert (metric.verdict, metric.reason.split(";")[0]) == (
        "inconclusive",
        "the loss would count in a single look (p = 0.04), but not at 0.03",
    )


@pytest.mark.parametrize("margin", [None, 0.02])
def test_rows_6_and_8_use_the_bound_that_knows_of_few_changes(margin: float | None) -> None:
    excluded = judged(0.0, -0.009, 0.009, 0.5, use=use(margin=margin), guarded=(-0.0095, 0.0095))
    missed = judged(0.0, -0.009, 0.009, 0.5, use=use(margin=margin), guarded=(-0.031, 0.031))
    assert (excluded.verdict, missed.verdict) == ("not worse", "inconclusive")
    assert missed.reason.startswith("few cases changed, so that rare large losses may be missing; a loss of 0.031 is")
    assert (missed.low, missed.gain_low) == (-0.009, -0.031)


def test_few_changes_take_no_gain_or_loss_away() -> None:
    assert judged(0.05, 0.01, 0.09, 0.993, guarded=(-0.02, 0.12)).verdict == "improved"
    assert judged(-0.07, -0.11, -0.03, 0.002, guarded=(-0.15, 0.01)).verdict == "regressed"


def test_row_3_asks_the_limits_of_95_percent() -> None:
    assert judged(0.0, -0.05, 0.05, 0.5, chance=0.81).notes == (BLIND,)  # 0.80 to 0.95; at 90 % from 0.82 on
