"""Faults of metrics."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.testing import MetricContract as Rules
from harness.types import Answered, Case
from planted.sound import Chosen, Length, Median, Referenced, Stuck
from planted.table import Planted, row


class ReadsNothingKnown(Length):
    reads = "texts"  # type: ignore[assignment]


class SaysNoDirection(Length):
    higher_is_better = None  # type: ignore[assignment]


class BoundsUpsideDown(Length):
    bounds = (1.0, 0.0)


class FailsWithoutReference(Length):
    def score(self, answered: Answered) -> Mapping[str, float]:
        return {"sum": float(answered.text == answered.case.references[0]), "count": 1.0}


class RefusesAnAnswer(Length):
    def score(self, answered: Answered) -> Mapping[str, float]:
        if "arcel" in answered.text:
            raise ValueError("no parcels, please")
        return super().score(answered)


class RefusesEverything(Length):
    def score(self, answered: Answered) -> Mapping[str, float]:
        raise ValueError("no case is good enough")


class BeyondItsBounds(Length):
    bounds = (0.0, 5.0)


class NotANumber(Length):
    def value(self, statistics: Mapping[str, Any]) -> Any:
        return statistics["sum"] * math.nan


class CountsItsCalls(Length):
    def __init__(self) -> None:
        self.calls = 0

    def score(self, answered: Answered) -> Mapping[str, float]:
        self.calls += 1
        return {"sum": float(self.calls), "count": 1.0}


class FirstReply(Median):
    def compute(self, answered: Sequence[Answered]) -> float:
        return float(len(answered[0].text))


class NamesItsWords(Length):
    def score(self, answered: Answered) -> Mapping[str, float]:
        return {**super().score(answered), **({"blank": 1.0} if answered.text.isspace() else {})}


class CountsInWholeNumbers(Length):
    def score(self, answered: Answered) -> Mapping[str, float]:
        return {**super().score(answered), "count": 1}


class DividesByWhatItSaw(Length):
    def __init__(self) -> None:
        self.seen = 0

    def score(self, answered: Answered) -> Mapping[str, float]:
        self.seen += 1
        return super().score(answered)

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return statistics["sum"] / max(self.seen, 1)


class CapsTheMean(Length):
    def value(self, statistics: Mapping[str, Any]) -> Any:
        return min(statistics["sum"] / statistics["count"], 1e9)


class DividesByNothing(Length):
    def score(self, answered: Answered) -> Mapping[str, float]:
        return {"sum": float(len(answered.text)), "count": float(len(answered.text.split()))}

    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 0.0, "count": 1.0}


class ForgivesSilence(Length):
    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 1e9, "count": 1.0}


class WritesIntoTheCase(Length):
    def score(self, answered: Answered) -> Mapping[str, float]:
        answered.case.slices["seen"] = "yes"  # type: ignore[index]
        return super().score(answered)


class GivesWhatIsStuck(Length):
    def score(self, answered: Answered) -> Mapping[str, float]:
        return {Stuck(name): value for name, value in super().score(answered).items()}


class DiffersWithEachBuild(Length):
    builds = itertools.count()

    def __init__(self) -> None:
        self.build = float(next(self.builds))

    def score(self, answered: Answered) -> Mapping[str, float]:
        return {"sum": self.build, "count": 1.0}


class WarnsInLetters(Chosen):
    def warnings(self, cases: Sequence[Case]) -> Iterable[str]:
        return "a choice of several words is never found"


class WarnsOfNothing(Chosen):
    def warnings(self, cases: Sequence[Case]) -> Iterable[str]:
        return [" "]


class WarnsOfCases(Chosen):
    def warnings(self, cases: Sequence[Case]) -> Iterable[str]:
        return cases[:1]  # type: ignore[return-value]


class WarnsOfItsBuild(Chosen):
    builds = itertools.count()

    def __init__(self) -> None:
        self.build = next(self.builds)

    def warnings(self, cases: Sequence[Case]) -> Iterable[str]:
        return [f"build {self.build}"]


class SaysWhatIsWritten(Chosen):
    def chosen(self, answered: Answered) -> str | None:
        return answered.text


class ChoosesByTurns(Chosen):
    """Every second reply is none."""

    def __init__(self) -> None:
        self.calls = 0

    def score(self, answered: Answered) -> Mapping[str, float]:
        if answered.case.answer is None:
            raise ValueError("no answer")
        return {"sum": 1.0, "count": 1.0}

    def chosen(self, answered: Answered) -> str | None:
        self.calls += 1
        return answered.case.choices[0] if self.calls == 1 else None


class WritesWhereItChooses(Chosen):
    def chosen(self, answered: Answered) -> str | None:
        answered.case.slices["seen"] = "yes"  # type: ignore[index]
        return None

    def score(self, answered: Answered) -> Mapping[str, float]:
        return {"sum": float(len(answered.case.choices) > 9), "count": 1.0}


ROWS: dict[str, Planted] = dict(
    [
        row("metric", Median),
        row("metric", Referenced),
        row("metric", ReadsNothingKnown, Rules.test_it_says_what_it_reads, and_more=True),
        row("metric", SaysNoDirection, Rules.test_it_declares_which_direction_is_better),
        row(
            "metric",
            BoundsUpsideDown,
            Rules.test_its_bounds_are_the_least_and_the_greatest_figure,
            Rules.test_every_figure_is_finite_and_within_its_bounds,
        ),
        row(
            "metric",
            FailsWithoutReference,  # which every sample has
            Rules.test_what_it_cannot_score_it_refuses_by_a_value_error,
            examples=20,
        ),
        row("metric", RefusesAnAnswer, Rules.test_what_it_cannot_score_it_refuses_by_a_value_error, and_more=True),
        row("metric", RefusesEverything, Rules.test_what_it_cannot_score_it_refuses_by_a_value_error, and_more=True),
        row("metric", BeyondItsBounds, Rules.test_every_figure_is_finite_and_within_its_bounds),
        row("metric", NotANumber, Rules.test_every_figure_is_finite_and_within_its_bounds),
        row(
            "metric",
            CountsItsCalls,
            Rules.test_the_order_of_the_cases_does_not_matter,
            Rules.test_parts_that_are_scored_apart_add_up_to_the_whole,
        ),
        row("metric", FirstReply, Rules.test_the_order_of_the_cases_does_not_matter),
        row(
            "metric",
            NamesItsWords,
            Rules.test_statistics_are_finite_floats_under_the_same_names_for_every_case,
            and_more=True,
        ),
        row(
            "metric",
            CountsInWholeNumbers,
            Rules.test_statistics_are_finite_floats_under_the_same_names_for_every_case,
        ),
        row("metric", DividesByWhatItSaw, Rules.test_parts_that_are_scored_apart_add_up_to_the_whole),
        row("metric", CapsTheMean, Rules.test_value_of_arrays_is_the_value_of_each_of_their_elements),
        row("metric", DividesByNothing, Rules.test_value_of_arrays_is_the_value_of_each_of_their_elements),
        row("metric", ForgivesSilence, Rules.test_an_answer_that_never_came_is_worth_no_more_than_any),
        row("metric", WritesIntoTheCase, Rules.test_what_it_is_given_stays_as_it_was),
        row("metric", DiffersWithEachBuild, Rules.test_two_that_are_built_alike_do_the_same, and_more=True),
        row("metric", Chosen),
        row("metric", WarnsInLetters, Rules.test_what_it_warns_of_is_a_line_of_text_each),
        row("metric", WarnsOfNothing, Rules.test_what_it_warns_of_is_a_line_of_text_each),
        row("metric", WarnsOfCases, Rules.test_what_it_warns_of_is_a_line_of_text_each),
        row("metric", WarnsOfItsBuild, Rules.test_two_that_are_built_alike_do_the_same),
        row("metric", SaysWhatIsWritten, Rules.test_what_it_finds_chosen_is_one_of_the_choices_or_none),
        row("metric", ChoosesByTurns, Rules.test_the_order_of_the_cases_does_not_matter),
        row("metric", WritesWhereItChooses, Rules.test_what_it_is_given_stays_as_it_was),
        row("metric", GivesWhatIsStuck, Rules.test_what_it_gives_can_go_to_another_process),
    ]
)
