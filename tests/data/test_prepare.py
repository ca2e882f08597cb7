from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.data.cleaning import Clusters, Named, clean
from harness.data.file_sets import write_set
from harness.data.prepare import Prepared, load_all, prepare
from harness.data.records import LedgerEntry
from harness.errors import PluginError, UsageError
from harness.types import Case, Changed, Conversation, Dropped, Kept, LoadRequest, Message, Outcome, Rejected, Source
from harness.types.hashing import content_hash


class Listed:
    """A dataset of given rows."""

    def __init__(self, *rows: Any) -> None:
        self.rows = rows

    def load(self, request: LoadRequest) -> Iterator[Any]:
        return iter(self.rows)


class Doing:
    """A cleaner with a given outcome for each conversation."""

    scope: Literal["row", "set"] = "row"

    def __init__(self, **outcomes: Outcome) -> None:
        self.outcomes = outcomes

    def clean(self, conversations: Iterable[Conversation]) -> Iterator[Outcome]:
        # The last first: the order of outcomes must not matter.
        for one in list(conversations)[::-1]:
            yield self.outcomes.get(one.id, Kept(one.id))


class Yielding(Doing):
    """A cleaner that yields what it is told, whatever it is given."""

    def __init__(self, *outcomes: Any) -> None:
        self.told = outcomes

    def clean(self, conversations: Iterable[Conversation]) -> Iterator[Any]:
        for outcome in self.told:
            if isinstance(outcome, Exception):
                raise outcome
            yield outcome


def chat(name: str, text: str = "", **fields: Any) -> Conversation:
    return Conversation(name, (Message("user", text or f"question {name}"), Message("assistant", "yes")), **fields)


def chats(n: int) -> list[Conversation]:
    return [chat(f"c{i}") for i in range(n)]


def run(
    folder: Path,
    rows: Sequence[Any],
    cleaners: Sequence[Any] = (),
    cases: Sequence[Case] = (),
    recorded: list[LedgerEntry] | None = None,
    **settings: Any,
) -> Prepared:
    arguments = {"validation": 0.2, "seed": 0, "allow_contaminated": False, **settings}
    return prepare(
        [Named("listed", "own", Listed(*rows))],
        [Named("doing", "own", one) for one in cleaners],
        [("suite", one) for one in cases],
        folder,
        record=(recorded if recorded is not None else []).extend,
        **arguments,
    )


def ids(conversations: Iterable[Conversation]) -> list[str]:
    return [one.id for one in conversations]


def test_what_cleaners_leave_is_split_and_keeps_its_order(tmp_path: Path) -> None:
    cleaner = Doing(
        c1=Dropped("c1", "too odd: it is 1"),
        c2=Changed("c2", chat("c2", "mended"), "mended", flags=("hot",)),
        c3=Dropped("c3", "too odd: it is 3"),
    )
    result = run(tmp_path, chats(10), [cleaner], validation=0)
    assert ids(result.train) == ["c0", "c2", "c4", "c5", "c6", "c7", "c8", "c9"]
    assert result.train[1].messages[0].content == "mended"
    (summary,) = result.summary.cleaners
    assert (summary.dropped, summary.changed, summary.flags) == (2, 1, {"hot": 1})
    assert [(one.outcome, one.reason, one.count) for one in summary.reasons] == [
        ("dropped", "too odd", 2),
        ("changed", "mended", 1),
    ]
    assert summary.reasons[0].examples[1].reason == "too odd: it is 3"


def test_every_change_and_drop_is_recorded_with_its_source(tmp_path: Path) -> None:
    recorded: list[LedgerEntry] = []
    rows = [chat("c0"), chat("c1", source=Source("f.jsonl", 7))]
    run(tmp_path, rows, [Doing(c1=Dropped("c1", "odd: 1"))], recorded=recorded)
    assert recorded == [LedgerEntry("doing", "c1", "dropped", "odd: 1", "f.jsonl:7")]


def test_a_cleaner_used_twice_is_told_apart(tmp_path: Path) -> None:
    recorded: list[LedgerEntry] = []
    cleaner = Doing(c1=Changed("c1", chat("c1", "again"), "again"))
    run(tmp_path, chats(3), [cleaner, cleaner], recorded=recorded)
    assert [entry.cleaner for entry in recorded] == ["doing", "doing~2"]


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([Kept("a")], "no outcome for 1 of 2 ids, first for 'b'"),
        ([Kept("a"), Kept("b"), Kept("a")], "a second outcome for 'a'"),
        ([Kept("x")], "an outcome for 'x', which it was not given"),
        ([None], "after 0 outcomes it yielded a misfit: expected Kept or Changed or Dropped, got None"),
        ([Changed("a", chat("z"), "renamed")], "changed 'a' into a conversation with id 'z'"),
        ([RuntimeError("boom")], "RuntimeError: boom"),
    ],
)
def test_a_cleaner_that_breaks_its_contract_is_named(tmp_path: Path, outcomes: list[Any], said: str) -> None:
    with pytest.raises(PluginError, match=f"^plugin own: cleaner 'doing': clean: .*{said}"):
        run(tmp_path, [chat("a"), chat("b")], [Yielding(*outcomes)])
    assert list(tmp_path.iterdir()) == []


def test_a_dataset_that_breaks_its_contract_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        PluginError,
        match=r"^plugin own: dataset 'listed': load: after 1 conversations it yielded a misfit: expected Conversation",
    ):
        run(tmp_path, [chat("a"), 3])


