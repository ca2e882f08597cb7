"""What every metric must do."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, get_args

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.protocols import HasWorst, Metric, Prepares, WholeMetric
from harness.testing import strategies
from harness.testing.contracts.component import ComponentContract
from harness.testing.contracts.samples import ANSWERED
from harness.testing.contracts.scoring import (
    CLOSE,
    BuildMetric,
    bounds_of,
    chooses,
    figure_of,
    is_close,
    is_no_better,
    made_up,
    prepared,
    raised_by,
    score_of,
    total_of,
    value_of,
    warns,
)
from harness.testing.contracts.showing import shown
from harness.types import Answered, Case, Kind
from harness.types.component import ComponentKind


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
        low, high = bounds_of(build())
        assert low < high, self._broken(f"the first of its bounds is less than the second; they are {low} and {high}")

    def test_what_it_cannot_score_it_refuses_by_a_value_error(self, build: BuildMetric, tmp_path: Path) -> None:
        reads = build().reads

        def refused(one: Answered) -> None:
            by_case = raised_by(build, made_up(one.case, reads))
            rule = f"a case that cannot be scored is refused by a ValueError that says why, not by {by_case!r}"
            assert by_case is None or isinstance(by_case, ValueError), self._broken(f"{rule}; {shown(one.case)}")
            error = raised_by(build, [one, *made_up(one.case, reads)])
            rule = f"whether a case is refused does not depend on the answer, here {by_case!r} and {error!r}"
            assert (by_case is None) == (error is None), self._broken(f"{rule}; {shown(one)}")

        assert self._inputs(build, tmp_path)
        for one in self.answered(reads):
            refused(one)
        self._for_all(strategies.answered(reads, self.cases(reads)), refused)

    def test_every_figure_is_finite_and_within_its_bounds(self, build: BuildMetric, tmp_path: Path) -> None:
        low, high = bounds_of(build())

        def bounded(answered: Sequence[Answered]) -> None:
            together = self._in_company(build, answered)
            figure = figure_of(prepared(build, together), together)
            rule = f"a figure is finite and within its bounds, {low} and {high}; of {shown(answered)} it is {figure}"
            within = math.isfinite(figure) and low <= figure <= high
            assert within, self._broken(rule)

        self._for_each_input(build, tmp_path, bounded)

    def test_the_order_of_the_cases_does_not_matter(self, build: BuildMetric, tmp_path: Path) -> None:
        def same(answered: Sequence[Answered]) -> None:
            forwards, backwards = self._work(build(), answered), self._work(build(), answered[::-1])
            backwards["statistics"].reverse()
            backwards["chosen"].reverse()
            rule = f"scores, choices and figure do not depend on the order of the cases; {shown(answered)}"
            same_each = all(forwards[name] == backwards[name] for name in ("statistics", "chosen"))
            assert same_each, self._broken(rule)
            assert is_close(forwards["figure"], backwards["figure"]), self._broken(rule)

        self._for_each_input(build, tmp_path, same)

    def test_statistics_are_finite_floats_under_the_same_names_for_every_case(
        self, build: BuildMetric, tmp_path: Path
    ) -> None:
        self._skip_unless_of_sums(build)

        def named(answered: Sequence[Answered]) -> None:
            together = self._in_company(build, answered)
            metric = prepared(build, together)
            scores = [score_of(metric, one) for one in together]
            for one, score in zip(together, scores, strict=True):
                rule = f"every case has the same statistics, {sorted(scores[0])}; {shown(one)} has {sorted(score)}"
                assert score.keys() == scores[0].keys(), self._broken(rule)
                finite = score and all(isinstance(value, float) and math.isfinite(value) for value in score.values())
                assert finite, self._broken(f"statistics are finite floats; of {shown(one)} they are {score}")

        self._for_each_input(build, tmp_path, named)

    def test_parts_that_are_scored_apart_add_up_to_the_whole(self, build: BuildMetric, tmp_path: Path) -> None:
        self._skip_unless_of_sums(build)

        def adds_up(answered: Sequence[Answered]) -> None:
            whole = prepared(build, answered)
            together = value_of(whole, total_of([score_of(whole, one) for one in answered]))
            for cut in range(1, len(answered)):
                parts = [answered[:cut], answered[cut:]]
                sums = [total_of([score_of(prepared(build, answered), one) for one in part]) for part in parts]
                figure = value_of(prepared(build, answered), total_of(sums))
                rule = f"cases that are scored apart add up: together {together}, in two parts {figure}"
                assert is_close(figure, together), self._broken(rule)

        self._for_each_input(build, tmp_path, adds_up)

    def test_value_of_arrays_is_the_value_of_each_of_their_elements(self, build: BuildMetric, tmp_path: Path) -> None:
        self._skip_unless_of_sums(build)

        def elementwise(answered: Sequence[Answered]) -> None:
            metric: Any = prepared(build, answered)
            scores = [score_of(metric, one) for one in answered]
            sums = [total_of(scores), *scores[:2], total_of(scores[-2:])]
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
            assert together == pytest.approx(each, rel=CLOSE, nan_ok=True), self._broken(rule)

        self._for_each_input(build, tmp_path, elementwise)

    def test_an_answer_that_never_came_is_worth_no_more_than_any(self, build: BuildMetric, tmp_path: Path) -> None:
        self._skip_unless_of_sums(build)
        if not isinstance(build(), HasWorst):
            pytest.skip("the metric has no worst: one errored case makes it incomplete")

        def worst(answered: Sequence[Answered]) -> None:
            metric: Any = prepared(build, answered)
            scores = [score_of(metric, one) for one in answered]
            for number, (one, score) in enumerate(zip(answered, scores, strict=True)):
                never = metric.worst(one.case)
                rule = f"worst has the statistics of score, {sorted(score)}, not {sorted(never)}"
                assert never.keys() == score.keys(), self._broken(rule)
                rule = f"no answer is worse than none: {shown(one)} has {score}, none has {dict(never)}"
                assert is_no_better(metric, never, score), self._broken(rule)
                others = scores[:number] + scores[number + 1 :]
                rule = f"an answer that never came does not raise the figure; it did for {shown(one.case)}"
                assert not others or is_no_better(metric, total_of([*others, never]), total_of(others)), self._broken(
                    rule
                )

        self._for_each_input(build, tmp_path, worst)

    def test_what_it_warns_of_is_a_line_of_text_each(self, build: BuildMetric, tmp_path: Path) -> None:
        if not warns(build()):
            pytest.skip("the metric warns of nothing")

        def told(answered: Sequence[Answered]) -> None:
            metric: Any = prepared(build, answered)
            said = metric.warnings([one.case for one in answered])
            assert not isinstance(said, str), self._broken(f"warnings gives several texts, not one; {shown(said)}")
            for line in said:
                good = isinstance(line, str) and line.strip() and len(line.splitlines()) == 1
                assert good, self._broken(f"a warning is a line of text; {shown(line)}")

        self._for_each_input(build, tmp_path, told)

    def test_what_it_finds_chosen_is_one_of_the_choices_or_none(self, build: BuildMetric, tmp_path: Path) -> None:
        if not chooses(build()):
            pytest.skip("the metric finds no choices in a way of its own")

        def found(answered: Sequence[Answered]) -> None:
            metric: Any = prepared(build, answered)
            for one in answered:
                chosen = metric.chosen(one)
                rule = f"chosen gives one of {one.case.choices}, as it is written there, or None; {shown(chosen)}"
                assert chosen is None or chosen in one.case.choices, self._broken(f"{rule} of {shown(one)}")

        self._for_each_input(build, tmp_path, found)

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

    def _work(self, built: Any, inputs: Sequence[Answered]) -> dict[str, Any]:
        cases = [one.case for one in inputs]
        if isinstance(built, Prepares):
            built.prepare(cases)
        figure = figure_of(built, inputs)
        return {
            "figure": None if math.isnan(figure) else figure,
            "statistics": [dict(built.score(one)) for one in inputs] if isinstance(built, Metric) else [],
            "warnings": list(built.warnings(cases)) if warns(built) else [],
            "chosen": [built.chosen(one) for one in inputs] if chooses(built) else [],
        }

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
            self._refusals[case.content] = raised_by(build, made_up(case, build().reads)) is not None
        return self._refusals[case.content]

    def _scores(self, build: BuildMetric, one: Answered) -> bool:
        return not self._refused(build, one.case) and raised_by(build, [one]) is None

    def _skip_unless_of_sums(self, build: BuildMetric) -> None:
        if not isinstance(build(), Metric):
            pytest.skip("the metric is no function of sums")
