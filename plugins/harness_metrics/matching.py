"""Replies against short references: equal, or sharing words (SQuAD, arXiv:1606.05250)."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from harness.documents.patterns import Pattern
from harness.types import Answered, Case, Kind
from harness_metrics.extraction import Extraction, Written
from harness_metrics.needs import references
from harness_metrics.ratios import mean
from harness_metrics.words import folded, without_punctuation, words

Normalise: TypeAlias = Literal["verbatim", "none", "case", "squad"]
"""What does not count: nothing; outer white space; case and all white space too; punctuation and English articles too.

"squad" is the SQuAD script on ASCII. Beyond it no punctuation counts, and no space where a script puts none between
words.
"""

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_DIGITS = str.maketrans("", "", string.digits)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


class ExactMatch:
    """1 for a reply equal to one of the references, else 0; the mean over samples and cases.

    `extract` finds the answer in the reply; what is ignored does not count in replies and references.
    """

    reads: Kind = "text"
    higher_is_better = True
    bounds = (0.0, 1.0)

    def __init__(
        self,
        normalise: Normalise = "none",
        extract: Sequence[Written] = (),
        regexes_to_ignore: Sequence[str] = (),
        ignore_case: bool = False,
        ignore_punctuation: bool = False,
        ignore_numbers: bool = False,
    ) -> None:
        self._normalise = normalise
        self._extract = Extraction(extract)
        self._ignored = [_compiled(pattern) for pattern in regexes_to_ignore]
        self._lower = ignore_case
        dropped = [(ignore_punctuation, _PUNCTUATION), (ignore_numbers, _DIGITS)]
        self._dropped = [table for wanted, table in dropped if wanted]

    def score(self, answered: Answered) -> Mapping[str, float]:
        right = {self._compared(reference) for reference in references(answered.case)}
        return _mean_over(self._extract(answered), lambda text: float(self._compared(text) in right))

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return mean(statistics["sum"], statistics["count"])

    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 0.0, "count": 1.0}

    def warnings(self, cases: Sequence[Case]) -> Iterator[str]:
        if _PUNCTUATION not in self._dropped or self._normalise == "squad":
            return
        for case in cases:
            if mark := next(filter(_is_beyond, "".join(case.references)), None):
                said = f"ignore_punctuation knows ASCII alone, as lm-eval does, and not the {mark!r}"
                yield f"{said} of the reference of case {case.id!r}; 'normalise: squad' knows all"
                return

    def _compared(self, text: str) -> str:
        for pattern in self._ignored:
            text = pattern.sub("", text)
        text = text.lower() if self._lower else text
        for table in self._dropped:
            text = text.translate(table)
        return normalised(text, self._normalise)


class TokenF1:
    """F1 of the words shared with the best reference; the mean over samples and cases.

    Where a script has no spaces between words, its characters are compared (as MLQA does, arXiv:1910.07475).
    """

    reads: Kind = "text"
    higher_is_better = True
    bounds = (0.0, 1.0)

    def __init__(self, normalise: Normalise = "squad", extract: Sequence[Written] = ()) -> None:
        self._normalise = normalise
        self._extract = Extraction(extract)

    def score(self, answered: Answered) -> Mapping[str, float]:
        right = [words(normalised(reference, self._normalise)) for reference in references(answered.case)]

        def best(text: str) -> float:
            said = words(normalised(text, self._normalise))
            return max(_word_f1(said, one) for one in right)

        return _mean_over(self._extract(answered), best)

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return mean(statistics["sum"], statistics["count"])

    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 0.0, "count": 1.0}


def normalised(text: str, how: Normalise) -> str:
    """The text without what does not count; but for "verbatim", composed and decomposed accents are the same."""
    if how == "verbatim":
        return text
    text = unicodedata.normalize("NFC", text).strip()
    if how == "none":
        return text
    if how == "case":
        return " ".join(folded(text).split())
    text = unicodedata.normalize("NFC", folded(without_punctuation(text)))
    return " ".join(words(_ARTICLES.sub(" ", text)))


def _is_beyond(character: str) -> bool:
    """Whether it is punctuation that ASCII does not have."""
    return not character.isascii() and unicodedata.category(character).startswith("P")


def _word_f1(said: list[str], right: list[str]) -> float:
    if not said or not right:
        return float(said == right)
    left: dict[str, int] = {}
    for word in right:
        left[word] = left.get(word, 0) + 1
    shared = 0
    for word in said:
        if left.get(word, 0):
            left[word] -= 1
            shared += 1
    return 2 * shared / (len(said) + len(right))


def _compiled(pattern: str) -> Pattern:
    try:
        return Pattern(pattern)
    except ValueError as error:
        raise ValueError(f"regexes_to_ignore: {pattern!r} is no regular expression: {error}") from error


def _mean_over(texts: Sequence[str], score: Callable[[str], float]) -> Mapping[str, float]:
    return {"sum": sum(map(score, texts)) / len(texts), "count": 1.0}
