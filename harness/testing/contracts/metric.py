"""What every metric must do."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from harness.protocols import HasWorst, Metric, Prepares, WholeMetric
from harness.testing.builders import make_answered, make_case
from harness.testing.contracts.build import ComponentContract
from harness.types import Answered, Kind, Likelihood

BuildMetric = Callable[[], Metric | WholeMetric]
Statistics = Mapping[str, float]


class MetricContract(ComponentContract):
    """Override `answered` where the metric needs other cases than the samples for what it reads."""

    def answered(self, reads: Kind) -> Sequence[Answered]:
        return SAMPLES[reads]

    def test_it_says_what_it_reads_and_which_direction_is_better(self, build: BuildMetric) -> None:
        metric = build()
        assert metric.reads in ("text", "choice", "log-likelihood")
        assert isinstance(getattr(metric, "higher_is_better", True), bool)
        assert isinstance(metric, Metric | WholeMetric)
        low, high = _bounds(metric)
        assert low < high

    def test_every_figure_is_finite_within_bounds_and_the_same_each_time(self, build: BuildMetric) -> None:
        first, second = self._prepared(build), self._prepared(build)
        answered = self.answered(first.reads)
        figure = _figure(first, answered)
        assert math.isfinite(figure)
        assert _bounds(first)[0] <= figure <= _bounds(first)[1]
        assert figure == _figure(second, answered)

    def test_the_order_of_the_cases_does_not_matter(self, build: BuildMetric) -> None:
        metric = self._prepared(build)
        answered = self.answered(metric.reads)
        assert _figure(metric, answered) == pytest.approx(_figure(metric, answered[::-1]), rel=1e-12)

    def test_the_answers_are_left_as_they_were(self, build: BuildMetric) -> None:
        metric = self._prepared(build)
        answered = self.answered(metric.reads)
        before = copy.deepcopy(answered)
        _figure(metric, answered)
        assert answered == before

    def test_statistics_are_finite_floats_under_the_same_names_for_every_case(self, build: BuildMetric) -> None:
        metric = self._metric_of_sums(build)
        scores = [metric.score(one) for one in self.answered(metric.reads)]
        assert {frozenset(score) for score in scores} == {frozenset(scores[0])}
        assert all(isinstance(figure, float) and math.isfinite(figure) for score in scores for figure in score.values())

    def test_value_of_arrays_is_the_value_of_each_of_their_elements(self, build: BuildMetric) -> None:
        metric = self._metric_of_sums(build)
        scores = [metric.score(one) for one in self.answered(metric.reads)]
        sums = [_total(scores), _total(scores[1:]), _total(scores[:1])]
        with warnings.catch_warnings(), np.errstate(divide="raise", invalid="raise", over="raise"):
            warnings.simplefilter("error")
            together = metric.value({name: np.array([one[name] for one in sums]) for name in scores[0]})
            each = [float(metric.value(one)) for one in sums]
        assert np.shape(together) == (len(sums),)
        assert together == pytest.approx(each, rel=1e-12, nan_ok=True)

    def test_an_answer_that_never_came_is_worth_no_more_than_any(self, build: BuildMetric) -> None:
        metric = self._metric_of_sums(build)
        if not isinstance(metric, HasWorst):
            pytest.skip("the metric has no worst: one errored case makes it incomplete")
        answered = self.answered(metric.reads)
        worst = [metric.worst(one.case) for one in answered]
        scores = [metric.score(one) for one in answered]
        assert all(statistics.keys() == scores[0].keys() for statistics in worst)
        for number, statistics in enumerate(worst):
            without_it = scores[:number] + scores[number + 1 :]
            assert _no_better(metric, statistics, scores[number])
            assert _no_better(metric, _total([*without_it, statistics]), _total(without_it))

    def _prepared(self, build: BuildMetric) -> Metric | WholeMetric:
        metric = build()
        if isinstance(metric, Prepares):
            metric.prepare([one.case for one in self.answered(metric.reads)])
        return metric

    def _metric_of_sums(self, build: BuildMetric) -> Metric:
        metric = self._prepared(build)
        if not isinstance(metric, Metric):
            pytest.skip("the metric is no function of sums")
        return metric


def _figure(metric: Metric | WholeMetric, answered: Sequence[Answered]) -> float:
    if isinstance(metric, Metric):
        return float(metric.value(_total(metric.score(one) for one in answered)))
    return float(metric.compute(answered))


def _total(scores: Iterable[Statistics]) -> dict[str, float]:
    scores = list(scores)
    return {name: math.fsum(score[name] for score in scores) for name in scores[0]}


def _no_better(metric: Metric, statistics: Statistics, other: Statistics) -> bool:
    sign = 1.0 if getattr(metric, "higher_is_better", True) else -1.0
    return sign * float(metric.value(statistics)) <= sign * float(metric.value(other)) + 1e-12


def _bounds(metric: Any) -> tuple[float, float]:
    low, high = getattr(metric, "bounds", (None, None))
    return -math.inf if low is None else low, math.inf if high is None else high


def _text_samples() -> Sequence[Answered]:
    sentence = "The parcel left our warehouse on Monday and will reach you by Friday."
    cases = [
        make_case("Where is it?", references=[sentence]),
        make_case("And now?", references=["It is on its way to you now.", "On its way."]),
        make_case("Grüße?", references=["Żółć, naïve café — 你好，世界 🎉"]),
        make_case("Say nothing.", references=["Nothing at all is what I have to say."]),
    ]
    return (
        make_answered(sentence, case=cases[0]),
        make_answered("The parcel left our warehouse on Tuesday", case=make_case("When?", references=[sentence])),
        make_answered("It is on the way.", "On its way.", case=cases[1]),
        make_answered("Żółć, naive café — 你好 🎉 \u202eabc\u0301", case=cases[2]),
        make_answered("", case=cases[3]),
        make_answered(" \n\t", case=make_case("Blank?", references=["No, this is not a blank line."])),
        make_answered("again and " * 2000, case=make_case("Long?", references=["again and again it is said"])),
    )


def _choice_samples() -> Sequence[Answered]:
    choices = ("refund", "delivery", "größe 📏")
    cases = [make_case(f"Question {number}", choices=choices, answer=choices[number % 3]) for number in range(7)]
    figures = [(-1.0, -2.0, -3.0), (-4.0, -1.5, -2.0), (-1.0, -2.0, -9.0), (-0.5, -0.5, -0.5), (-1.0, -2.0, -3.0)]
    scored = [
        make_answered(case=case, kind="choice", likelihoods=[Likelihood(figure, 2) for figure in three])
        for case, three in zip(cases, figures, strict=False)
    ]
    spelled, unknown = (make_answered(text, case=case) for text, case in zip(("Refund ", "?"), cases[5:], strict=True))
    return (*scored, spelled, unknown)


def _likelihood_samples() -> Sequence[Answered]:
    texts = ("It is on its way.", "Ja, natürlich 🎉", "word " * 3000, "x")
    return tuple(
        make_answered(
            case=make_case(f"Question {number}", references=[text]),
            kind="log-likelihood",
            likelihoods=[Likelihood(-1.5 * len(text.split()) - number, len(text.split()))],
        )
        for number, text in enumerate(texts)
    )


SAMPLES: Mapping[Kind, Sequence[Answered]] = {
    "text": _text_samples(),
    "choice": _choice_samples(),
    "log-likelihood": _likelihood_samples(),
}
"""A few answered cases of each kind: right, wrong, empty, blank, several samples, Unicode, very long."""
