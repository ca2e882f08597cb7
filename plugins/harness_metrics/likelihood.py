"""How well a model expects the first reference of each case."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.types import Answered, Kind
from harness_metrics.needs import references
from harness_metrics.ratios import mean

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
        return np.exp(np.minimum(mean(statistics["nll"], statistics["tokens"]), _LARGEST_EXPONENT))


class BitsPerByte:
    """Bits needed to code one UTF-8 byte of the reference."""

    reads: Kind = "log-likelihood"
    higher_is_better = False
    bounds = (0.0, None)

    def score(self, answered: Answered) -> Mapping[str, float]:
        text = references(answered.case)[0]
        # A file may hold half a surrogate pair as \ud800: it has three bytes, and is no reason to fail.
        size = len(text.encode("utf-8", "surrogatepass"))
        return {"nll": -answered.likelihoods[0].log_likelihood, "bytes": float(size)}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return mean(statistics["nll"], statistics["bytes"]) / math.log(2)
