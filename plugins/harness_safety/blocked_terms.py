"""Words and phrases that must not appear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.documents.regular_files import read_regular
from harness.types import Accuracy, Checked, Finding, Passage, Severity

# `\w` lacks combining signs; in Indic, Arabic and accented text they are inside words, so no word ends before one.
_INSIDE_WORD = r"[\w\u0300-\u036f\u064b-\u065f\u0900-\u0963\u0966-\u0dff]"
# Thai, Lao, Burmese, Khmer, Kana, Han and Hangul put no space at the end of a word: their terms match anywhere.
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
)


class BlockedTerms:
    """One finding for each blocked term in a text, whole words, whatever their case and width.

    `terms` is a list; `file` has one term a line, where blank lines and lines that start with `#` do not count.
    """

    accuracy: Accuracy = "exact"

    def __init__(self, terms: list[str] | None = None, file: Path | None = None, severity: Severity = "medium") -> None:
        given = [*_checked_terms(terms or []), *(_read_terms(file) if file else [])]
        if not given:
            raise ValueError("there are no terms to block: give 'terms', or a 'file' with one term a line")
        self._severity = severity
        self._pattern_by_term = {term: _pattern(term) for term in dict.fromkeys(given)}

    def check(self, passages: Iterable[Passage]) -> Iterator[Checked]:
        for passage in passages:
            text = _folded(passage.text)
            hits = (term for term, pattern in self._pattern_by_term.items() if pattern.search(text))
            yield Checked(passage.id, tuple(Finding("blocked-term", self._severity, term) for term in hits))


def _checked_terms(terms: Iterable[str]) -> Iterator[str]:
    for number, term in enumerate(terms):
        problem = _problem(term)
        if problem:
            raise ValueError(f"terms[{number}]: {problem}")
        yield term.strip()


def _read_terms(file: Path) -> Iterator[str]:
    try:
        lines = read_regular(file).splitlines()
    except OSError as error:
        raise ValueError(f"{file}: cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, start=1):
        try:
            term = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError as error:
            raise ValueError(f"{file}:{number}: not UTF-8; save the file as UTF-8") from error
        if not term or term.startswith("#"):
            continue
        problem = _problem(term)
        if problem:
            raise ValueError(f"{file}:{number}: {problem}")
        yield term


def _problem(term: str) -> str | None:
    if any(character.isalnum() for character in term):
        return None
    return f"{term!r} is no term: it has no letter and no digit, so no word can be equal to it"


def _pattern(term: str) -> re.Pattern[str]:
    words = _folded(term).split()
    before = "" if _UNSPACED.match(words[0][0]) else f"(?<!{_INSIDE_WORD})"
    after = "" if _UNSPACED.match(words[-1][-1]) else f"(?!{_INSIDE_WORD})"
    return re.compile(before + r"\s+".join(map(re.escape, words)) + after)


def _folded(text: str) -> str:
    """The text without case, width and composition (Unicode's caseless match, NFKC)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).replace("’", "'")
