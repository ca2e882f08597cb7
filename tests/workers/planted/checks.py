"""Faults of safety checks."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from harness.testing import SafetyCheckContract as Rules
from harness.types import Checked, DetectorAccuracy, Finding, Passage
from planted.sound import Measured, Shouting, Stuck
from planted.table import Planted, row


class SkipsTheQuiet(Shouting):
    def check(self, passages: Iterable[Passage]) -> Iterable[Checked]:
        return (one for one in super().check(passages) if one.findings)


class FindsWithoutEvidence(Shouting):
    def check(self, passages: Iterable[Passage]) -> Iterable[Checked]:
        return (Checked(one.id, (Finding("text", "low", " "),)) for one in passages)


class FindsTheHuge(Shouting):
    def check(self, passages: Iterable[Passage]) -> Iterable[Checked]:
        return (Checked(one.id, (Finding("text", "huge", "x"),)) for one in passages)  # type: ignore[arg-type]


class FindsWhereItDoesNotApply(Shouting):
    def check(self, passages: Iterable[Passage]) -> Iterable[Checked]:
        return (Checked(one.id, (Finding("text", "low", "x"),), applies=False) for one in passages)


class FindsTheFirst(Shouting):
    def check(self, passages: Iterable[Passage]) -> Iterable[Checked]:
        for number, one in enumerate(passages):
            yield Checked(one.id, () if number else (Finding("first", "low", "x"),))


class WritesIntoThePassage(Shouting):
    def check(self, passages: Iterable[Passage]) -> Iterable[Checked]:
        for one in passages:
            if one.case is not None:
                one.case.slices["checked"] = "yes"  # type: ignore[index]
            yield Checked(one.id)


class NumbersItsFindings(Shouting):
    builds = itertools.count()

    def __init__(self) -> None:
        self.build = next(self.builds)

    def check(self, passages: Iterable[Passage]) -> Iterable[Checked]:
        return (Checked(one.id, (Finding("number", "low", str(self.build)),)) for one in passages)


class SaysHowOftenInPercent(Shouting):
    accuracy = 93.0


class CountsOneSourceTwice(Measured):
    accuracy = (Measured.accuracy[0], Measured.accuracy[0])


class CountsNothing(Measured):
    accuracy = (DetectorAccuracy("letters of 2025", 0, 0, 0, 0), Measured.accuracy[1])


class NamesNoYear(Measured):
    accuracy = (DetectorAccuracy("letters", 9, 10, 90, 100), Measured.accuracy[1])


class MeasuresEachBuild(Shouting):
    builds = itertools.count(1)

    def __init__(self) -> None:
        self.accuracy = (DetectorAccuracy("letters of 2025", 1, next(self.builds), 1, 1),)


class FindsWhatIsStuck(Shouting):
    def check(self, passages: Iterable[Passage]) -> Iterable[Checked]:
        return (Checked(one.id, (Finding("text", "low", Stuck("x")),)) for one in passages)


ROWS: dict[str, Planted] = dict(
    [
        row("safety check", SkipsTheQuiet, Rules.test_each_passage_gets_exactly_one_result_in_order),
        row("safety check", FindsWithoutEvidence, Rules.test_a_finding_says_what_was_hit_and_how_bad_it_is),
        row("safety check", FindsTheHuge, Rules.test_a_finding_says_what_was_hit_and_how_bad_it_is),
        row(
            "safety check",
            FindsWhereItDoesNotApply,
            Rules.test_nothing_is_found_where_it_does_not_apply_or_failed,
        ),
        row(
            "safety check",
            SaysHowOftenInPercent,
            Rules.test_what_it_says_of_its_accuracy_is_a_record_of_counts,
            Rules.test_it_was_measured_once_on_each_source_of_a_year,
        ),
        row("safety check", Measured),
        row("safety check", CountsOneSourceTwice, Rules.test_it_was_measured_once_on_each_source_of_a_year),
        row("safety check", CountsNothing, Rules.test_it_was_measured_once_on_each_source_of_a_year),
        row("safety check", NamesNoYear, Rules.test_it_was_measured_once_on_each_source_of_a_year),
        row("safety check", MeasuresEachBuild, Rules.test_two_that_are_built_alike_do_the_same),
        row("safety check", FindsTheFirst, Rules.test_a_result_does_not_depend_on_the_other_passages),
        row("safety check", WritesIntoThePassage, Rules.test_what_it_is_given_stays_as_it_was),
        row("safety check", NumbersItsFindings, Rules.test_two_that_are_built_alike_do_the_same),
        row("safety check", FindsWhatIsStuck, Rules.test_what_it_gives_can_go_to_another_process),
    ]
)
