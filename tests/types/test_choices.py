"""Which choice a reply spells."""

from __future__ import annotations

import time

import pytest

from harness.types.choices import spelt

TEAMS = ("billing", "lost_parcel", "Rückgabe")
LANGUAGES = ("C", "C++", "C#")


@pytest.mark.parametrize(
    ("reply", "at"),
    [
        ("Billing", 0),
        ("billing.", 0),
        ("\u200bbilling\ufeff", 0),
        ("**billing**", 0),
        ("> `lost_parcel`", 1),
        ("- _Lost_parcel_!", 1),
        ("1) lost_parcel", 1),
        ("«rückgabe»", 2),
        ("「Ru\u0308ckgabe」。", 2),
        ("（RÜCKGABE）", 2),
        ("# Billing …", 0),
        ("billing, I think", None),
        ("not billing", None),
        ("billing or lost_parcel", None),
        ("lost parcel", None),
        ("**", None),
        ("", None),
    ],
)
def test_punctuation_and_markup_around_a_reply_do_not_count(reply: str, at: int | None) -> None:
    assert spelt(reply, TEAMS) == at


@pytest.mark.parametrize(
    ("reply", "choices", "at"),
    [
        ("`C++`.", LANGUAGES, 1),
        ("(C#)", LANGUAGES, 2),
        ("C.", LANGUAGES, 0),
        ("C+", LANGUAGES, None),
        ("C++", ("C", "Rust"), None),
        ("No!", ("no", "no!"), 1),
        ("No.", ("no", "no!"), 0),
        ("no?!", ("no", "no!"), None),
        ("**no!**", ("no", "no!"), 1),
        ("(?)", ("!", "?", "."), 1),
        ("...", ("?", "unsure"), None),
        ("-7", ("7", "12"), None),
        ("-7.", ("-7", "7"), 0),
        (".5", ("5", "0.5"), None),
        ("12 %", ("12", "7"), None),
        ("yes", ("Yes.", "No."), 0),
        ("(b)", ("(a)", "(b)"), 1),
    ],
)
def test_choices_that_differ_in_punctuation_alone_are_never_confused(
    reply: str, choices: tuple[str, ...], at: int | None
) -> None:
    assert spelt(reply, choices) == at


def test_the_first_of_equal_choices_is_spelt() -> None:
    assert spelt("Same.", ("other", "same", "same")) == 1


def test_a_long_reply_is_none_of_the_choices_at_once() -> None:
    began = time.process_time()
    assert spelt("* " * 500_000, TEAMS) is None
    assert time.process_time() - began < 2
