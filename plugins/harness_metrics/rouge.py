"""ROUGE F-measures (Lin 2004) as Google's rouge-score computes them: best over references, mean over cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, TypeAlias

from harness.types import Answered, Case, Kind
from harness_metrics.extraction import Extraction, Written
from harness_metrics.needs import references
from harness_metrics.ratios import mean
from harness_metrics.words import beyond_ascii

RougeType: TypeAlias = Literal["rouge1", "rouge2", "rougeL"]


def rouge_1(stem: bool = False, extract: Sequence[Written] = ()) -> Rouge:
    return Rouge("rouge1", stem, extract)


def rouge_2(stem: bool = False, extract: Sequence[Written] = ()) -> Rouge:
    return Rouge("rouge2", stem, extract)


def rouge_l(stem: bool = False, extract: Sequence[Written] = ()) -> Rouge:
    return Rouge("rougeL", stem, extract)


class Rouge:
    """One ROUGE type; `stem` compares English word stems. Words are runs of ASCII letters and digits."""

    reads: Kind = "text"
    higher_is_better = True
    bounds = (0.0, 1.0)

    def __init__(self, rouge_type: RougeType, stem: bool, extract: Sequence[Written]) -> None:
        self._extract = Extraction(extract)
        self._type = rouge_type
        self._stem = stem

    @cached_property
    def _scorer(self) -> Any:
        from rouge_score.rouge_scorer import RougeScorer

        return RougeScorer([self._type], use_stemmer=self._stem)

    def score(self, answered: Answered) -> Mapping[str, float]:
        right, texts = references(answered.case), self._extract(answered)
        best = [max(self._scorer.score(one, text)[self._type].fmeasure for one in right) for text in texts]
        return {"sum": float(sum(best)) / len(texts), "count": 1.0}

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return mean(statistics["sum"], statistics["count"])

    def warnings(self, cases: Sequence[Case]) -> Iterator[str]:
        if unseen := beyond_ascii(cases):
            yield f"{unseen}; use chrf"

    def worst(self, case: Case) -> Mapping[str, float]:
        return {"sum": 0.0, "count": 1.0}
