"""How two sides are paired, what counts as failed, and which estimator a metric gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.comparison.pairing import MetricSides, Pairs, WholeSides, estimate_metric
from harness.comparison.records import Against
from harness.comparison.statistics.proportions import MID_P
from harness.evaluation.records import MetricRecord
from harness.suites.records import MetricUse

USE = MetricUse("accuracy", "accuracy", role="primary")
ACCURACY = MetricRecord(
    "key", "accuracy", "1", {}, "choice", ("correct", "count"), True, (0.0, 1.0), (), "harness-metrics", "d", "1"
)


def mean(sums: Mapping[str, Any]) -> Any:
    return sums["correct"] / sums["count"]


def rows(scores: Sequence[float]) -> Any:
    """One row a case; a score of NaN is an answer that failed."""
    return np.array([[score, 1.0] if np.isfinite(score) else [np.nan, np.nan] for score in scores]).reshape(-1, 2)


def sides(
    baseline: Sequence[float],
    candidate: Sequence[float],
    clusters: Sequence[int] | None = None,
    added: int = 0,
    removed: int = 0,
    **known: Any,
) -> MetricSides:
    numbers = np.arange(len(baseline)) if clusters is None else np.array(clusters)
    pairs = Pairs(rows(baseline), rows(candidate), numbers, seed=7, added=added, removed=removed)
    return replace(MetricSides(USE, "intents", ACCURACY, mean, pairs), **known)


WORST = dict.fromkeys(range(1000), (0.0, 1.0))


def test_right_and_wrong_cases_that_stand_alone_get_the_exact_test() -> None:
    measured = estimate_metric(sides([1.0] * 40, [1.0] * 33 + [0.0] * 7))
    assert measured.complete is not None
    assert measured.complete.test == MID_P
    assert (measured.complete.p_less, measured.n, measured.clusters) == (0.5**8, 40, 40)


def estimator_of(made: MetricSides) -> str:
    complete = estimate_metric(made).complete
    assert complete is not None
    return complete.test


def test_clustered_or_graded_cases_get_no_test_for_shares() -> None:
    scores = [1.0] * 20 + [0.0] * 20
    clustered = sides(scores, scores, [i // 4 for i in range(40)])
    assert estimate_metric(clustered).clusters == 10
    assert estimator_of(clustered) != MID_P
    assert estimator_of(sides([*scores, 0.5], [*scores, 0.5])) != MID_P


def test_a_figure_that_is_no_mean_never_gets_the_test_for_shares() -> None:
    def f1(sums: Mapping[str, Any]) -> Any:
        return 2 * sums["correct"] / (sums["correct"] + sums["count"])

    scores = [1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]
    assert estimator_of(sides(scores, scores, value=f1)) != MID_P


def test_the_reason_given_by_the_caller_is_incompatible() -> None:
    measured = estimate_metric(sides([1.0], [1.0], incompatible="another tokenizer"))
    assert measured.problem == ("incompatible", "another tokenizer")


def test_under_99_percent_shared_cases_are_incompatible() -> None:
    made = sides([1.0] * 98, [1.0] * 98, removed=2)
    assert estimate_metric(made).problem == ("incompatible", "only 98 of 100 cases are on both sides, 99 % are needed")
    almost = estimate_metric(sides([1.0] * 99, [1.0] * 99, removed=1))
    assert (almost.problem, almost.n, almost.removed, almost.added) == (None, 99, 1, 0)


def test_no_cases_are_incomplete() -> None:
    assert estimate_metric(sides([], [])).problem == ("incomplete", "there are no cases")


def test_over_one_percent_of_failed_answers_are_incomplete_on_either_side() -> None:
    failed = [np.nan] * 2 + [1.0] * 98
    expected = "2 of 100 answers of the {} are missing or failed, 1 % is tolerated"
    for name, pair in (("candidate", ([1.0] * 100, failed)), ("baseline", (failed, [1.0] * 100))):
        assert estimate_metric(sides(*pair, worst=WORST)).problem == ("incomplete", expected.format(name))


def test_one_failed_answer_is_incomplete_where_the_metric_has_no_worst_score() -> None:
    made = sides([1.0] * 200, [1.0] * 199 + [np.nan])
    reason = "1 of 200 answers of the candidate failed, and the metric has no worst score"
    assert estimate_metric(made).problem == ("incomplete", reason)
    assert estimate_metric(replace(made, worst={})).problem == ("incomplete", reason)


def test_a_failed_answer_counts_as_worst_for_the_candidate_and_best_for_the_baseline() -> None:
    baseline, candidate = [np.nan] + [1.0, 0.0] * 100, [1.0, np.nan] + [0.0, 1.0] * 99 + [1.0]
    measured = estimate_metric(sides(baseline, candidate, worst=WORST))
    assert measured.problem is None
    assert measured.complete is not None
    assert measured.worst_case is not None
    assert (measured.complete.baseline, measured.complete.candidate) == (99 / 199, 100 / 199)
    assert (measured.worst_case.baseline, measured.worst_case.candidate) == (101 / 201, 101 / 201)
    assert (measured.baseline_errors, measured.candidate_errors, measured.n) == (1, 1, 201)


def test_failed_answers_of_the_baseline_alone_count_as_its_best() -> None:
    measured = estimate_metric(sides([np.nan] + [1.0, 0.0] * 100, [1.0] + [1.0, 0.0] * 100, worst=WORST))
    assert measured.worst_case is not None
    assert (measured.problem, measured.worst_case.baseline) == (None, 101 / 201)


def test_both_sides_are_named_where_both_failed() -> None:
    nothing = [np.nan] * 60
    reason = (
        "60 of 60 answers of the baseline and 60 of 60 answers of the candidate are missing or failed, 1 % is tolerated"
    )
    assert estimate_metric(sides(nothing, nothing)).problem == ("incomplete", reason)


def test_a_baseline_that_was_never_asked_is_incomplete() -> None:
    reason = "the baseline was never asked what this metric reads"
    assert estimate_metric(sides([], [], added=60)).problem == ("incomplete", reason)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=200, max_size=200), st.sets(st.integers(0, 199), max_size=2))
def test_a_failed_answer_never_raises_the_candidate(scores: list[float], failed: set[int]) -> None:
    whole = estimate_metric(sides([0.5] * 200, scores, worst=WORST), replicates=50).worst_case
    cut = [np.nan if i in failed else score for i, score in enumerate(scores)]
    counted = estimate_metric(sides([0.5] * 200, cut, worst=WORST), replicates=50).worst_case
    assert whole is not None
    assert counted is not None
    assert counted.candidate <= whole.candidate


def test_a_metric_that_never_scored_failed_on_every_case() -> None:
    made = sides([0.5] * 9, [0.5] * 9)
    measured = estimate_metric(replace(made, pairs=replace(made.pairs, candidate=np.empty((9, 0)))))
    reason = "9 of 9 answers of the candidate are missing or failed, 1 % is tolerated"
    assert measured.problem == ("incomplete", reason)


def test_a_value_that_is_no_number_is_incomplete() -> None:
    measured = estimate_metric(sides([0.5] * 9, [0.5] * 9, value=lambda sums: sums["correct"] / (0 * sums["count"])))
    assert measured.problem == ("incomplete", "the value of the baseline and the candidate is not a number")


@pytest.mark.parametrize(
    ("against", "side", "said"),
    [
        ("baseline", "baseline", " of the baseline"),
        ("baseline", "candidate", " of the candidate"),
        ("anchor", "baseline", " of the anchor"),
        ("anchor", "candidate", " of the candidate"),
        ("nothing", "candidate", ""),
    ],
)
def test_the_side_that_lacks_something_is_the_one_that_is_named(
    against: Against, side: Literal["baseline", "candidate"], said: str
) -> None:
    without = replace(sides([0.5] * 9, [0.5] * 9), against=against)
    cut = replace(without, pairs=replace(without.pairs, **{side: np.full((9, 2), np.nan)}))
    assert estimate_metric(cut).problem == (
        "incomplete",
        f"9 of 9 answers{said} are missing or failed, 1 % is tolerated",
    )
    odd = replace(without, value=lambda sums: sums["correct"] / sums["count"])
    empty = replace(odd, pairs=replace(odd.pairs, **{side: np.zeros((9, 2))}))
    assert estimate_metric(empty).problem == ("incomplete", f"the value{said} is not a number")
    whole = WholeSides(USE, "intents", ACCURACY, 0.5, 0.5, [], [], n=9, clusters=9, against=against)
    assert estimate_metric(replace(whole, **{side: None})).problem == ("incomplete", f"the metric gave no value{said}")


def test_a_value_that_raises_is_incomplete_and_says_so() -> None:
    measured = estimate_metric(sides([0.5] * 9, [0.5] * 9, value=lambda sums: sums["missing"]))
    assert measured.problem == ("incomplete", "the metric's value failed: KeyError: 'missing'")


def test_a_value_undefined_on_part_of_the_cases_is_incomplete() -> None:
    only_one_counts = np.array([[1.0, float(i == 0)] for i in range(10)])
    made = sides([0.5] * 10, [0.5] * 10)
    measured = estimate_metric(
        replace(made, pairs=replace(made.pairs, baseline=only_one_counts, candidate=only_one_counts))
    )
    assert measured.problem == ("incomplete", "the value is not a number on part of the cases")


def test_intervals_stay_inside_the_bounds_of_the_metric() -> None:
    measured = estimate_metric(sides([1.0] * 40, [1.0] * 40, [i // 4 for i in range(40)]))
    assert measured.complete is not None
    assert measured.complete.baseline_bounds.interval95 == pytest.approx((0.722467, 1.0), abs=1e-6)


def test_a_whole_metric_is_measured_by_its_jackknife() -> None:
    replicates = [0.50, 0.52, 0.48, 0.51, 0.49, 0.50]
    lower = [0.40, 0.43, 0.38, 0.40, 0.39, 0.40]
    made = WholeSides(USE, "intents", ACCURACY, 0.5, 0.4, replicates, lower, n=60, clusters=60)
    measured = estimate_metric(made)
    assert measured.complete is not None
    assert measured.complete.difference == pytest.approx(-0.1)
    assert measured.complete.p_less < 0.01
    assert estimate_metric(replace(made, candidate=None)).problem == (
        "incomplete",
        "the metric gave no value of the candidate",
    )
    assert estimate_metric(replace(made, candidate_errors=1)).problem is not None


def test_a_loss_that_is_the_same_whatever_is_left_out_is_beyond_chance() -> None:
    record = replace(ACCURACY, names=())
    whole = WholeSides(USE, "intents", record, 1.0, 0.0, [1.0] * 20, [0.0] * 20, n=60, clusters=60)
    paired = estimate_metric(whole).complete
    assert paired is not None
    assert (paired.p_less, paired.p_greater) == (0.5**20, 1.0)
    assert paired.high < 0


def test_per_case_without_right_or_wrong_samples_is_incomplete() -> None:
    graded = sides([0.55] * 9, [0.5] * 9, use=replace(USE, per_case=True), samples=10)
    reason = "per_case needs scores that are 0 or 1 for each of several samples"
    assert estimate_metric(graded).problem == ("incomplete", reason)
