"""What every metric must do."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, get_args

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.component import ComponentKind
from harness.protocols import HasWorst, Metric, Prepares, WholeMetric
from harness.testing import strategies
from harness.testing.contracts.component import ComponentContract
from harness.testing.contracts.samples import ANSWERED
from harness.testing.contracts.showing import shown
from harness.types import Answered, Case, Kind, Likelihood, Prediction

BuildMetric = Callable[[], Metric | WholeMetric]
Statistics = Mapping[str, float]

_CLOSE = 1e-9


class MetricContract(ComponentContract):
    """Override `answered` where the metric needs cases of its own: a few with their answers. Others are made of them.

    A metric refuses a case that it cannot score, one without reference for instance, by a ValueError, whatever the
    answer: a suite with such a case is then not begun. What it refuses is left out here.
    """

    kind: ClassVar[ComponentKind] = "metric"

    def answered(self, reads: Kind) -> Sequence[Answered]:
        return ANSWERED[reads]

    def cases(self, reads: Kind) -> SearchStrategy[Case]:
        """The cases that are drawn: those of `answered`, and any."""
        return st.sampled_from([one.case for one in self.answered(reads)]) | strategies.cases(reads)

    def test_it_says_what_it_reads(self, build: BuildMetric) -> None:
        metric = build()
        known = get_args(Kind)
        assert getattr(metric, "reads", None) in known, self._broken(f"reads is one of {known}")
        assert isinstance(metric, Metric | WholeMetric), self._broken("it has score and value, or compute")

    def test_it_declares_which_direction_is_better(self, build: BuildMetric) -> None:
        declared = getattr(build(), "higher_is_better", None)
        assert isinstance(declared, bool), self._broken("higher_is_better says True, or False for a loss")

    def test_its_bounds_are_the_least_and_the_greatest_figure(self, build: BuildMetric) -> None:
        low, high = _bounds(build())
        assert low < high, self._broken(f"the first of its bounds is less than the second; they are {low} and {high}")

    def test_what_it_cannot_score_it_refuses_by_a_value_error(self, build: BuildMetric, tmp_path: Path) -> None:
        reads = build().reads

        def refused(one: Answered) -> None:
            by_case = _raised(build, _made_up(one.case, reads))
            rule = f"a case that cannot be scored is refused by a ValueError that says why, not by {by_case!r}"
            assert by_case is None or isinstance(by_case, ValueError), self._broken(f"{rule}; {shown(one.case)}")
            error = _raised(build, [one, *_made_up(one.case, reads)])
            rule = f"whether a case is refused does not depend on the answer, here {by_case!r} and {error!r}"
            assert (by_case is None) == (error is None), self._broken(f"{rule}; {shown(one)}")

        assert self._inputs(build, tmp_path)
        for one in self.answered(reads):
            refused(one)
        self._for_all(strategies.answered(reads, self.cases(reads)), refused)

    def test_every_figure_is_finite_and_within_its_bounds(self, build: BuildMetric, tmp_path: Path) -> None:
        low, high = _bounds(build())

        def bounded(answered: Sequence[Answered]) -> None:
            together = self._in_company(build, answered)
            figure = _figure(_prepared(build, together), together)
            rule = f"a figure is finite and within its bounds, {low} and {high}; of {shown(answered)} it is {figure}"
            within = math.isfinite(figure) and low <= figure <= high
            assert within, self._broken(rule)

        self._for_each_input(build, tmp_path, bounded)

    def test_the_order_of_the_cases_does_not_matter(self, build: BuildMetric, tmp_path: Path) -> None:
        def same(answered: Sequence[Answered]) -> None:
            forwards, backwards = self._work(build(), answered), self._work(build(), answered[::-1])
            backwards["statistics"].reverse()
            rule = f"scores and figure do not depend on the order of the cases; {shown(answered)}"
            assert forwards["statistics"] == backwards["statistics"], self._broken(rule)
            assert _close(forwards["figure"], backwards["figure"]), self._broken(rule)

        self._for_each_input(build, tmp_path, same)

    def test_statistics_are_finite_floats_under_the_same_names_for_every_case(
        self, build: BuildMetric, tmp_path: Path
    ) -> None:
        self._skip_unless_of_sums(build)

        def named(answered: Sequence[Answered]) -> None:
            together = self._in_company(build, answered)
            metric = _prepared(build, together)
            scores = [_score(metric, one) for one in together]
            for one, score in zip(together, scores, strict=True):
                rule = f"every case has the same statistics, {sorted(scores[0])}; {shown(one)} has {sorted(score)}"
                assert score.keys() == scores[0].keys(), self._broken(rule)
                finite = score and all(isinstance(value, float) and math.isfinite(value) for value in score.values())
                assert finite, self._broken(f"statistics are finite floats; of {shown(one)} they are {score}")

        self._for_each_input(build, tmp_path, named)

    def test_parts_that_are_scored_apart_add_up_to_the_whole(self, build: BuildMetric, tmp_path: Path) -> None:
        self._skip_unless_of_sums(build)

        def adds_up(answered: Sequence[Answered]) -> None:
            whole = _prepared(build, answered)
            together = _value(whole, _total([_score(whole, one) for one in answered]))
            for cut in range(1, len(answered)):
                parts = [answered[:cut], answered[cut:]]
                sums = [_total([_score(_prepared(build, answered), one) for one in part]) for part in parts]
                figure = _value(_prepared(build, answered), _total(sums))
                rule = f"cases that are scored apart add up: together {together}, in two parts {figure}"
                assert _close(figure, together), self._broken(rule)

        self._for_each_input(build, tmp_path, adds_up)

    def test_value_of_arrays_is_the_value_of_each_of_their_elements(self, build: BuildMetric, tmp_path: Path) -> None:
        self._skip_unless_of_sums(build)

        def elementwise(answered: Sequence[Answered]) -> None:
            metric: Any = _prepared(build, answered)
            scores = [_score(metric, one) for one in answered]
            sums = [_total(scores), *scores[:2], _total(scores[-2:])]
            arrays = {name: np.array([one[name] for one in sums]) for name in scores[0]}
            try:
                with warnings.catch_warnings(), np.errstate(divide="raise", invalid="raise", over="raise"):
                    warnings.simplefilter("error")
                    together, each = metric.value(arrays), [float(metric.value(one)) for one in sums]
            except (ArithmeticError, Warning) as error:
                rule = f"value takes the sums of any cases, where there is nothing to divide by, too: {error!r}"
                raise AssertionError(self._broken(rule)) from error
            rule = f"value of arrays is the value of each element, {each}; it is {shown(together)}"
            assert np.shape(together) == (len(sums),), self._broken(rule)
            assert together == pytest.approx(each, rel=_CLOSE, nan_ok=True), self._broken(rule)

        self._for_each_input(build, tmp_path, elementwise)

    def test_an_answer_that_never_came_is_worth_no_more_than_any(self, build: BuildMetric, tmp_path: Path) -> None:
        self._skip_unless_of_sums(build)
        if not isinstance(build(), HasWorst):
            pytest.skip("the metric has no worst: one errored case makes it incomplete")

        def worst(answered: Sequence[Answered]) -> None:
            metric: Any = _prepared(build, answered)
            scores = [_score(metric, one) for one in answered]
            for number, (one, score) in enumerate(zip(answered, scores, strict=True)):
                never = metric.worst(one.case)
                rule = f"worst has the statistics of score, {sorted(score)}, not {sorted(never)}"
                assert never.keys() == score.keys(), self._broken(rule)
                rule = f"no answer is worse than none: {shown(one)} has {score}, none has {dict(never)}"
                assert _no_better(metric, never, score), self._broken(rule)
                others = scores[:number] + scores[number + 1 :]
                rule = f"an answer that never came does not raise the figure; it did for {shown(one.case)}"
                assert not others or _no_better(metric, _total([*others, never]), _total(others)), self._broken(rule)

        self._for_each_input(build, tmp_path, worst)

    def _inputs(self, build: BuildMetric, folder: Path) -> Sequence[Answered]:
        taken = [copy.deepcopy(one) for one in self.answered(build().reads) if not self._refused(build, one.case)]
        assert taken, self._broken("it refuses every sample; override answered() with cases that it can score")
        return taken

    def _drawn(self, build: BuildMetric) -> SearchStrategy[Sequence[Answered]]:
        """A few answers that the metric can score; one that it fails on is the matter of one rule, not of all."""
        reads = build().reads
        one = strategies.answered(reads, self.cases(reads))
        several = st.lists(one, min_size=1, max_size=3, unique_by=lambda one: one.case.id)
        scored = several.map(lambda answered: [one for one in answered if self._scores(build, one)])
        return scored.filter(bool)

    def _work(self, built: Metric | WholeMetric, inputs: Sequence[Answered]) -> dict[str, Any]:
        if isinstance(built, Prepares):
            built.prepare([one.case for one in inputs])
        figure = _figure(built, inputs)
        statistics = [dict(built.score(one)) for one in inputs] if isinstance(built, Metric) else []
        return {"figure": None if math.isnan(figure) else figure, "statistics": statistics}

    def _in_company(self, build: BuildMetric, answered: Sequence[Answered]) -> Sequence[Answered]:
        """The answers with two samples, since what is undefined for one case alone need not be for all of a suite."""
        others = {one.case.id for one in answered}
        return [*(one for one in self._inputs(build, Path())[:2] if one.case.id not in others), *answered]

    @cached_property
    def _refusals(self) -> dict[str, bool]:
        """Whether a case is refused, by its content, as far as known."""
        return {}

    def _refused(self, build: BuildMetric, case: Case) -> bool:
        if case.content not in self._refusals:
            self._refusals[case.content] = _raised(build, _made_up(case, build().reads)) is not None
        return self._refusals[case.content]

    def _scores(self, build: BuildMetric, one: Answered) -> bool:
        return not self._refused(build, one.case) and _raised(build, [one]) is None

    def _skip_unless_of_sums(self, build: BuildMetric) -> None:
        if not isinstance(build(), Metric):
            pytest.skip("the metric is no function of sums")


def _made_up(case: Case, reads: Kind) -> Sequence[Answered]:
    """Two answers to the case as preflight tries them: what a metric refuses is refused before there is a real one."""
    if reads == "text":
        said = [(text,) * (1 + len(case.follow_ups)) for text in ("", "a")]
        return [Answered(case, (Prediction("", case.content, reads, replies=replies),)) for replies in said]
    even = (Likelihood(-1.0, 1),) * (len(case.choices) if reads == "choice" else 1)
    return [Answered(case, (Prediction("", case.content, reads, likelihoods=even),))] * 2


def _raised(build: BuildMetric, answered: Sequence[Answered]) -> Exception | None:
    """What the metric raises where it scores these; tried on copies, so that nothing is written into them."""
    answered = copy.deepcopy(answered)
    try:
        metric = _prepared(build, answered)
        if isinstance(metric, Metric):
            for one in answered:
                metric.score(one)
        else:
            metric.compute(answered)
    except Exception as error:
        return error
    return None


def _prepared(build: BuildMetric, answered: Sequence[Answered]) -> Metric | WholeMetric:
    metric = build()
    if isinstance(metric, Prepares):
        metric.prepare(list({one.case.content: one.case for one in answered}.values()))
    return metric


def _figure(metric: Metric | WholeMetric, answered: Sequence[Answered]) -> float:
    if isinstance(metric, Metric):
        return _value(metric, _total([_score(metric, one) for one in answered]))
    return float(metric.compute(answered))


def _score(metric: Any, one: Answered) -> Statistics:
    statistics: Statistics = metric.score(one)
    return statistics


def _value(metric: Any, statistics: Statistics) -> float:
    """NaN where there is nothing to divide by."""
    try:
        with np.errstate(all="ignore"):
            return float(metric.value(statistics))
    except ArithmeticError:
        return math.nan


def _total(scores: Sequence[Statistics]) -> dict[str, float]:
    return {name: math.fsum(score[name] for score in scores) for name in scores[0]}


def _close(one: float | None, other: float | None) -> bool:
    return one == other or (None not in (one, other) and one == pytest.approx(other, rel=_CLOSE, nan_ok=True))


def _no_better(metric: Metric, statistics: Statistics, other: Statistics) -> bool:
    sign = -1.0 if getattr(metric, "higher_is_better", True) is False else 1.0
    one, limit = sign * _value(metric, statistics), sign * _value(metric, other)
    return math.isnan(one) or math.isnan(limit) or one <= limit + _CLOSE * max(1.0, abs(limit))


def _bounds(metric: Any) -> tuple[float, float]:
    low, high = getattr(metric, "bounds", None) or (None, None)
    return -math.inf if low is None else low, math.inf if high is None else high
