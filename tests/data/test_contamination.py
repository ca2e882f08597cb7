from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.data.contamination import CaseIndex, Match
from harness.types import Case, Conversation, Message, Prompt


def case(prompt: Prompt, **fields: object) -> Case:
    return Case("c", prompt, **fields)  # type: ignore[arg-type]


def user(*texts: str) -> tuple[Message, ...]:
    return tuple(Message("user", text) for text in texts)


def chat(*texts: str) -> Conversation:
    roles = ("user", "assistant")
    return Conversation("t", tuple(Message(roles[i % 2], text) for i, text in enumerate(texts)))


LONG = "The ring of my box glows amber and I wonder what that could possibly mean today."


@pytest.mark.parametrize(
    ("one", "conversation"),
    [
        (case(user(LONG)), chat(LONG, "Charge it.")),
        (case(user(LONG)), chat("Hi!", "Hello.", LONG.upper().replace(".", " !!"), "Charge it.")),
        (case(user(LONG)), chat("Hello Robin, " + LONG + " Thanks!", "Charge it.")),
        (case((Message("system", "Be brief."), *user(LONG))), chat(LONG, "battery")),
        (case(LONG), chat("Tell me something.", LONG)),
        (case(user("Battery low")), chat("battery  LOW?", "Charge it.")),
        (
            case(user("one two three four five", "ok then")),
            chat("One, two, three, four, five.", "Yes", "ok then", "Bye"),
        ),
        (case(user("Hi"), follow_ups=(LONG,)), chat("Hi", "Hello.", LONG, "Charge it.")),
        (case("", references=(LONG,)), chat("Tell me something.", LONG)),
        (case(user("電池が切れました")), chat("電池 が 切れました。", "充電してください")),
    ],
    ids=["same", "normalised turn", "inside", "system", "raw", "short", "turns", "follow-up", "reference", "kana"],
)
def test_a_case_in_training_is_found(one: Case, conversation: Conversation) -> None:
    assert CaseIndex([("s", one)]).match(conversation) == Match("s", "c", 1.0)


@pytest.mark.parametrize(
    ("one", "conversation"),
    [
        (case(user("Battery low")), chat("My battery low light blinks", "Charge it.")),
        (case(user("Battery low")), chat("Battery low", "Yes?", "How long does it take?", "3 hours")),
        (case(user(LONG)), chat("The ring of my box glows red and I wonder why", "Jammed.")),
        (case(user(LONG, "Is that bad?")), chat("Something else entirely here", "Yes", "Is that bad?", "No.")),
        (
            case((Message("system", "Name the topic of this text."), *user("x"))),
            chat("Name the topic of this text.", "y"),
        ),
        (case(user("?")), chat("!", "What?")),
    ],
    ids=["part of a turn", "part of a chat", "half", "short last turn", "system text", "no words"],
)
def test_what_only_resembles_a_case_is_not_one(one: Case, conversation: Conversation) -> None:
    assert CaseIndex([("s", one)]).match(conversation) is None


def test_nearly_a_case_is_one_from_four_fifths_of_its_5_grams() -> None:
    numbers = [f"w{i}" for i in range(24)]  # twenty 5-grams
    index = CaseIndex([("s", case(" ".join(numbers)))])
    match = index.match(chat(" ".join(numbers[:20]), "ok"))  # sixteen of them
    assert match == Match("s", "c", 0.8)
    assert index.match(chat(" ".join(numbers[:19]), "ok")) is None


def test_the_most_repeated_case_is_named() -> None:
    near, same = Case("near", LONG + " Or tomorrow."), Case("same", LONG)
    match = CaseIndex([("s", near), ("s", same)]).match(chat(LONG, "ok"))
    assert match == Match("s", "same", 1.0)


@given(st.lists(st.text(min_size=1, max_size=40), min_size=1, max_size=5))
def test_every_case_with_words_matches_itself(texts: list[str]) -> None:
    index = CaseIndex([("s", Case(str(i), user(text))) for i, text in enumerate(texts)])
    for text in texts:
        if any(sign.isalnum() for sign in text):
            assert index.match(chat(text, "fine")) is not None
