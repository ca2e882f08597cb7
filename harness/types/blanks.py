"""Texts that show a reader nothing, or nothing but marks."""

from __future__ import annotations

import re
import unicodedata

# As literal characters: DuckDB, which has no \u, reads this class as well. Letters and symbols that look like nothing
# (Hangul fillers, an empty Braille cell) stand beside white space, controls and formats.
_UNSEEN = (
    "\\x00-\\x20\\x7f-\\xa0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)
_END = r"<\|[A-Za-z_]+\|>|</?s>|<(?:bos|eos|pad|end_of_turn|turn\|)>"
BLANK = rf"^(?:[{_UNSEEN}]|{_END})*$"
"""Matches a text without a character that can be seen; the marks with which a model ends its turn are none."""

_BLANK = re.compile(BLANK.replace("$", r"\Z"))
_UNSAID = re.compile(f"[{_UNSEEN}]|{_END}")
_BRACKETS = ("Ps", "Pe")
_BROKEN = "\N{REPLACEMENT CHARACTER}\N{OBJECT REPLACEMENT CHARACTER}"


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen."""
    return _BLANK.match(text) is not None


def has_words(text: str) -> bool:
    """Whether the text has more than stops, quotation marks and markup: a letter, a digit, a bracket or a symbol."""
    return any(map(_says_something, _UNSAID.sub("", text)))


def _says_something(character: str) -> bool:
    kind = unicodedata.category(character)
    if kind[0] in "LN" or kind in _BRACKETS:
        return True
    return kind in ("So", "Sm", "Sc") and not character.isascii() and character not in _BROKEN
