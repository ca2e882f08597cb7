"""Messages are cut to what somebody reads, and say so."""

from __future__ import annotations

import pytest

from harness.errors import MOST_BYTES, shortened


@pytest.mark.parametrize("message", ["", "suite.yaml:1: name: is missing", "it's the model's\nsecond line", "x" * 900])
def test_a_usual_message_stays_as_it_is(message: str) -> None:
    assert shortened(message) == message


def test_a_quoted_value_is_cut_and_what_would_work_stays() -> None:
    said = shortened(f"s.yaml:1: name: unknown {'x' * 5_000!r}; known: a, b")
    assert said == f"s.yaml:1: name: unknown '{'x' * 300}…' (5,000 characters); known: a, b"


def test_a_long_line_keeps_its_beginning_and_its_end() -> None:
    said = shortened("first " + "é" * 5_000 + " last")
    assert said.startswith("first é")
    assert said.endswith("é last")
    assert "characters) …" in said
    assert len(said.encode()) < 1_100


def test_of_many_lines_the_first_and_the_last_stay() -> None:
    said = shortened("\n".join([*(f"s.yaml:{number}: wrong {'y' * 60}" for number in range(100)), "… and 900 more"]))
    assert said.startswith("s.yaml:0: wrong")
    assert said.endswith("lines are left out) …\n… and 900 more")
    assert len(said.encode()) <= MOST_BYTES


@pytest.mark.parametrize("piece", ["a", "'", '"', "\\", "é", "\n", "'a\\", "\U0001f600", "\udc80"])
def test_megabytes_of_anything_are_cut_in_a_moment(piece: str) -> None:
    assert len(shortened(piece * 2_000_000).encode("utf-8", "replace")) <= MOST_BYTES
