"""Which estimator a metric gets is seen in its values; names never matter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from harness.comparison.estimation import estimate, weighted_means
from harness.comparison.statistics.flips import FLIPS
from harness.comparison.statistics.paired import FloatArray, Values
from harness.comparison.statistics.proportions import MID_P
from harness.comparison.statistics.randomisation import RANDOMISATION
from harness.comparison.statistics.sandwich import CR2
from harness_metrics.classification import Accuracy, macro_f1, micro_f1
from harness_metrics.likelihood import BitsPerByte, Perplexity
from harness_metrics.overlap import Bleu

GENERATOR = np.random.default_rng(17)
TOKENS = GENERATOR.integers(5, 40, 60).astype(float)
FIRST, SECOND = (np.column_stack([TOKENS * GENERATOR.gamma(4, 0.5, 60), TOKENS]) for _ in range(2))
ALONE = np.arange(60)


def values_of(metric: Any, *names: str) -> Values:
    def values(sums: FloatArray) -> FloatArray:
        with np.errstate(all="ignore"):
            return np.array(metric.value({name: sums[:, i] for i, name in enumerate(names)}), float)

    return values


ACCURACY = values_of(Accuracy(), "sum", "count")
PERPLEXITY = values_of(Perplexity(), "nll", "tokens")
BITS = values_of(BitsPerByte(), "nll", "bytes")


def rows(scores: Any) -> FloatArray:
    return np.column_stack([scores, np.ones(len(scores))])


def test_right_and_wrong_alone_are_shares_and_in_clusters_are_not() -> None:
    first, second = rows(np.tile([1.0, 0.0], 30)), rows(np.tile([1.0, 0.0, 0.0], 20))
    assert estimate(first, second, ALONE, ACCURACY, bounds=(0.0, 1.0), seed=1).test == MID_P
    assert estimate(first, second, ALONE // 2, ACCURACY, bounds=(0.0, 1.0), seed=1).test == FLIPS
    assert estimate(first, second, ALONE, ACCURACY, seed=1).test != MID_P


def test_graded_scores_get_flips_below_30_clusters_and_t_from_there() -> None:
    first, second = rows(GENERATOR.random(60)), rows(GENERATOR.random(60))
    assert estimate(first, second, ALONE, ACCURACY, bounds=(0.0, 1.0), seed=1).test == CR2
    assert estimate(first, second, ALONE // 3, ACCURACY, bounds=(0.0, 1.0), seed=1).test == FLIPS


def test_perplexity_is_the_exponential_of_a_mean_weighted_by_tokens() -> None:
    means = weighted_means(FIRST, SECOND, ALONE, PERPLEXITY)
    assert means is not None
    assert means.link == "log"
    assert means.weights.tolist() == TOKENS.tolist()
    assert means.baseline == pytest.approx(FIRST[:, 0] / TOKENS)


def test_bits_per_byte_are_a_mean_weighted_by_bytes() -> None:
    means = weighted_means(FIRST, SECOND, ALONE, BITS)
    assert means is not None
    assert (means.link, means.weights.tolist()) == ("identity", TOKENS.tolist())


def test_weights_that_differ_between_the_sides_make_a_corpus_metric() -> None:
    other = SECOND + np.array([0.0, 1.0])
    assert weighted_means(FIRST, other, ALONE, PERPLEXITY) is None
    assert estimate(FIRST, other, ALONE, PERPLEXITY, seed=1, replicates=99).test == RANDOMISATION


def test_a_case_that_counts_nothing_is_left_out() -> None:
    first, second = FIRST.copy(), SECOND.copy()
    first[7], second[7] = 0.0, 0.0
    kept = ALONE != 7
    whole = estimate(first, second, ALONE, BITS, seed=1)
    assert whole == estimate(first[kept], second[kept], ALONE[kept], BITS, seed=1)
    assert np.isfinite([whole.low, whole.high]).all()


def test_a_case_without_a_logarithm_makes_a_corpus_metric() -> None:
    class Odds:
        def value(self, statistics: Any) -> Any:
            return np.exp(-statistics["nll"] / statistics["tokens"])

    impossible = FIRST.copy()
    impossible[3, 0] = 1e6
    odds = values_of(Odds(), "nll", "tokens")
    assert weighted_means(FIRST, SECOND, ALONE, odds) is not None
    assert weighted_means(impossible, SECOND, ALONE, odds) is None


def test_clusters_may_have_any_numbers() -> None:
    known = {"bounds": (0.0, None), "seed": 1}
    assert estimate(FIRST, SECOND, ALONE // 3, BITS, **known) == estimate(FIRST, SECOND, ALONE // 3 * 7, BITS, **known)


def macro(right: FloatArray, chosen: FloatArray) -> FloatArray:
    hit = (right == chosen)[:, None]
    labels = np.arange(3)
    of_right, of_chosen = right[:, None] == labels, chosen[:, None] == labels
    return np.hstack([of_right & hit, of_chosen & ~hit, of_right & ~hit]).astype(float)


def test_macro_f1_is_no_mean() -> None:
    names = [f"{count} {label}" for count in ("tp", "fp", "fn") for label in "abc"]
    right, *chosen = GENERATOR.integers(3, size=(3, 60))
    values = values_of(macro_f1(), *names)
    sides = [macro(right, one) for one in chosen]
    assert estimate(*sides, ALONE, values, bounds=(0.0, 1.0), seed=1, replicates=99).test == RANDOMISATION


def test_micro_f1_is_accuracy_only_where_every_answer_names_a_label() -> None:
    values = values_of(micro_f1(), "tp", "fp", "fn")
    named = np.where(GENERATOR.random((60, 1)) < 0.7, [1.0, 0.0, 0.0], [0.0, 1.0, 1.0])
    assert estimate(named, named, ALONE, values, bounds=(0.0, 1.0), seed=1).test == MID_P
    silent = named.copy()
    silent[np.flatnonzero(named[:, 1])[:5], 1] = 0.0
    assert estimate(named, silent, ALONE, values, bounds=(0.0, 1.0), seed=1, replicates=99).test == RANDOMISATION


def test_bleu_is_no_mean_however_many_cases_there_are() -> None:
    names = ["sys_len", "ref_len", *(f"{what}_{n}" for n in range(1, 5) for what in ("correct", "total")), "long"]
    counts = np.column_stack([np.full(400, 9.0), np.full(400, 10.0), *(GENERATOR.integers(1, 6, (9, 400)) + 0.0)])
    counts[:, 3::2] = 6.0
    assert weighted_means(counts, counts, np.arange(400), values_of(Bleu(), *names)) is None
