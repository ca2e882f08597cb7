from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.documents.visible import visible
from harness.report.text import quoted


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;new title\x07text", "text"),
        ("\x1b]8;;http://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("a\x1bPq#0\x1b\\b", "ab"),
        ("over\rwrite\b\b", "overwrite"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("one\r\ntwo\tthree", "one\ntwo    three"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("[red]stays[/red]", "[red]stays[/red]"),
        ("naïve 日本 👩‍🚀", "naïve 日本 👩‍🚀"),
    ],
)
def test_what_could_move_or_colour_the_terminal_is_taken_out(hostile: str, shown: str) -> None:
    assert visible(hostile) == shown


@given(st.text())
def test_no_control_character_but_line_ends_survives(text: str) -> None:
    shown = visible(text)
    assert not [c for c in shown if c != "\n" and unicodedata.category(c) in ("Cc", "Cs")]
    assert visible(shown) == shown


def test_a_long_reply_says_how_much_is_left_out() -> None:
    assert quoted("x" * 610, most=600) == "x" * 600 + " … (10 more characters)"


def test_an_empty_reply_is_named() -> None:
    assert quoted(" \x00\n") == "(empty)"
