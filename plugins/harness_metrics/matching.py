"""Replies against short references: equal, or sharing words (SQuAD, arXiv:1606.05250)."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from harness.types import Answered, Case, Kind
from harness_metrics.needs import references
from harness_metrics.ratios import mean

Normalise: TypeAlias = Literal["none", "case", "squad"]
"""What does not count: outer white space; case and all white space too; ASCII punctuation and English articles too."""

_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


class ExactMatch:
    """1 for a reply equal to one of the references, else 0; the mean over samples and cases."""

    reads: Kind = "text"
    higher_is_better = True
    bounds = (0.0, 1.0)

    def __init__(self, normalise: Normalise = "none") -> None:
        self._normalise = normalise

    def score(self, answered: Answered) -> Mapping[str, float]:
        right = {normalised(reference, self._normalise) for reference in references(answered.case)}
        return _sample_mean(answered, lambda text: float(normalised(text, self._normalise) in right))

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return mean(statistics["sum"], statistics["count"])

    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 0.0, "count": 1.0}


class TokenF1:
    """F1 of the words shared with the best reference; the mean over samples and cases."""

    reads: Kind = "text"
    higher_is_better = True
    bounds = (0.0, 1.0)

    def __init__(self, normalise: Normalise = "squad") -> None:
        self._normalise = normalise

    def score(self, answered: Answered) -> Mapping[str, float]:
        right = [normalised(reference, self._normalise).split() for reference in references(answered.case)]

        def best(text: str) -> float:
            said = normalised(text, self._normalise).split()
            return max(_word_f1(said, words) for words in right)

        return _sample_mean(answered, best)

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return mean(statistics["sum"], statistics["count"])

    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 0.0, "count": 1.0}


def normalised(text: str, how: Normalise) -> str:
    """The text without what does not count; composed and decomposed accents are always the same."""
    text = unicodedata.normalize("NFC", text).strip()
    if how == "none":
        return text
    if how == "case":
        return " ".join(text.casefold().split())
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def _word_f1(said: list[str], right: list[str]) -> float:
    if not said or not right:
        return float(said == right)
    shared = (Counter(said) & Counter(right)).total()
    return 2 * shared / (len(said) + len(right))


def _sample_mean(answered: Answered, score: Callable[[str], float]) -> Mapping[str, float]:
    texts = answered.texts
    return {"sum": sum(map(score, texts)) / len(texts), "count": 1.0}
