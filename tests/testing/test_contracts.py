"""The contracts let good components pass and stop bad ones."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

import pytest

from harness.component import Component
from harness.host import HOOK_OF_KIND
from harness.testing import (
    CleanerContract,
    DatasetContract,
    MetricContract,
    RefinerContract,
    SafetyCheckContract,
    make_conversation,
)
from harness.testing.contracts import CONTRACT_OF_KIND
from harness.types import (
    Answered,
    Case,
    Checked,
    Conversation,
    Dropped,
    Finding,
    History,
    Kept,
    Kind,
    LoadRequest,
    Outcome,
    Passage,
    Proposal,
    Rejected,
)


class Length:
    """Mean length of the replies: the five-line metric of a plugin author."""

    reads: Kind = "text"

    def score(self, answered: Answered) -> Mapping[str, float]:
        return {"sum": float(len(answered.text)), "count": 1.0}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return statistics["sum"] / (statistics["count"] + (statistics["count"] == 0))


class Median:
    reads: Kind = "text"
    higher_is_better = False

    def compute(self, answered: Sequence[Answered]) -> float:
        return float(sorted(len(one.text) for one in answered)[len(answered) // 2])


class Rows:
    def load(self, request: LoadRequest) -> Iterable[Conversation | Rejected]:
        rows: list[Conversation | Rejected] = [
            make_conversation("a", "b"),
            Rejected("file", 2, "no messages"),
            make_conversation("c", "d"),
        ]
        return rows[: request.limit]


class DropBlank:
    scope: Literal["row", "set"] = "row"

    def clean(self, conversations: Iterable[Conversation]) -> Iterator[Outcome]:
        for one in conversations:
            full = all(message.content.strip() for message in one.messages)
            yield Kept(one.id) if full else Dropped(one.id, "a message is blank")


class Shouting:
    def check(self, passages: Iterable[Passage]) -> Iterator[Checked]:
        for one in passages:
            yield Checked(one.id, (Finding("shouting", "low", one.text[:20]),) if one.text.isupper() else ())


class CountDown:
    def propose(self, history: History) -> Proposal | None:
        left = 3 - len(history.cycles)
        return Proposal({"trainer.steps": left}, reason="fewer") if left else None


class TestMetricOfSums(MetricContract):
    def component(self) -> Component[Length]:
        return Component("length", Length)


class TestWholeMetric(MetricContract):
    def component(self) -> Component[Median]:
        return Component("median", Median)


class TestDataset(DatasetContract):
    def component(self) -> Component[Rows]:
        return Component("rows", Rows)


class TestCleaner(CleanerContract):
    def component(self) -> Component[DropBlank]:
        return Component("drop-blank", DropBlank)


class TestSafetyCheck(SafetyCheckContract):
    def component(self) -> Component[Shouting]:
        return Component("shouting", Shouting)


class TestRefiner(RefinerContract):
    def component(self) -> Component[CountDown]:
        return Component("count-down", CountDown)


class NamesItsWords(Length):
    def score(self, answered: Answered) -> Mapping[str, float]:
        return {answered.text[:3]: 1.0}


class CapsTheMean(Length):
    def value(self, statistics: Mapping[str, Any]) -> Any:
        return min(statistics["sum"] / statistics["count"], 1.0)


class ForgivesSilence(Length):
    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 1e9, "count": 1.0}


class Negative(Length):
    bounds = (None, -1.0)


class Fickle(Length):
    count = 0

    def value(self, statistics: Mapping[str, Any]) -> Any:
        Fickle.count += 1
        return statistics["count"] * Fickle.count


@pytest.mark.parametrize(
    ("metric", "test"),
    [
        (NamesItsWords, MetricContract.test_statistics_are_finite_floats_under_the_same_names_for_every_case),
        (CapsTheMean, MetricContract.test_value_of_arrays_is_the_value_of_each_of_their_elements),
        (ForgivesSilence, MetricContract.test_an_answer_that_never_came_is_worth_no_more_than_any),
        (Negative, MetricContract.test_every_figure_is_finite_within_bounds_and_the_same_each_time),
        (Fickle, MetricContract.test_every_figure_is_finite_within_bounds_and_the_same_each_time),
    ],
)
def test_a_bad_metric_is_stopped(metric: type[Length], test: Callable[..., None]) -> None:
    with pytest.raises((AssertionError, ValueError, FloatingPointError)):
        test(MetricContract(), metric)


def test_a_check_that_skips_a_passage_is_stopped() -> None:
    class Lazy(Shouting):
        def check(self, passages: Iterable[Passage]) -> Iterator[Checked]:
            return (one for one in super().check(passages) if one.findings)

    with pytest.raises(AssertionError):
        SafetyCheckContract().test_each_passage_gets_exactly_one_result_in_order(Lazy)


def test_a_cleaner_that_never_settles_is_stopped() -> None:
    class DropFirst(DropBlank):
        def clean(self, conversations: Iterable[Conversation]) -> Iterator[Outcome]:
            for number, one in enumerate(conversations):
                yield Kept(one.id) if number else Dropped(one.id, "it comes first")

    for test in (
        CleanerContract.test_cleaning_what_is_clean_keeps_everything,
        CleanerContract.test_a_row_cleaner_does_not_look_at_other_rows,
    ):
        with pytest.raises(AssertionError):
            test(CleanerContract(), DropFirst)


def test_a_refiner_that_repeats_itself_is_stopped() -> None:
    class Again(CountDown):
        def propose(self, history: History) -> Proposal | None:
            return Proposal({"seed": 1}, reason="again")

    with pytest.raises(AssertionError):
        RefinerContract().test_nothing_is_proposed_twice(Again)


def test_a_contract_without_a_component_says_so() -> None:
    with pytest.raises(NotImplementedError, match="MetricContract must return the component"):
        MetricContract().component()


def test_each_kind_of_component_has_a_contract() -> None:
    assert CONTRACT_OF_KIND.keys() == HOOK_OF_KIND.keys()
