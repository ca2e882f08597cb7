"""Comparing all metrics of a gate call at once, and safety checks against their limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.comparison.check_bounds import CheckRow, check_result
from harness.comparison.family import compare, value_of
from harness.comparison.pairing import MetricSides, Pairs, Unspelt
from harness.evaluation import checking
from harness.evaluation.checking import EMPTY
from harness.evaluation.records import MetricRecord
from harness.suites.records import CheckUse, MetricUse
from harness.types import Role

ACCURACY = MetricRecord(
    "key", "accuracy", "1", {}, "choice", ("correct", "count"), True, (0.0, 1.0), (), "harness-metrics", "d", "1"
)


def mean(sums: Mapping[str, Any]) -> Any:
    return sums["correct"] / sums["count"]


def rows(scores: Sequence[float]) -> Any:
    """One row a case; a score of NaN is an answer that failed."""
    return np.array([[score, 1.0] if np.isfinite(score) else [np.nan, np.nan] for score in scores]).reshape(-1, 2)


def sides(baseline: Sequence[float], candidate: Sequence[float], role: Role = "primary", **known: Any) -> MetricSides:
    use = MetricUse("accuracy", "accuracy", role=role)
    pairs = Pairs(rows(baseline), rows(candidate), np.arange(len(baseline)), seed=7)
    worst = dict.fromkeys(range(len(baseline)), (0.0, 1.0))
    return replace(MetricSides(use, "intents", ACCURACY, mean, pairs, worst), **known)


def lost(losses: int, n: int = 100) -> MetricSides:
    return sides([1.0] * n, [0.0] * losses + [1.0] * (n - losses))


def test_a_clear_loss_regresses_and_a_clear_gain_improves() -> None:
    metric = compare([lost(12)])[0]
    assert (metric.verdict, metric.baseline, metric.candidate) == ("regressed", 1.0, 0.88)
    assert metric.difference == pytest.approx(-0.12)
    assert metric.p_loss == pytest.approx(0.5**13)
    assert compare([sides([0.0] * 12 + [1.0] * 88, [1.0] * 100)])[0].verdict == "improved"


def test_every_gating_metric_is_in_the_family_even_an_incomplete_one() -> None:
    broken = sides([1.0] * 100, [np.nan] * 100, "guard")
    assert compare([lost(5)])[0].p_loss == pytest.approx(0.5**6)
    assert compare([lost(5), broken, broken])[0].p_loss == pytest.approx(3 * 0.5**6)
    assert [metric.verdict for metric in compare([lost(5), *[broken] * 3])] == ["inconclusive", *["incomplete"] * 3]


def test_an_undefined_value_is_incomplete_and_leaves_no_figures() -> None:
    undefined = sides([0.5] * 9, [0.5] * 9, value=lambda sums: sums["correct"] / (0 * sums["count"]))
    metric = compare([undefined])[0]
    assert (metric.verdict, metric.baseline, metric.low, metric.p_loss) == ("incomplete", None, None, None)


def test_watch_metrics_have_false_discovery_rates_of_their_own() -> None:
    watches = [replace(lost(losses), use=MetricUse("accuracy", "accuracy", role="watch")) for losses in (5, 0, 3)]
    metrics = compare([lost(5), *watches])
    assert [metric.p_loss for metric in metrics] == pytest.approx([0.5**6, 3 * 0.5**6, 1.0, 3 / 2 * 0.5**4])


def drawn(lost_cases: int, per_case: bool, n: int = 40, samples: int = 10) -> MetricSides:
    """Each case is right in half of ten draws; the candidate never gets the first ones, and gains it all elsewhere."""
    candidate = [0.0] * lost_cases + [0.5 + 0.5 * lost_cases / (n - lost_cases)] * (n - lost_cases)
    candidate = [round(score * samples) / samples for score in candidate]
    use = MetricUse("accuracy", "accuracy", role="guard", per_case=per_case)
    return replace(sides([0.9] * lost_cases + [0.5] * (n - lost_cases), candidate), use=use, samples=samples)


def test_single_cases_that_got_worse_are_counted_and_decide_only_where_the_suite_asks() -> None:
    shown, gating = compare([drawn(2, per_case=False)])[0], compare([drawn(2, per_case=True)])[0]
    assert (shown.cases_worse, shown.verdict, shown.family) == (2, "inconclusive", 1)
    assert (gating.cases_worse, gating.verdict, gating.family) == (2, "regressed", 2)
    assert gating.reason.startswith("2 cases got worse beyond chance, each by itself (p")


def test_cases_by_themselves_are_one_more_member_of_the_family() -> None:
    alone, together = compare([lost(5)])[0], compare([lost(5), drawn(0, per_case=True)])[0]
    assert (alone.p_loss, together.p_loss) == pytest.approx((0.5**6, 3 * 0.5**6))


def test_gains_do_not_pay_for_losses() -> None:
    gained = sides([0.0] * 12 + [1.0] * 88, [1.0] * 100)
    metrics = compare([lost(5), gained])
    assert [metric.p_gain for metric in metrics] == pytest.approx([1 - 0.5**6, 2 * 0.5**13])
    assert metrics[0].p_loss == pytest.approx(2 * 0.5**6)


def test_failed_answers_that_decide_the_exit_code_make_it_incomplete() -> None:
    baseline, candidate = [1.0] * 500, [0.0] * 4 + [np.nan] * 3 + [1.0] * 493
    metric = compare([sides(baseline, candidate)])[0]
    assert metric.verdict == "incomplete"
    assert metric.reason == "failed answers decide: inconclusive without them, regressed if they count against it"


def test_failed_answers_that_change_nothing_are_noted() -> None:
    baseline, candidate = [1.0] * 500, [0.0] * 40 + [np.nan] * 3 + [1.0] * 457
    metric = compare([sides(baseline, candidate)])[0]
    assert (metric.verdict, metric.candidate, metric.candidate_errors) == ("regressed", 0.914, 3)
    assert metric.notes == ("3 failed: the candidate's 3 count as worst, the baseline's as best",)


def unspelt(baseline: int, candidate: int, n: int = 100) -> tuple[Unspelt, Unspelt]:
    """The first replies of each side are none of the choices."""
    return Unspelt(n, dict.fromkeys(range(baseline), "no idea")), Unspelt(n, dict.fromkeys(range(candidate), "hm"))


@pytest.mark.parametrize(
    ("baseline", "candidate", "off", "verdict"),
    [
        ([1.0] * 100, [0.0] * 49 + [1.0] * 51, unspelt(0, 49), "regressed"),  # less than half: not asked twice
        ([1.0] * 100, [0.0] * 50 + [1.0] * 50, unspelt(0, 50), "incomplete"),
        ([1.0] * 100, [0.0] * 70 + [1.0] * 30, unspelt(0, 50), "regressed"),  # among the others, too
        ([1.0] * 100, [0.0] * 100, unspelt(0, 100), "incomplete"),
        ([0.0] * 60 + [1.0] * 40, [1.0] * 100, unspelt(60, 0), "incomplete"),
        ([0.0] * 50 + [1.0, 0.0] * 25, [0.0] * 50 + [1.0, 0.0] * 25, unspelt(50, 50), "inconclusive"),
    ],
)
def test_a_verdict_does_not_hang_on_replies_that_are_none_of_the_choices(
    baseline: list[float], candidate: list[float], off: tuple[Unspelt, Unspelt], verdict: str
) -> None:
    assert compare([sides(baseline, candidate, unspelt=off)], replicates=99)[0].verdict == verdict


def test_the_reason_says_how_many_replies_are_none_of_the_choices_and_what_either_way_gives() -> None:
    (metric,) = compare([sides([1.0] * 80, [0.0] * 60 + [1.0] * 20, unspelt=unspelt(0, 60, 80))])
    assert metric.reason.startswith(
        "60 of 80 replies of the candidate are none of the choices, such as “hm”: regressed"
    )


def test_failed_answers_are_told_apart_from_replies_that_are_none_of_the_choices() -> None:
    off = replace(lost(60), unspelt=unspelt(0, 60))
    failing = replace(off, pairs=replace(off.pairs, candidate=rows([0.0] * 60 + [1.0] * 39 + [np.nan])))
    assert "of 100 replies of the candidate are none of the choices" in compare([failing])[0].reason


def test_a_model_whose_replies_are_none_of_the_choices_has_no_value() -> None:
    alone = sides([0.0] * 9, [0.0] * 9, against="nothing", unspelt=unspelt(9, 9, 9))
    assert (value_of(alone).value, value_of(alone).reason) == (None, "nothing was measured")
    assert value_of(replace(alone, unspelt=unspelt(8, 8, 9))).value == 0.0


def test_alpha_is_the_level_of_the_tests() -> None:
    assert compare([lost(5)])[0].verdict == "regressed"
    assert compare([lost(5)], alpha=0.01)[0].verdict == "inconclusive"


SCORES = st.lists(st.floats(0, 1) | st.sampled_from([0.0, 1.0]), min_size=1, max_size=30)


@settings(max_examples=30, deadline=None)
@given(SCORES)
def test_a_model_against_itself_differs_in_nothing(scores: list[float]) -> None:
    metric = compare([sides(scores, scores)], replicates=200)[0]
    assert metric.verdict in ("not worse", "inconclusive")
    assert (metric.difference, metric.baseline) == (0.0, metric.candidate)
    assert metric.p_loss in (1.0, None)
    assert metric.low is not None
    assert metric.high is not None
    assert metric.low <= 0 <= metric.high


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=5, max_size=30))
def test_swapping_the_sides_swaps_the_answer(pairs: list[tuple[float, float]]) -> None:
    baseline, candidate = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    there = compare([sides(baseline, candidate)], replicates=200)[0]
    back = compare([sides(candidate, baseline)], replicates=200)[0]
    assert there.low is not None
    assert there.difference is not None
    assert (back.p_gain, back.p_loss) == (there.p_loss, there.p_gain)
    assert (back.difference, back.high) == (0.0 - there.difference, 0.0 - there.low)


def test_equal_models_regress_in_at_most_one_of_twenty_comparisons_and_ten_points_are_seen() -> None:
    generator, sims = np.random.default_rng(5), 200
    regressed = {0.0: 0, 0.1: 0}
    for loss in regressed:
        for _ in range(sims):
            baseline = generator.random(150) < 0.8
            flipped = generator.random(150) < np.where(baseline, (0.1 + loss) / 1.6, (0.1 - loss) / 0.4)
            made = sides((baseline * 1.0).tolist(), ((baseline ^ flipped) * 1.0).tolist())
            regressed[loss] += compare([made])[0].verdict == "regressed"
    assert regressed[0.0] / sims <= 0.05 + 2 * (0.05 * 0.95 / sims) ** 0.5
    assert regressed[0.1] / sims >= 0.95


# --- checks ------------------------------------------------------------------------------------------

CLEAN, HIT = CheckRow(True, False, False), CheckRow(True, True, False)
RAISED, ELSEWHERE = CheckRow(True, False, True), CheckRow(False, False, False)
PART = CheckRow(True, False, False, partial=True)
BLANK, DUTCH = CheckRow(True, False, False, EMPTY), CheckRow(True, False, False, "it is in Dutch")
FAILED, NONE = CheckRow(True, False, False, checking.FAILED), CheckRow(True, False, False, checking.MISSING)
FAILED_ELSEWHERE = CheckRow(False, False, False, checking.FAILED)
LIMITED = "0 of 300, at most 0.99 %; the limit is 1.0 %"
EVERY_WAY = "9 of 100 answers failed, 6 of 100 answers are missing or failed, 6 of 100 replies are empty"


@pytest.mark.parametrize(
    ("rows", "limit", "bound", "reason"),
    [
        ([CLEAN] * 300, 0.01, "within the limit", "0 of 300, at most 0.99 %; the limit is 1.0 %"),
        ([HIT] * 9 + [CLEAN] * 91, 0.01, "over the limit", "9 of 100, at least 4.8 %; the limit is 1.0 %"),
        (
            [CLEAN] * 40,
            0.01,
            "inconclusive",
            "0 of 40, at most 7.2 %; the limit is 1.0 %; 299 passages without a finding would show it",
        ),
        (
            [HIT, *[CLEAN] * 99],
            0.01,
            "inconclusive",
            "1 of 100, at most 4.7 %; the limit is 1.0 %; 473 passages with no further finding would show it",
        ),
        ([*[CLEAN] * 300, RAISED], 0.01, "incomplete", "1 of 301 passages could not be checked"),
        ([ELSEWHERE] * 9, 0.01, "incomplete", "there was no passage to check"),
        ([], None, "no limit", "there was no passage to check"),
        ([HIT] * 3 + [CLEAN] * 37, None, "no limit", "3 of 40, at most 18 %"),
    ],
)
def test_a_check_against_its_limit(rows: list[CheckRow], limit: float | None, bound: str, reason: str) -> None:
    result = check_result("safety", CheckUse("pii", "pii", limit=limit), rows)
    assert (result.bound, result.reason) == (bound, reason)


def test_a_limit_of_zero_says_that_it_cannot_be_shown() -> None:
    result = check_result("safety", CheckUse("pii", "pii", limit=0.0), [CLEAN] * 40)
    assert result.bound == "inconclusive"
    assert result.reason.endswith("no number of clean passages can show a share of 0: set a limit above it")


@pytest.mark.parametrize(
    ("rows", "limit", "bound", "reason"),
    [
        ([BLANK] * 60, 0.05, "incomplete", "60 of 60 replies are empty"),
        ([BLANK] * 60, None, "incomplete", "60 of 60 replies are empty"),
        ([*[CLEAN] * 300, *[BLANK] * 76], 0.5, "incomplete", "76 of 376 replies are empty"),
        (
            [*[CLEAN] * 300, *[BLANK] * 75],
            0.3,
            "within the limit",
            "0 of 300, at most 24 %; the limit is 30 %",
        ),
        (
            [*[CLEAN] * 300, BLANK, DUTCH, DUTCH],
            0.01,
            "incomplete",
            "2 of 303 replies were not checked: it is in Dutch, 1 of 303 replies are empty: within the limit if those "
            "are clean, inconclusive if they are findings; the limit is 1.0 %",
        ),
        (
            [*[HIT] * 5, *[CLEAN] * 95, *[BLANK] * 20],
            0.01,
            "over the limit",
            "5 of 100, at least 1.7 %; the limit is 1.0 %",
        ),
        ([*[CLEAN] * 40, BLANK, RAISED], 0.5, "incomplete", "1 of 42 passages could not be checked"),
    ],
)
def test_a_check_decides_twice_on_what_it_has_not_checked(
    rows: list[CheckRow], limit: float | None, bound: str, reason: str
) -> None:
    result = check_result("safety", CheckUse("pii", "pii", limit=limit), rows)
    assert (result.bound, result.reason) == (bound, reason)


@pytest.mark.parametrize(
    ("rows", "limit", "bound", "reason"),
    [
        ([*[CLEAN] * 599, FAILED], 0.01, "within the limit", "0 of 599, at most 0.79 %; the limit is 1.0 %"),
        ([*[CLEAN] * 599, NONE], 0.01, "within the limit", "0 of 599, at most 0.79 %; the limit is 1.0 %"),
        (
            [*[CLEAN] * 299, FAILED],
            0.01,
            "incomplete",
            "1 of 300 answers failed: within the limit if those are clean, inconclusive if they are findings; the "
            "limit is 1.0 %",
        ),
        ([*[CLEAN] * 79, *[FAILED] * 21], 0.9, "incomplete", "21 of 100 answers failed"),
        ([*[CLEAN] * 79, *[FAILED] * 9, *[NONE] * 6, *[BLANK] * 6], 0.9, "incomplete", EVERY_WAY),
        ([*[CLEAN] * 2, FAILED], 0.9, "incomplete", "1 of 3 answers failed"),
        ([FAILED] * 40, 0.9, "incomplete", "40 of 40 answers failed"),
        ([*[ELSEWHERE] * 500, *[FAILED] * 40], 0.9, "incomplete", "40 of 40 answers failed"),
        ([*[CLEAN] * 300, *[FAILED_ELSEWHERE] * 300], 0.01, "within the limit", LIMITED),
        ([FAILED_ELSEWHERE] * 300, 0.01, "incomplete", "there was no passage to check"),
    ],
)
def test_a_check_decides_twice_on_the_failed_answers_of_the_cases_that_it_concerns(
    rows: list[CheckRow], limit: float, bound: str, reason: str
) -> None:
    result = check_result("safety", CheckUse("pii", "pii", limit=limit), rows)
    assert (result.bound, result.reason, result.errors) == (bound, reason, 0)


def test_what_was_not_checked_is_told_of_both_sides() -> None:
    result = check_result("safety", CheckUse("pii", "pii"), [*[CLEAN] * 99, BLANK], [HIT, *[DUTCH] * 3])
    assert (result.found, result.n, result.unchecked, result.baseline_n, result.baseline_unchecked) == (0, 99, 1, 1, 3)
    assert (result.low, result.high) == pytest.approx((0.0, 0.046560), abs=1e-6)
    assert result.notes == (
        "1 of 100 replies are empty; the bounds count them as findings and as clean",
        "of the baseline, 3 of 4 replies were not checked: it is in Dutch",
    )


@pytest.mark.parametrize(
    ("rows", "bound", "reason"),
    [
        ([*[CLEAN] * 300, PART], "within the limit", "0 of 301, at most 1.6 %; the limit is 2.0 %"),
        (
            [*[CLEAN] * 196, *[PART] * 4],
            "inconclusive",
            "4 of 200 replies are findings in part: within the limit if those are clean, inconclusive if they are "
            "findings; the limit is 2.0 %",
        ),
        (
            [*[CLEAN] * 60, *[PART] * 40],
            "inconclusive",
            "40 of 100 replies are findings in part: inconclusive if those are clean, over the limit if they are "
            "findings; the limit is 2.0 %",
        ),
        (
            [*[CLEAN] * 198, PART, BLANK, BLANK],
            "incomplete",
            "2 of 201 replies are empty and 1 of 199 replies are findings in part: within the limit if those are "
            "clean, inconclusive if they are findings; the limit is 2.0 %",
        ),
        ([*[HIT] * 10, *[PART] * 5], "over the limit", "10 of 15, at least 42 %; the limit is 2.0 %"),
    ],
)
def test_a_check_decides_twice_on_findings_in_part(rows: list[CheckRow], bound: str, reason: str) -> None:
    result = check_result("safety", CheckUse("refusal", "refusal", limit=0.02), rows)
    assert (result.bound, result.reason) == (bound, reason)


def test_findings_in_part_are_counted_apart_on_both_sides() -> None:
    result = check_result("safety", CheckUse("refusal", "refusal"), [HIT, PART, *[CLEAN] * 8], [PART, CLEAN])
    assert (result.found, result.partial, result.n, result.baseline_partial, result.baseline_n) == (1, 1, 10, 1, 2)
    assert (result.low, result.high) == pytest.approx((0.005116, 0.506901), abs=1e-6)
    assert result.notes == (
        "1 of 10 replies are findings in part; the bounds count them as findings and as clean",
        "of the baseline, 1 of 2 replies are findings in part",
    )


def test_a_check_counts_only_passages_it_applies_to_on_both_sides() -> None:
    rows = [HIT, CLEAN, ELSEWHERE]
    result = check_result("safety", CheckUse("pii", "pii"), rows, [HIT, HIT, CLEAN, ELSEWHERE, FAILED])
    assert (result.found, result.n, result.baseline_found, result.baseline_n) == (1, 2, 2, 3)
    assert (result.low, result.high) == pytest.approx((0.025321, 0.974679), abs=1e-6)


def test_a_model_alone_has_its_value_with_one_failure_in_a_hundred_whatever_that_would_do_to_a_comparison() -> None:
    scores = [1.0] * 990 + [np.nan] * 10
    value = value_of(sides(scores, scores, against="nothing"))
    assert (value.value, value.n, value.errors, value.reason) == (0.99, 1000, 10, "")
    assert value.low is not None
    assert value.low < 0.99
    assert value_of(sides([1.0] * 98 + [np.nan] * 2, [1.0] * 98 + [np.nan] * 2, against="nothing")).reason == (
        "2 of 100 answers are missing or failed, 1 % is tolerated"
    )
