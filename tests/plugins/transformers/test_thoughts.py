"""Thoughts in a reply that grows token by token: no stop string cuts them, and no follow-up is sent them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from harness.types import Generate, Message
from harness.types.thoughts import opened_by
from harness_transformers.inference.replies.replies import Row


@pytest.fixture(scope="module")
def tokenizer(make_tokenizer: Callable[..., Any]) -> Any:
    made = make_tokenizer()
    made.add_special_tokens({"additional_special_tokens": ["[THINK]", "[/THINK]", "<unused>"]})
    return made


def replied(tokenizer: Any, prompt: str, said: str, stop: str = "\n\n") -> Row:
    """The row of a request whose prompt ends so, once the model has said that, or was stopped."""
    weights: Any = SimpleNamespace(tokenizer=tokenizer, context_length=500)
    asked = Generate("a", (Message("user", "hi"),), max_new_tokens=400, stop=(stop,), follow_ups=("and?",))
    row = Row(weights, asked, frozenset({-1}), None)
    row.begin_turn(tokenizer(prompt)["input_ids"], opened_by(prompt))
    for token in [*tokenizer(said)["input_ids"], -1]:
        if row.take(token):
            return row
    raise AssertionError("the reply never ended")


@pytest.mark.parametrize(
    ("prompt", "said", "reply"),
    [
        ("hi", "<think>a\n\nb</think>\n\nc\n\nd", "<think>a\n\nb</think>\n\nc"),
        ("hi\n<think>\n", "a\n\nb\n</think>\n\nc\n\nd", "<think>\na\n\nb\n</think>\n\nc"),
        ("hi [THINK]", "a\n\nb[/THINK]c\n\nd", "[THINK]a\n\nb[/THINK]c"),
        ("hi", "[THINK]a\n\nb[/THINK]c\n\nd", "[THINK]a\n\nb[/THINK]c"),
        ("hi\n<think>\n\n</think>\n\n", "c\n\nd", "c"),
        ("hi", "c<unused>d\n\ne", "cd"),
    ],
)
def test_a_stop_string_cuts_the_reply_and_not_the_thought(tokenizer: Any, prompt: str, said: str, reply: str) -> None:
    row = replied(tokenizer, prompt, said)
    assert (row.replies, row.finish_reason) == ([reply], "stop")


def test_a_thought_that_the_prompt_opened_is_one_though_it_is_cut(tokenizer: Any) -> None:
    assert replied(tokenizer, "hi\n<think>\n", "let me\n\nsee").replies == ["<think>\nlet me\n\nsee"]


def test_a_follow_up_is_asked_after_the_reply_without_its_thought(tokenizer: Any) -> None:
    prompt = replied(tokenizer, "hi", "<think>a</think>\n\nc\n\nd").next_prompt()
    assert prompt == (Message("user", "hi"), Message("assistant", "c"), Message("user", "and?"))
