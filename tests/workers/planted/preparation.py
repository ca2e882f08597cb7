"""Faults of datasets and cleaners."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from harness.testing import CleanerContract, DatasetContract, make_conversation
from harness.types import Changed, Conversation, Dropped, Kept, LoadRequest, Outcome, Rejected
from planted.sound import DropBlank, Rows, Stuck
from planted.table import Planted, row


class YieldsRecords(Rows):
    def rows(self) -> list[Any]:
        return [*super().rows(), {"messages": []}]


class RejectsWithoutALine(Rows):
    def rows(self) -> list[Any]:
        return [*super().rows(), Rejected("rows.csv", 0, "no reply")]


class RepeatsAnId(Rows):
    def rows(self) -> list[Any]:
        return [make_conversation("a", "b", id="1"), make_conversation("c", "d", id="1")]


class HasNoMessages(Rows):
    def rows(self) -> list[Any]:
        return [*super().rows(), Conversation("empty", ())]


class ReadsOnce(Rows):
    def __init__(self) -> None:
        self.left = iter(super().rows())

    def rows(self) -> list[Any]:
        return list(self.left)


class WritesIntoTheRequest(Rows):
    def load(self, request: LoadRequest) -> Iterable[Conversation | Rejected]:
        object.__setattr__(request, "limit", 1)
        return self.rows()


class LoadsMoreWithEachBuild(Rows):
    builds = itertools.count()

    def __init__(self) -> None:
        self.build = str(next(self.builds))

    def rows(self) -> list[Any]:
        return [*super().rows(), make_conversation("a", "b", id=self.build)]


class LoadsWhatIsStuck(Rows):
    def rows(self) -> list[Any]:
        return [make_conversation("a", "b", id=Stuck("1")), make_conversation("a", "b", id=Stuck("2"))]


class IgnoresTheLimit(Rows):
    def load(self, request: LoadRequest) -> Iterable[Conversation | Rejected]:
        return self.rows()


class LosesRows(DropBlank):
    def clean(self, conversations: Iterable[Conversation]) -> Iterable[Outcome]:
        return (outcome for outcome in super().clean(conversations) if isinstance(outcome, Kept))


class GivesNoReason(DropBlank):
    def clean(self, conversations: Iterable[Conversation]) -> Iterable[Outcome]:
        for outcome in super().clean(conversations):
            yield replace(outcome, reason=": ") if isinstance(outcome, Dropped) else outcome


class Renames(DropBlank):
    """It strips a message of white space, and the id of its meaning."""

    def clean(self, conversations: Iterable[Conversation]) -> Iterable[Outcome]:
        for one in conversations:
            bare = tuple(replace(message, content=message.content.strip()) for message in one.messages)
            new = Conversation("stripped", bare)
            yield Kept(one.id) if bare == one.messages else Changed(one.id, new, "stripped")


class NeverSettles(DropBlank):
    def clean(self, conversations: Iterable[Conversation]) -> Iterable[Outcome]:
        for one in conversations:
            longer = tuple(replace(message, content=message.content + "!") for message in one.messages)
            yield Changed(one.id, replace(one, messages=longer), "cheered up") if longer else Kept(one.id)


class Remembers(DropBlank):
    scope = "set"

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def clean(self, conversations: Iterable[Conversation]) -> Iterable[Outcome]:
        for one in conversations:
            yield Dropped(one.id, "seen before") if one.id in self.seen else Kept(one.id)
            self.seen.add(one.id)


class DropsRepeats(DropBlank):
    """A cleaner of sets that says it is one of rows."""

    def clean(self, conversations: Iterable[Conversation]) -> Iterable[Outcome]:
        seen: list[Any] = []
        for one in conversations:
            yield Dropped(one.id, "a repeat") if one.messages in seen else Kept(one.id)
            seen.append(one.messages)


class WritesTags(DropBlank):
    def clean(self, conversations: Iterable[Conversation]) -> Iterable[Outcome]:
        for one in conversations:
            one.tags["cleaned"] = "yes"  # type: ignore[index]
            yield Kept(one.id)


class DropsByNumber(DropBlank):
    builds = itertools.count()

    def __init__(self) -> None:
        self.build = next(self.builds)

    def clean(self, conversations: Iterable[Conversation]) -> Iterable[Outcome]:
        return (Kept(one.id, flags=(str(self.build),)) for one in conversations)


class KeepsWhatIsStuck(DropBlank):
    def clean(self, conversations: Iterable[Conversation]) -> Iterable[Outcome]:
        return (Kept(Stuck(one.id)) for one in conversations)


ROWS: dict[str, Planted] = dict(
    [
        row("dataset", YieldsRecords, DatasetContract.test_it_yields_conversations_or_what_it_cannot_read),
        row("dataset", RejectsWithoutALine, DatasetContract.test_a_row_that_cannot_be_read_says_where_it_is_and_why),
        row("dataset", RepeatsAnId, DatasetContract.test_every_conversation_has_an_id_of_its_own),
        row("dataset", HasNoMessages, DatasetContract.test_every_conversation_has_messages),
        row("dataset", ReadsOnce, DatasetContract.test_loading_it_again_gives_the_same_rows),
        row("dataset", IgnoresTheLimit, DatasetContract.test_a_limit_gives_the_first_rows),
        row("dataset", WritesIntoTheRequest, DatasetContract.test_what_it_is_given_stays_as_it_was, and_more=True),
        row(
            "dataset",
            LoadsMoreWithEachBuild,
            DatasetContract.test_two_that_are_built_alike_do_the_same,
            DatasetContract.test_a_limit_gives_the_first_rows,
        ),
        row("dataset", LoadsWhatIsStuck, DatasetContract.test_what_it_gives_can_go_to_another_process),
        row("cleaner", LosesRows, CleanerContract.test_each_conversation_has_exactly_one_outcome, and_more=True),
        row("cleaner", GivesNoReason, CleanerContract.test_a_change_or_a_drop_has_a_reason),
        row("cleaner", Renames, CleanerContract.test_a_change_keeps_the_id, and_more=True),
        row("cleaner", NeverSettles, CleanerContract.test_cleaning_what_is_clean_keeps_everything),
        row("cleaner", Remembers, CleanerContract.test_the_same_cleaner_does_the_same_again),
        row("cleaner", DropsRepeats, CleanerContract.test_a_row_cleaner_does_not_look_at_other_rows),
        row("cleaner", WritesTags, CleanerContract.test_what_it_is_given_stays_as_it_was),
        row(
            "cleaner",
            DropsByNumber,
            CleanerContract.test_two_that_are_built_alike_do_the_same,
            CleanerContract.test_a_row_cleaner_does_not_look_at_other_rows,
        ),
        row("cleaner", KeepsWhatIsStuck, CleanerContract.test_what_it_gives_can_go_to_another_process),
    ]
)
