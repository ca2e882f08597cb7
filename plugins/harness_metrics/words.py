"""What text metrics take for words, in any script, and which letters a rule for ASCII does not see."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

from harness.types import Case

# Han, Kana, Bopomofo, Yi, Thai, Lao, Tibetan, Burmese, Khmer and their relatives put no space between words.
_UNSPACED = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u3005-\u3007\u3031-\u3035\u3040-\u312f"
    "\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf\ua9e0-\ua9ff\uaa60-\uaadf\uf900-\ufaff\uff66-\uff9f"
    "\U00016fe0-\U00018dff\U0001b000-\U0001b2ff\U00020000-\U0003ffff"
)
_LETTER = re.compile(f"[{_UNSPACED}]")
_WORD = re.compile(f"[{_UNSPACED}]|[^\\s{_UNSPACED}]+")
_UNSEEN = "\u00ad\u200b\u2060\ufeff"  # soft hyphen, zero width space, word joiner, byte order mark
_MARKS = frozenset(string.punctuation + _UNSEEN)
_ASCII_MARKS = str.maketrans("", "", string.punctuation)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_NOTICED = 0.2
"""The share of a reference's letters from which on it is worth a warning that a metric does not see them."""


def words(text: str) -> list[str]:
    """The words between white space; each character, with its marks, where a script has no spaces."""
    if text.isascii():
        return text.split()
    found: list[str] = []
    for word in _WORD.findall(text):
        if found and _LETTER.match(word) and unicodedata.category(word).startswith("M"):
            found[-1] += word
        else:
            found.append(word)
    return found


def folded(text: str) -> str:
    """The text without case, in any language; the Turkish İ is an i."""
    return text.casefold().replace("i\u0307", "i")


def without_punctuation(text: str) -> str:
    """The text in one width, without punctuation, ASCII symbols and marks that nobody sees."""
    if text.isascii():
        return text.translate(_ASCII_MARKS)
    return "".join(character for character in text.translate(_widths()) if not _is_mark(character))


def unspaced(cases: Sequence[Case]) -> str:
    """Whose references have no spaces between words, as a sentence; empty where all have."""
    return _those(cases, "no spaces between words", lambda text: _share(text, _LETTER) >= _NOTICED)


def beyond_ascii(cases: Sequence[Case]) -> str:
    """Whose references a metric does not see that knows ASCII letters and digits; empty where it sees most of all."""
    return _those(
        cases, "no word that it sees (ASCII letters and digits)", lambda t: _share(t, _BEYOND_ASCII) == 1
    ) or (
        _those(
            cases, "letters that it does not see, so that words break", lambda t: _share(t, _BEYOND_ASCII) >= _NOTICED
        )
    )


def decomposed(cases: Sequence[Case]) -> Iterator[str]:
    """A warning where accents of references are characters of their own."""
    if found := _those(cases, "accents that are characters of their own (NFD)", lambda t: not _is_composed(t)):
        yield f"{found}; most models write composed ones, which differ here: save the case file in NFC"


def _those(cases: Sequence[Case], what: str, holds: Callable[[str], bool]) -> str:
    found = [case.id for case in cases if any(map(holds, case.references))]
    if not found:
        return ""
    if len(found) == 1:
        return f"the reference of case {found[0]!r} has {what}"
    return f"the references of {len(found):,} of {len(cases):,} cases, such as {found[0]!r}, have {what}"


def _share(text: str, pattern: re.Pattern[str]) -> float:
    letters = [character for character in text if character.isalnum()]
    return sum(bool(pattern.match(letter)) for letter in letters) / len(letters) if letters else 0.0


def _is_composed(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text)


@cache
def _widths() -> Mapping[int, str]:
    """Full-width ASCII and half-width Kana in their usual width."""
    return {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFF01, 0xFFEF)}


@cache  # a table of all characters would take a second to make
def _is_mark(character: str) -> bool:
    return character in _MARKS or unicodedata.category(character).startswith("P")