@pytest.mark.parametrize("quoted", ["'listed'", "dataset 'listed'", "plugin own: dataset 'listed': load"])
def test_the_one_that_failed_is_blamed_whatever_its_error_quotes(tmp_path: Path, quoted: str) -> None:
    failing = Named("doing", "another", Yielding(RuntimeError(f"no {quoted}")))
    with pytest.raises(PluginError, match=r"^plugin another: cleaner 'doing': clean: RuntimeError: no "):
        clean(write_set(tmp_path / "a.jsonl", [chat("a")]), failing, tmp_path / "0", Clusters(), lambda rows: None)


def test_rejected_rows_are_kept_apart_and_equal_ids_made_different() -> None:
    bad = Rejected("f.jsonl", 2, "is not JSON")
    conversations, rejected = load_all(
        [Named("one", "own", Listed(chat("a"), bad)), Named("two", "own", Listed(chat("a"), chat("a")))]
    )
    assert ids(conversations) == ["a", "a~2", "a~3"]
    assert rejected == [bad]


def test_a_case_of_a_suite_is_kept_out_of_training(tmp_path: Path) -> None:
    recorded: list[LedgerEntry] = []
    case = Case("k", (Message("user", "Question c3!"),))
    result = run(tmp_path, chats(10), cases=[case], recorded=recorded)
    assert "c3" not in ids(result.train) + ids(result.validation)
    (found,) = result.summary.contaminated
    assert (found.conversation, found.suite, found.case, found.kept) == ("c3", "suite", "k", False)
    assert recorded[0].reason == "case of a suite: suite k (100% of its word 5-grams)"


def test_a_case_is_trained_on_only_by_permission_and_still_listed(tmp_path: Path) -> None:
    case = Case("k", (Message("user", "Question c3!"),))
    result = run(tmp_path, chats(10), cases=[case], allow_contaminated=True)
    assert "c3" in ids(result.train) + ids(result.validation)
    assert [(one.conversation, one.kept) for one in result.summary.contaminated] == [("c3", True)]


def test_nothing_left_is_an_error_that_says_where_all_went(tmp_path: Path) -> None:
    case = Case("k", (Message("user", "question b"),))
    rows = [chat("a"), chat("b"), Rejected("f", 1, "bad")]
    with pytest.raises(UsageError) as caught:
        run(tmp_path, rows, [Doing(a=Dropped("a", "odd"))], [case])
    assert str(caught.value) == (
        "no conversation is left to train on: 2 loaded; 1 dropped by doing, "
        "1 dropped because they are cases of a suite, 1 rows could not be read"
    )


def test_clusters_stay_together_over_several_cleaners(tmp_path: Path) -> None:
    rows = chats(60)
    pairs = Doing(**{one.id: Kept(one.id, cluster=str(i // 2)) for i, one in enumerate(rows)})
    shifted = Doing(**{one.id: Kept(one.id, cluster=str((i + 1) // 2 % 15)) for i, one in enumerate(rows)})
    result = run(tmp_path, rows, [pairs], validation=0.3)
    held_out = set(ids(result.validation))
    assert 0 < len(held_out) < 60
    assert all((f"c{i}" in held_out) == (f"c{i + 1}" in held_out) for i in range(0, 60, 2))
    # Linked through both cleaners, all rows are one group: it is trained on, and nothing can be held out.
    assert len(run(tmp_path, rows, [pairs, shifted], validation=0.3).validation) == 0


@given(n=st.integers(2, 12), share=st.floats(0.01, 0.99), seed=st.integers(0, 99))
def test_both_sets_have_a_row_and_together_all_rows(
    tmp_path_factory: pytest.TempPathFactory, n: int, share: float, seed: int
) -> None:
    result = run(tmp_path_factory.mktemp("sets"), chats(n), validation=share, seed=seed)
    assert len(result.train) > 0
    assert len(result.validation) > 0
    assert sorted(ids(result.train) + ids(result.validation)) == sorted(ids(chats(n)))


def test_a_single_conversation_is_trained_on(tmp_path: Path) -> None:
    result = run(tmp_path, chats(1))
    assert (len(result.train), len(result.validation)) == (1, 0)


def test_the_split_depends_on_the_seed_alone(tmp_path: Path) -> None:
    first, again, other = (run(tmp_path / str(i), chats(50), seed=seed) for i, seed in enumerate((1, 1, 2)))
    assert ids(first.validation) == ids(again.validation) != ids(other.validation)
    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_the_summary_describes_what_is_left_and_is_json(tmp_path: Path) -> None:
    rows = [
        chat(f"c{i}", "x" * i, tags={"topic": "even" if i % 2 == 0 else "odd", "row": str(i)}) for i in range(1, 61)
    ]
    rows.append(replace(chat("long"), messages=(*chat("long").messages, *chat("long").messages)))
    summary = run(tmp_path, rows).summary
    assert summary.distributions.turns == {2: 60, 4: 1}
    assert summary.distributions.characters == {"shortest": 4, "median": 33, "p95": 60, "longest": 63}
    assert summary.distributions.tags == {"topic": {"odd": 30, "even": 30}}  # `row` names rows, not kinds of rows
    assert (summary.loaded, summary.kept, summary.train + summary.validation) == (61, 61, 61)
    assert content_hash(asdict(summary))


def test_only_the_two_sets_stay_on_disk(tmp_path: Path) -> None:
    run(tmp_path, chats(5), [Doing()])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["train.jsonl", "validation.jsonl"]
