"""Replies that a program is going to read."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from harness.types import Answered, Case, Kind


class JsonKeys:
    """1 for a reply that is one JSON object with all of `keys`, else 0; the mean over samples and cases."""

    reads: Kind = "text"
    higher_is_better = True
    bounds = (0.0, 1.0)

    def __init__(self, keys: list[str], others: bool = True) -> None:
        if not keys:
            raise ValueError("keys: give at least one key that the object must have")
        self._keys, self._others = set(keys), others

    def score(self, answered: Answered) -> Mapping[str, float]:
        fitting = sum(self._fits(text) for text in answered.texts)
        return {"sum": fitting / len(answered.texts), "count": 1.0}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return statistics["sum"] / np.maximum(statistics["count"], 1.0)

    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 0.0, "count": 1.0}

    def _fits(self, text: str) -> bool:
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            return False
        if not isinstance(content, dict):
            return False
        return self._keys <= content.keys() if self._others else self._keys == content.keys()
