from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.protocols import Cleaner
from harness.types import Changed, Conversation, Dropped, Kept, Message, Outcome, Source
from harness_cleaners import register_cleaners
from harness_cleaners.exact_duplicates import ExactDuplicates
from harness_cleaners.length_bounds import LengthBounds
from harness_cleaners.role_order import RoleOrder

ROLE = {"s": "system", "u": "user", "a": "assistant", "t": "tool"}


def roles(letters: str, name: str = "c", text: str = "some words") -> Conversation:
    """One message a letter; "A" is an assistant that calls a tool."""
    calls: tuple[Any, ...] = ({"id": "1"},)
    return Conversation(
        name,
        tuple(Message("assistant", "", tool_calls=calls) if r == "A" else Message(ROLE[r], text) for r in letters),
    )


def chat(name: str, *texts: str) -> Conversation:
    return Conversation(name, tuple(Message(("user", "assistant")[i % 2], text) for i, text in enumerate(texts)))


def outcome(cleaner: Cleaner, conversation: Conversation) -> Outcome:
    (one,) = cleaner.clean([conversation])
    return one


def survivors(cleaner: Cleaner, conversations: Iterable[Conversation]) -> list[Conversation]:
    given_ = list(conversations)
    by_id = {one.id: one for one in given_}
    left = [one for one in cleaner.clean(given_) if not isinstance(one, Dropped)]
    return [one.conversation if isinstance(one, Changed) else by_id[one.id] for one in left]


def test_three_cleaners_are_registered() -> None:
    components = list(register_cleaners())
    assert [one.name for one in components] == ["exact-duplicates", "length-bounds", "role-order"]
    assert all(isinstance(one.build(), Cleaner) for one in components)


def test_a_repeat_is_dropped_and_names_the_first() -> None:
    first = Conversation("a", chat("a", "How are you?", "Fine.").messages, source=Source("f.jsonl", 1))
    again = chat("b", "how  are you ?", "Ｆｉｎｅ！")
    assert list(ExactDuplicates().clean([first, again])) == [
        Kept("a"),
        Dropped("b", "exact duplicate: repeats 'a' (f.jsonl:1)"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (chat("a", "Hi", "Yes"), chat("b", "Hi", "No")),
        (chat("a", "3.90 or more", "Yes"), chat("b", "390 or more", "Yes")),
        (chat("a", "Is it C#", "Yes"), chat("b", "Is it C", "Yes")),
        (chat("a", "?", "Yes"), chat("b", "!", "Yes")),
        (chat("a", "कम", "Yes"), chat("b", "काम", "Yes")),
        (roles("ua", "a"), roles("su", "b")),
        (chat("a", "ab", "c"), chat("b", "a", "bc")),
        (chat("a", "Hi", "Yes"), Conversation("b", chat("b", "Hi", "Yes").messages, label="good")),
    ],
)
def test_what_differs_in_a_word_a_role_or_a_label_is_no_repeat(one: Conversation, other: Conversation) -> None:
    assert list(ExactDuplicates().clean([one, other])) == [Kept("a"), Kept("b")]


@pytest.mark.parametrize(
    ("conversation", "options", "reason"),
    [
        (chat("c", "a question", " \u00a0 "), {}, "empty reply: message 2 of 2, from 'assistant'"),
        (chat("c", " ", "a long enough reply"), {}, "empty message: message 1 of 2, from 'user'"),
        (chat("c", "k", "."), {}, "conversation too short: 2 characters, at least 10"),
        (chat("c", "a question", "no"), {"min_reply_characters": 3}, "reply too short: 2 characters, at least 3"),
        (chat("c", "a question", "x" * 9), {"max_reply_characters": 8}, "reply too long: 9 characters, at most 8"),
        (chat("c", "x" * 30, "x"), {"max_characters": 30}, "conversation too long: 31 characters, at most 30"),
        (chat("c", *["words"] * 6), {"max_turns": 4}, "too many turns: 6, at most 4"),
    ],
)
def test_a_conversation_outside_the_bounds_is_dropped(
    conversation: Conversation, options: dict[str, int], reason: str
) -> None:
    assert outcome(LengthBounds(**options), conversation) == Dropped("c", reason)


def test_the_bounds_themselves_are_inside_and_a_tool_call_is_not_empty() -> None:
    bounds = LengthBounds(10, 20, 1, 5, 2)
    assert outcome(bounds, chat("c", "12345", "12345")) == Kept("c")
    assert outcome(LengthBounds(), roles("uAta")) == Kept("c")


@pytest.mark.parametrize("options", [{"max_characters": 5}, {"max_turns": 0}, {"min_reply_characters": -1}])
def test_bounds_that_nothing_fits_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no conversation fits"):
        LengthBounds(**options)


@pytest.mark.parametrize("letters", ["ua", "sua", "uaua", "suaua", "uAta", "uAtta", "uAtAta", "uAtaua"])
def test_turns_in_order_are_kept(letters: str) -> None:
    assert outcome(RoleOrder(), roles(letters)) == Kept("c")


@pytest.mark.parametrize(
    ("letters", "reason"),
    [
        ("uua", "role order: message 2 is from 'user', expected assistant"),
        ("aua", "role order: message 1 is from 'assistant', expected system or user"),
        ("uaa", "role order: message 3 is from 'assistant', expected user"),
        ("usa", "role order: message 2 is from 'system', expected assistant"),
        ("uAa", "role order: message 3 is from 'assistant', expected tool"),
        ("uta", "role order: message 2 is from 'tool', expected assistant"),
        ("uau", "no reply at the end: the last message is from 'user'"),
        ("uA", "no reply at the end: the last message asks for a tool"),
        ("s", "no reply at the end: the last message is from 'system'"),
        ("", "no reply at the end: the last message is from 'nobody'"),
    ],
)
def test_turns_out_of_order_are_dropped_with_the_message(letters: str, reason: str) -> None:
    assert outcome(RoleOrder(), roles(letters)) == Dropped("c", reason)


def test_mending_cuts_user_turns_off_the_end_and_nothing_else() -> None:
    mended = outcome(RoleOrder(mend=True), roles("uauu"))
    assert mended == Changed("c", roles("ua"), "cut the end: 2 user message(s) without a reply")
    assert isinstance(outcome(RoleOrder(mend=True), roles("uuau")), Dropped)
    assert isinstance(outcome(RoleOrder(mend=True), roles("su")), Dropped)


CHATS = st.lists(
    st.builds(
        lambda letters, text: roles(letters, text=text),
        st.text("suatA", max_size=5),
        st.sampled_from(["", "Hi", "hi!"]),
    ),
    max_size=6,
).map(lambda listed: [Conversation(str(i), one.messages) for i, one in enumerate(listed)])


@pytest.mark.parametrize("cleaner", [ExactDuplicates(), LengthBounds(), RoleOrder(), RoleOrder(mend=True)])
@given(conversations=CHATS)
def test_cleaners_give_one_outcome_each_and_are_idempotent(cleaner: Cleaner, conversations: list[Conversation]) -> None:
    assert [one.id for one in cleaner.clean(conversations)] == [one.id for one in conversations]
    once = survivors(cleaner, conversations)
    assert survivors(cleaner, once) == once
