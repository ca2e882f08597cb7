"""What every dataset and every cleaner must do."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.protocols import Cleaner, Dataset
from harness.testing import strategies
from harness.testing.contracts.component import ComponentContract
from harness.testing.contracts.samples import CONVERSATIONS
from harness.testing.contracts.showing import shown
from harness.types import Changed, Conversation, Dropped, Kept, LoadRequest, Message, Outcome, Rejected
from harness.types.component import ComponentKind

BuildDataset = Callable[[], Dataset]
BuildCleaner = Callable[[], Cleaner]


class DatasetContract(ComponentContract):
    """Give `options` that name a source with two rows or more."""

    kind: ClassVar[ComponentKind] = "dataset"

    def test_it_yields_conversations_or_what_it_cannot_read(self, build: BuildDataset) -> None:
        rows = list(build().load(LoadRequest()))
        assert len(rows) > 1, self._broken("its contract needs options that name a source with two rows or more")
        other = next((row for row in rows if not isinstance(row, Conversation | Rejected)), None)
        assert other is None, self._broken(f"a row is a Conversation or Rejected, not {shown(other)}")

    def test_a_row_that_cannot_be_read_says_where_it_is_and_why(self, build: BuildDataset) -> None:
        for row in build().load(LoadRequest()):
            told = not isinstance(row, Rejected) or (row.file and row.line >= 1 and row.reason.strip())
            assert told, self._broken(f"Rejected has a file, a line counted from 1 and a reason; {shown(row)}")

    def test_every_conversation_has_an_id_of_its_own(self, build: BuildDataset) -> None:
        count_by_id = Counter(conversation.id for conversation in _conversations(build()))
        wrong = [name for name, count in count_by_id.items() if count > 1 or not isinstance(name, str) or not name]
        assert not wrong, self._broken(f"ids are texts and none is there twice; {shown(wrong)}")

    def test_every_conversation_has_messages(self, build: BuildDataset) -> None:
        for one in _conversations(build()):
            texts = [isinstance(turn, Message) and isinstance(turn.content, str) for turn in one.messages]
            good = bool(texts) and all(texts)
            assert good, self._broken(f"a conversation has messages, and those a text; {shown(one)}")

    def test_loading_it_again_gives_the_same_rows(self, build: BuildDataset) -> None:
        dataset = build()
        first, second = (list(dataset.load(LoadRequest())) for _ in range(2))
        assert first == second, self._broken("a second load gives the same rows in the same order, under the same ids")

    def test_a_limit_gives_the_first_rows(self, build: BuildDataset) -> None:
        rows = list(build().load(LoadRequest()))
        for limit in (0, 1, len(rows), len(rows) + 1):
            limited = list(build().load(LoadRequest(limit=limit)))
            rule = f"limit={limit} gives the first {limit} rows of {len(rows)}, not {len(limited)}"
            assert limited == rows[:limit], self._broken(rule)

    def _inputs(self, build: BuildDataset, folder: Path) -> LoadRequest:
        return LoadRequest()

    def _work(self, built: Dataset, inputs: LoadRequest) -> list[Conversation | Rejected]:
        return list(built.load(inputs))


class CleanerContract(ComponentContract):
    """Override `conversations` to add some that the cleaner changes or drops. It must cope with any."""

    kind: ClassVar[ComponentKind] = "cleaner"

    def conversations(self) -> Sequence[Conversation]:
        return CONVERSATIONS

    def test_each_conversation_has_exactly_one_outcome(self, build: BuildCleaner, tmp_path: Path) -> None:
        def one_each(conversations: Sequence[Conversation]) -> None:
            outcomes = list(build().clean(iter(conversations)))
            other = next((one for one in outcomes if not isinstance(one, Kept | Changed | Dropped)), None)
            assert other is None, self._broken(f"an outcome is Kept, Changed or Dropped, not {shown(other)}")
            given, wanted = (sorted(one.id for one in some) for some in (outcomes, conversations))
            assert given == wanted, self._broken(f"each id has one outcome: {shown(wanted)} have {shown(given)}")

        one_each([])
        self._for_each_input(build, tmp_path, one_each)

    def test_a_change_or_a_drop_has_a_reason(self, build: BuildCleaner, tmp_path: Path) -> None:
        def reasoned(conversations: Sequence[Conversation]) -> None:
            for one in build().clean(conversations):
                said = isinstance(one, Kept) or (isinstance(one.reason, str) and one.reason.partition(":")[0].strip())
                assert said, self._broken(f"Changed and Dropped say why, in words before the first colon; {shown(one)}")

        self._for_each_input(build, tmp_path, reasoned)

    def test_a_change_keeps_the_id(self, build: BuildCleaner, tmp_path: Path) -> None:
        def kept(conversations: Sequence[Conversation]) -> None:
            for one in build().clean(conversations):
                same = not isinstance(one, Changed) or one.conversation.id == one.id
                assert same, self._broken(f"a changed conversation has the id it had; {shown(one)}")

        self._for_each_input(build, tmp_path, kept)

    def test_cleaning_what_is_clean_keeps_everything(self, build: BuildCleaner, tmp_path: Path) -> None:
        def settled(conversations: Sequence[Conversation]) -> None:
            cleaned = _survivors(conversations, list(build().clean(conversations)))
            again = [one for one in build().clean(cleaned) if not isinstance(one, Kept)]
            assert not again, self._broken(f"what it has cleaned it keeps as it is; the second time {shown(again)}")

        self._for_each_input(build, tmp_path, settled)

    def test_the_same_cleaner_does_the_same_again(self, build: BuildCleaner, tmp_path: Path) -> None:
        def same(conversations: Sequence[Conversation]) -> None:
            cleaner = build()
            first, second = (list(cleaner.clean(conversations)) for _ in range(2))
            assert first == second, self._broken("it remembers nothing between two calls of clean")

        self._for_each_input(build, tmp_path, same)

    def test_a_row_cleaner_does_not_look_at_other_rows(self, build: BuildCleaner, tmp_path: Path) -> None:
        scope = getattr(build(), "scope", None)
        assert scope in ("row", "set"), self._broken(f'scope is "row" or "set", not {scope!r}')
        if scope == "set":
            pytest.skip("the cleaner looks at the whole set")

        def alone(conversations: Sequence[Conversation]) -> None:
            together = {outcome.id: outcome for outcome in build().clean(conversations)}
            each = {outcome.id: outcome for one in conversations for outcome in build().clean([one])}
            rule = 'with scope "row" an outcome depends on its own conversation alone; else the scope is "set"'
            assert together == each, self._broken(rule)

        self._for_each_input(build, tmp_path, alone)

    def _inputs(self, build: BuildCleaner, folder: Path) -> Sequence[Conversation]:
        return copy.deepcopy(self.conversations())

    def _drawn(self, build: BuildCleaner) -> SearchStrategy[Sequence[Conversation]]:
        return st.lists(strategies.conversations(), max_size=4, unique_by=lambda one: one.id)

    def _work(self, built: Cleaner, inputs: Sequence[Conversation]) -> list[Outcome]:
        return list(built.clean(inputs))


def _conversations(dataset: Dataset) -> Sequence[Conversation]:
    return [row for row in dataset.load(LoadRequest()) if isinstance(row, Conversation)]


def _survivors(conversations: Sequence[Conversation], outcomes: Sequence[Outcome]) -> Sequence[Conversation]:
    outcome_by_id = {outcome.id: outcome for outcome in outcomes}
    changed = {one.id: one.conversation for one in outcomes if isinstance(one, Changed)}
    return [changed.get(one.id, one) for one in conversations if not isinstance(outcome_by_id[one.id], Dropped)]
