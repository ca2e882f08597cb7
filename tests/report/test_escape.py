from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.escape import fenced, inline, xml_text

NASTY = st.text("`~|<>&@#*_[]()!\\$ \n\r\t/:wh1-+=.\x00\x1b\x85\u2028\ufffe\U0001f600", max_size=40)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("a|b", "a\\|b"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("**bold** `code` [a](b)", "\\*\\*bold\\*\\* \\`code\\` \\[a\\](b)"),
        ("two\nlines\r\n", "two lines"),
        ("- item", "\\- item"),
        ("/approve", "\\/approve"),
        ("# title", "\\# title"),
        ("## GH-12", "\\## GH-\u206012"),
        ("#1 or !2", "\\#\u20601 or !\u20602"),
        ("~label %milestone $3", "\\~\u2060label %\u2060milestone \\$\u20603"),
        ("mailto:ada@example.org", "mailto:\u2060ada@\u2060example.org"),
        ("12. item", "\u206012. item"),
        ("ask @octocat about #12", "ask @\u2060octocat about #\u206012"),
        ("see https://example.org", "see https:\u2060//example.org"),
        ("\x1b[31mred\x1b[0m", "red"),
    ],
)
def test_running_text_is_only_text(text: str, escaped: str) -> None:
    assert inline(text) == escaped


@given(NASTY)
def test_a_cell_stays_one_cell_whatever_it_holds(text: str) -> None:
    cell = inline(text)
    assert "\n" not in cell
    assert not re.search(r"(?<!\\)(?:\\\\)*\|", cell)
    assert not re.search(r"[<>]|@\w|#\w", cell)


@given(NASTY)
def test_nothing_closes_a_fence_but_its_end(text: str) -> None:
    first, *inside, last = fenced(text).split("\n")
    assert first == last
    assert not any(line.strip().startswith(first) for line in inside)


@given(NASTY)
def test_xml_text_holds_what_xml_can(text: str) -> None:
    assert re.fullmatch("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*", xml_text(text))
