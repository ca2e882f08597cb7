import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from harness.testing import make_answered, make_case
from harness.types import Answered, Likelihood
from harness_metrics.likelihood import BitsPerByte, BytePerplexity, Perplexity, WordPerplexity


def answered(reference: str, log_likelihood: float, tokens: int) -> Answered:
    likelihoods = [Likelihood(log_likelihood, tokens)]
    return make_answered(case=make_case(references=[reference]), kind="log-likelihood", likelihoods=likelihoods)


def total(metric: Any, *all_answered: Answered) -> float:
    scores = [metric.score(one) for one in all_answered]
    return float(metric.value({name: sum(score[name] for score in scores) for name in scores[0]}))


def test_perplexity_is_weighted_by_tokens() -> None:
    assert total(Perplexity(), answered("a b", -2.0, 2), answered("c", -4.0, 1)) == pytest.approx(math.exp(6 / 3))


def test_bits_per_byte_counts_utf8_bytes_and_not_tokens() -> None:
    assert total(BitsPerByte(), answered("größe", -7 * math.log(2), 2)) == pytest.approx(1.0)  # ö, ß: two bytes each
    assert total(BitsPerByte(), answered("\ud800", -3 * math.log(2), 1)) == pytest.approx(1.0)


def test_a_huge_loss_stays_finite_and_nothing_measured_is_no_number() -> None:
    figures = Perplexity().value({"nll": np.array([1e6, 0.0]), "tokens": np.array([1.0, 0.0])})
    assert figures[0] == pytest.approx(math.exp(700))
    assert math.isnan(figures[1])


def test_lower_is_better_and_perplexity_is_comparable_within_a_tokenizer() -> None:
    assert not Perplexity.higher_is_better
    assert not BitsPerByte.higher_is_better
    assert Perplexity.comparable_on == ("tokenizer",)
    assert not hasattr(BitsPerByte, "comparable_on")


def test_words_are_the_parts_between_white_space_and_their_perplexity_is_weighted() -> None:
    first, second = answered("one two\n three", -6.0, 5), answered("four", -2.0, 1)
    assert total(WordPerplexity(), first, second) == pytest.approx(math.exp(8 / 4))
    assert total(BytePerplexity(), first, second) == pytest.approx(math.exp(8 / 18))


def test_a_case_may_say_what_its_reference_counts_as() -> None:
    case = make_case(references=["a-b"])
    sized = make_answered(
        case=replace(case, size={"words": 4, "bytes": 8}),
        kind="log-likelihood",
        likelihoods=[Likelihood(-8 * math.log(2), 3)],
    )
    assert total(WordPerplexity(), sized) == pytest.approx(4.0)
    assert total(BitsPerByte(), sized) == pytest.approx(1.0)


def test_a_reference_without_spaces_is_told_to_word_perplexity_unless_its_words_are_given() -> None:
    cases = [make_case("q", id="c", references=["春眠不覚暁"]), make_case("r", references=["Spring sleep"])]
    (said,) = WordPerplexity().warnings(cases)
    assert said.startswith(
        "the reference of case 'c' has no spaces between words, so that a sentence counts as one word"
    )
    assert not list(WordPerplexity().warnings([replace(cases[0], size={"words": 5})]))
