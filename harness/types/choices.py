"""Which choice a reply spells: the one rule, for every metric that reads choices."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

VERSION = "3"
"""Part of the key of scores of choices: raise it when the rule takes another choice for any reply."""

_MARKUP = frozenset("*_`\"'´.,;:!?…。、·।؟؛،¿¡")
# Signs and symbols are no punctuation here: -5, .5, C#, C++, 5 % and $5 are not 5 and C.
_UNSEEN = " \t\r\n\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0f\ufeff"
_LONGEST = 1_000  # characters of what is still looked at: each step copies them
_LIST_MARK = re.compile(r"(?:[-–—*+•>]|#+|\d+[.)](?=\s+\D))\s+")


def spelt(reply: str, choices: Sequence[str]) -> int | None:
    """The position of the choice that the reply spells; None where it is none of them. The first of equal ones.

    Case, white space and composition of accents do not count. Where that is no choice, punctuation and markup around
    the reply and the choices do not count either, as long as no two choices differ in it.
    """
    said, known = _plain(reply), [_plain(choice) for choice in choices]
    if said in known:
        return known.index(said)
    bare = _bare(said)
    alike = {choice for choice in known if _bare(choice) == bare}
    telling = frozenset("".join(alike)) if len(alike) > 1 or not bare else frozenset()
    found = {choice for choice in alike if choice == _bare(said, telling)} if telling else alike
    return known.index(found.pop()) if len(found) == 1 else None


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().strip(_UNSEEN).split())


@lru_cache(4096)  # the choices are the same for many replies
def _bare(text: str, kept: frozenset[str] = frozenset()) -> str:
    """The text without what stands around it, but for the characters that are `kept`."""
    before = None
    while text != before and len(text) <= _LONGEST:
        before = text
        if (mark := _LIST_MARK.match(text)) and not kept & set(mark[0].strip()):
            text = text[mark.end() :]
        if text and _is_around(text[0]) and text[0] not in kept and not _is_number(text):
            text = text[1:].lstrip()
        if text and _is_around(text[-1]) and text[-1] not in kept:
            text = text[:-1].rstrip()
    return text


def _is_around(character: str) -> bool:
    """Whether it is a quote, a bracket, markup or a mark that ends a sentence, in any width."""
    marks = {character, unicodedata.normalize("NFKC", character)}
    return bool(marks & _MARKUP) or unicodedata.category(character) in ("Ps", "Pe", "Pi", "Pf")


def _is_number(text: str) -> bool:
    """Whether a point or a comma begins a number, as in .5"""
    return text[0] in ".," and text[1:2].isdigit()
