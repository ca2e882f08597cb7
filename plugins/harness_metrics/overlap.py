"""Corpus BLEU, chrF and TER: sacrebleu counts each reply, `value` is its final formula over sums or arrays of sums.

Several samples of a case count as their mean. An answer that never came is worth one as long as the first reference
with nothing right in it; BLEU's brevity penalty sees it as empty, so that it cannot make up for short replies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from harness.types import Answered, Case, Kind
from harness_metrics.extraction import Extraction, Written
from harness_metrics.needs import references
from harness_metrics.ratios import ratio, share
from harness_metrics.words import decomposed, unspaced

Tokenize: TypeAlias = Literal["13a", "intl", "char", "zh", "none"]

_BLEU_ORDERS = range(1, 5)
_CHRF_CHARACTER_ORDERS = 6
_CHRF_BETA_SQUARED = 4


class Bleu:
    """BLEU of order 4 with exponential smoothing (Papineni et al. 2002; Post 2018, arXiv:1804.08771)."""

    reads: Kind = "text"
    higher_is_better = True
    bounds = (0.0, 100.0)

    def __init__(self, tokenize: Tokenize = "13a", lowercase: bool = False, extract: Sequence[Written] = ()) -> None:
        self._extract = Extraction(extract)
        self._tokenize = tokenize
        self._lowercase = lowercase

    @cached_property
    def _bleu(self) -> Any:
        from sacrebleu.metrics import BLEU

        return BLEU(tokenize=self._tokenize, lowercase=self._lowercase)

    def score(self, answered: Answered) -> Mapping[str, float]:
        return _sample_mean(answered.case, self._extract(answered), self._counts)

    def value(self, statistics: Mapping[str, Any]) -> Any:
        """Brevity penalty × geometric mean of the n-gram precisions, in percent."""
        length, reference_length = np.asarray(statistics["sys_len"]), np.asarray(statistics["ref_len"])
        ratio_of_lengths = ratio(reference_length, length, undefined=np.inf)
        brevity = np.where(length < reference_length, np.exp(np.minimum(0.0, 1.0 - ratio_of_lengths)), 1.0)
        halvings, log_precision = np.zeros(length.shape), np.zeros(length.shape)
        some_right = np.zeros(length.shape, bool)
        for n in _BLEU_ORDERS:
            correct, total = np.asarray(statistics[f"correct_{n}"]), np.asarray(statistics[f"total_{n}"])
            halvings = halvings + (correct <= 0)
            precision = share(np.where(correct > 0, correct, 0.5**halvings), total)
            log_precision = log_precision + np.log(np.where(total > 0, precision, 1.0))
            some_right = some_right | (correct > 0)
        percent = 100.0 * brevity * np.exp(log_precision / len(_BLEU_ORDERS))
        return np.where(some_right & (np.asarray(statistics["long"]) > 0), np.minimum(percent, 100.0), 0.0)[()]

    def warnings(self, cases: Sequence[Case]) -> Iterator[str]:
        yield from decomposed(cases)
        if self._tokenize in ("13a", "intl", "none") and (found := unspaced(cases)):
            said = f"{found}, and 'tokenize: {self._tokenize}' takes what stands between two spaces for one word"
            yield f"{said}; set 'tokenize: zh' for Chinese, 'char' for other scripts"

    def worst(self, case: Case) -> Mapping[str, float]:
        """It lowers every precision and makes no reply long enough: without one that is, BLEU is 0."""
        none = {"sys_len": 0.0, "long": 0.0} | {f"correct_{n}": 0.0 for n in _BLEU_ORDERS}
        return self._counts(references(case)[0], references(case)) | none

    def _counts(self, text: str, right: Sequence[str]) -> dict[str, float]:
        counted = self._bleu.corpus_score([text], [[reference] for reference in right])
        lengths = {"sys_len": float(counted.sys_len), "ref_len": float(counted.ref_len)}
        correct = {f"correct_{n}": float(counted.counts[n - 1]) for n in _BLEU_ORDERS}
        totals = {f"total_{n}": float(counted.totals[n - 1]) for n in _BLEU_ORDERS}
        return lengths | correct | totals | {"long": float(counted.totals[-1] > 0)}


class Chrf:
    """chrF2 (Popović 2015) of character orders 1 to 6; `word_order` 2 makes it chrF++ (Popović 2017)."""

    reads: Kind = "text"
    higher_is_better = True
    bounds = (0.0, 100.0)

    def __init__(self, word_order: int = 0, lowercase: bool = False, extract: Sequence[Written] = ()) -> None:
        if word_order < 0:
            raise ValueError(f"word_order must be 0 or more, not {word_order!r}")
        self._extract = Extraction(extract)
        self._word_order = word_order
        self._lowercase = lowercase

    @cached_property
    def _chrf(self) -> Any:
        from sacrebleu.metrics import CHRF

        return CHRF(char_order=_CHRF_CHARACTER_ORDERS, word_order=self._word_order, lowercase=self._lowercase)

    @property
    def _orders(self) -> range:
        return range(1, _CHRF_CHARACTER_ORDERS + self._word_order + 1)

    def score(self, answered: Answered) -> Mapping[str, float]:
        return _sample_mean(answered.case, self._extract(answered), self._counts)

    def value(self, statistics: Mapping[str, Any]) -> Any:
        """F2 of precision and recall, each averaged over the orders that both sides have, in percent."""
        shape = np.shape(statistics["match_1"])
        precision, recall, orders = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for n in self._orders:
            said, right, matched = (np.asarray(statistics[f"{what}_{n}"]) for what in ("hyp", "ref", "match"))
            both = (said > 0) & (right > 0)
            precision = precision + np.where(both, share(matched, said), 0.0)
            recall = recall + np.where(both, share(matched, right), 0.0)
            orders = orders + both
        precision, recall = share(precision, orders), share(recall, orders)
        f = share((1 + _CHRF_BETA_SQUARED) * precision * recall, _CHRF_BETA_SQUARED * precision + recall)
        return np.minimum(100.0 * f, 100.0)

    def warnings(self, cases: Sequence[Case]) -> Iterator[str]:
        yield from decomposed(cases)
        if self._word_order and (found := unspaced(cases)):
            yield f"{found}, so that word_order counts whole sentences as words; leave it 0"

    def worst(self, case: Case) -> Mapping[str, float]:
        first = references(case)[0]
        return self._counts(first, (first,)) | {f"match_{n}": 0.0 for n in self._orders}

    def _counts(self, text: str, right: Sequence[str]) -> dict[str, float]:
        # sacrebleu's score object keeps no counts of chrF; this method is what its own bootstrap resamples.
        (counts,) = self._chrf._extract_corpus_statistics([text], [[reference] for reference in right])
        names = [f"{what}_{n}" for n in self._orders for what in ("hyp", "ref", "match")]
        return {name: float(count) for name, count in zip(names, counts, strict=True)}


class Ter:
    """Translation edit rate (Snover et al. 2006): edits a reference word, in percent; an endless reply has no bound."""

    reads: Kind = "text"
    higher_is_better = False
    bounds = (0.0, None)

    def __init__(self, extract: Sequence[Written] = ()) -> None:
        self._extract = Extraction(extract)

    @cached_property
    def _ter(self) -> Any:
        from sacrebleu.metrics import TER

        return TER()

    def score(self, answered: Answered) -> Mapping[str, float]:
        return _sample_mean(answered.case, self._extract(answered), self._counts)

    def value(self, statistics: Mapping[str, Any]) -> Any:
        """Where all references are empty, any word at all is as wrong as a whole one, as sacrebleu has it."""
        edits, length = np.asarray(statistics["edits"]), np.asarray(statistics["ref_len"])
        return 100.0 * np.where(length > 0, share(edits, length), edits > 0)[()]

    def warnings(self, cases: Sequence[Case]) -> Iterator[str]:
        yield from decomposed(cases)
        if found := unspaced(cases):
            yield f"{found}, and what stands between two spaces counts as one word; use chrf"

    def _counts(self, text: str, right: Sequence[str]) -> dict[str, float]:
        counted = self._ter.corpus_score([text], [[reference] for reference in right])
        return {"edits": float(counted.num_edits), "ref_len": float(counted.ref_length)}


def _sample_mean(
    case: Case, texts: Sequence[str], counts: Callable[[str, Sequence[str]], Mapping[str, float]]
) -> Mapping[str, float]:
    right = references(case)
    samples = [counts(text, right) for text in texts]
    return {name: sum(sample[name] for sample in samples) / len(samples) for name in samples[0]}
