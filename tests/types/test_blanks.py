"""Texts that show nothing, and texts that say nothing."""

from __future__ import annotations

import duckdb
import pytest

from harness.types import Prediction
from harness.types.blanks import BLANK, has_words, is_blank
from harness.types.thoughts import as_read

UNSEEN = [
    "",
    " \n",
    "\u00a0",
    "\x00",
    "\u200b\u200d",
    "\ufeff\n",
    "\u00ad",
    "\u3164",
    "\u2800",
    "\u2066\u2069",
    "\ufe0f",
    "\U000e0020",
    "<|im_end|>",
    "</s>\n</s>",
    "<end_of_turn>",
    "<turn|>",
]
WORDLESS = ["**", "```\n```", "...", "…", "“”", "- \n- ", "?!", "\ufffd\ufffd", "\u3164.", "<|im_end|>.", "= ="]
SAYS_SOMETHING = [
    "a",
    "7",
    "好",
    "ก",
    "①",
    "[]",
    "{}",
    "👍",
    "€",
    "∞",
    "**No.**",
    "```\nx\n```",
    "<|im_start|>hm",
    "no\n",
]


@pytest.mark.parametrize("text", UNSEEN)
def test_a_text_of_which_nothing_can_be_seen_is_blank(text: str) -> None:
    assert is_blank(text)
    assert not has_words(text)


@pytest.mark.parametrize("text", WORDLESS)
def test_marks_can_be_seen_and_are_no_words(text: str) -> None:
    assert not is_blank(text)
    assert not has_words(text)


@pytest.mark.parametrize("text", SAYS_SOMETHING)
def test_a_letter_a_digit_a_bracket_or_a_symbol_says_something(text: str) -> None:
    assert has_words(text)
    assert not is_blank(text)


@pytest.mark.parametrize("text", [*UNSEEN, *WORDLESS, *SAYS_SOMETHING])
def test_the_store_finds_the_same_texts_blank(text: str) -> None:
    assert duckdb.execute("SELECT regexp_matches(?, ?)", [text, BLANK]).fetchall() == [(is_blank(text),)]


@pytest.mark.parametrize("text", ["\u200b", "<think>Hm.</think>\n\ufeff", "<|endoftext|>"])
def test_a_reply_that_was_cut_before_anything_could_be_seen_has_failed(text: str) -> None:
    read = as_read(Prediction("k", "c", "text", replies=(text,), finish_reason="length"), "split")
    assert read.error == "the reply was cut at max_new_tokens before it began"
