"""What every dataset and every cleaner must do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from harness.protocols import Cleaner, Dataset
from harness.testing.builders import make_conversation
from harness.testing.contracts.build import ComponentContract
from harness.types import Changed, Conversation, Dropped, Kept, LoadRequest, Message, Outcome, Rejected


class DatasetContract(ComponentContract):
    """Give `options` that name a source with two rows or more."""

    def test_rows_are_conversations_or_say_where_and_why_not(self, build: Callable[[], Dataset]) -> None:
        rows = list(build().load(LoadRequest()))
        assert rows
        for row in rows:
            assert isinstance(row, Conversation | Rejected)
            assert not isinstance(row, Rejected) or (row.file and row.line >= 1 and row.reason)

    def test_ids_are_unique_and_conversations_have_messages(self, build: Callable[[], Dataset]) -> None:
        conversations = [row for row in build().load(LoadRequest()) if isinstance(row, Conversation)]
        assert all(conversation.messages for conversation in conversations)
        assert max(Counter(conversation.id for conversation in conversations).values()) == 1

    def test_loading_twice_gives_the_same_rows(self, build: Callable[[], Dataset]) -> None:
        dataset = build()
        assert list(dataset.load(LoadRequest())) == list(dataset.load(LoadRequest()))

    def test_a_limit_gives_the_first_rows(self, build: Callable[[], Dataset]) -> None:
        rows = list(build().load(LoadRequest()))
        assert list(build().load(LoadRequest(limit=1))) == rows[:1]


class CleanerContract(ComponentContract):
    """Override `conversations` where the cleaner needs others than the samples."""

    def conversations(self) -> Sequence[Conversation]:
        return SAMPLES

    def test_each_id_has_exactly_one_outcome(self, build: Callable[[], Cleaner]) -> None:
        outcomes = list(build().clean(iter(self.conversations())))
        assert all(isinstance(outcome, Kept | Changed | Dropped) for outcome in outcomes)
        assert sorted(outcome.id for outcome in outcomes) == sorted(one.id for one in self.conversations())

    def test_a_change_or_a_drop_has_a_reason_and_keeps_the_id(self, build: Callable[[], Cleaner]) -> None:
        for outcome in build().clean(self.conversations()):
            assert isinstance(outcome, Kept) or outcome.reason
            assert not isinstance(outcome, Changed) or outcome.conversation.id == outcome.id

    def test_cleaning_what_is_clean_keeps_everything(self, build: Callable[[], Cleaner]) -> None:
        cleaned = _survivors(self.conversations(), list(build().clean(self.conversations())))
        assert not [outcome for outcome in build().clean(cleaned) if not isinstance(outcome, Kept)]

    def test_the_outcomes_are_the_same_each_time(self, build: Callable[[], Cleaner]) -> None:
        cleaner = build()
        assert list(cleaner.clean(self.conversations())) == list(cleaner.clean(self.conversations()))

    def test_a_row_cleaner_does_not_look_at_other_rows(self, build: Callable[[], Cleaner]) -> None:
        cleaner = build()
        assert cleaner.scope in ("row", "set")
        if cleaner.scope == "set":
            pytest.skip("the cleaner looks at the whole set")
        together = {outcome.id: outcome for outcome in cleaner.clean(self.conversations())}
        alone = {outcome.id: outcome for one in self.conversations() for outcome in build().clean([one])}
        assert together == alone


def _survivors(conversations: Sequence[Conversation], outcomes: Sequence[Outcome]) -> Sequence[Conversation]:
    outcome_by_id = {outcome.id: outcome for outcome in outcomes}
    changed = {one.id: one.conversation for one in outcomes if isinstance(one, Changed)}
    return [changed.get(one.id, one) for one in conversations if not isinstance(outcome_by_id[one.id], Dropped)]


SAMPLES: Sequence[Conversation] = (
    make_conversation("Where is my parcel?", "It is on its way to you.", id="plain"),
    make_conversation("Where is my parcel?", "It is on its way to you.", id="same again"),
    make_conversation("  where is my  PARCEL? ", "It is on its way to you.", id="same but for case and blanks"),
    make_conversation("Hi", "Hello, how can I help?", "My tent leaks.", "Seal the seams.", id="two exchanges"),
    make_conversation("Żółć — 你好 🎉", "\u202eabc\u0301 \x00 naïve", id="unicode", system="Be kind."),
    make_conversation("", "", id="empty"),
    make_conversation(" \n\t", "\u200b", id="blank"),
    make_conversation("Tell me more.", "and more " * 5000, id="long"),
    make_conversation("No reply to this", id="unanswered"),
    Conversation("no messages", ()),
    Conversation("assistant first", (Message("assistant", "Hello."), Message("user", "Hi."))),
    Conversation("two in a row", (Message("user", "Hi."), Message("user", "Anyone?"), Message("assistant", "Yes."))),
    Conversation("late system", (Message("user", "Hi."), Message("system", "Be kind."), Message("assistant", "Yes."))),
)
"""Conversations as cleaners meet them: plain, repeated, empty, blank, Unicode, very long, out of order."""
