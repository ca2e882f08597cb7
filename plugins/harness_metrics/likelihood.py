"""How well a model expects the first reference of each case.

A case may say the number of words and bytes that its reference counts as, `size`: where a corpus is counted as it was
before its text was tidied up, as WikiText is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from harness.types import Answered, Case, Kind
from harness_metrics.needs import references
from harness_metrics.ratios import mean
from harness_metrics.words import unspaced

_LARGEST_EXPONENT = 700.0  # exp overflows a double at 709.8


class Perplexity:
    """exp of the mean negative log-likelihood per token; a token of another tokenizer is another unit."""

    reads: Kind = "log-likelihood"
    higher_is_better = False
    bounds = (1.0, None)
    comparable_on = ("tokenizer",)

    def score(self, answered: Answered) -> Mapping[str, float]:
        reference = answered.likelihoods[0]
        return {"nll": -reference.log_likelihood, "tokens": float(reference.tokens)}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return _exp(mean(statistics["nll"], statistics["tokens"]))


class WordPerplexity:
    """exp of the negative log-likelihood per word, counted as the parts between white space."""

    reads: Kind = "log-likelihood"
    higher_is_better = False
    bounds = (1.0, None)

    def score(self, answered: Answered) -> Mapping[str, float]:
        case = answered.case
        words = case.size.get("words", len(re.split(r"\s+", references(case)[0])))
        return {"nll": -answered.likelihoods[0].log_likelihood, "words": float(words)}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return _exp(mean(statistics["nll"], statistics["words"]))

    def warnings(self, cases: Sequence[Case]) -> Iterator[str]:
        if found := unspaced([case for case in cases if "words" not in case.size]):
            yield f"{found}, so that a sentence counts as one word; use bits-per-byte, or give 'size: {{words: …}}'"


class BytePerplexity:
    """exp of the negative log-likelihood per UTF-8 byte of the reference."""

    reads: Kind = "log-likelihood"
    higher_is_better = False
    bounds = (1.0, None)

    def score(self, answered: Answered) -> Mapping[str, float]:
        return {"nll": -answered.likelihoods[0].log_likelihood, "bytes": _bytes(answered.case)}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return _exp(mean(statistics["nll"], statistics["bytes"]))


class BitsPerByte:
    """Bits needed to code one UTF-8 byte of the reference."""

    reads: Kind = "log-likelihood"
    higher_is_better = False
    bounds = (0.0, None)

    def score(self, answered: Answered) -> Mapping[str, float]:
        return {"nll": -answered.likelihoods[0].log_likelihood, "bytes": _bytes(answered.case)}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return mean(statistics["nll"], statistics["bytes"]) / math.log(2)


def _bytes(case: Case) -> float:
    # A file may hold half a surrogate pair as \ud800: it has three bytes, and is no reason to fail.
    return float(case.size.get("bytes", len(references(case)[0].encode("utf-8", "surrogatepass"))))


def _exp(exponent: Any) -> Any:
    return np.exp(np.minimum(exponent, _LARGEST_EXPONENT))
