import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.testing import make_answered, make_case
from harness_metrics.overlap import Bleu, Chrf, Ter

Row = tuple[str, list[str]]
TEXT = st.text(alphabet="aab, .ñ你🎉\n", max_size=40) | st.sampled_from(
    ["", " ", "the cat sat on the mat .", "The cat sat on a mat.", "a b c d e f", "Die Größe beträgt 3,5 m²!", "x"]
)
ROWS = st.lists(st.tuples(TEXT, st.lists(TEXT, min_size=1, max_size=3)), min_size=1, max_size=6)


def sums(metric: Any, rows: Sequence[Row]) -> dict[str, float]:
    scores = [metric.score(make_answered(said, case=make_case(references=right))) for said, right in rows]
    return {name: sum(score[name] for score in scores) for name in scores[0]}


def corpus(rows: Sequence[Row]) -> tuple[list[str], list[list[str | None]]]:
    """Hypotheses and reference streams as sacrebleu takes them: None where a row has fewer references."""
    most = max(len(right) for _, right in rows)
    streams = [[right[n] if n < len(right) else None for _, right in rows] for n in range(most)]
    return [said for said, _ in rows], streams


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_bleu_equals_sacrebleu(rows: list[Row]) -> None:
    from sacrebleu.metrics import BLEU

    for tokenize, lowercase in (("13a", False), ("char", True)):
        ours, theirs = Bleu(tokenize, lowercase), BLEU(tokenize=tokenize, lowercase=lowercase)  # type: ignore[arg-type]
        assert ours.value(sums(ours, rows)) == pytest.approx(theirs.corpus_score(*corpus(rows)).score, abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_chrf_equals_sacrebleu(rows: list[Row]) -> None:
    from sacrebleu.metrics import CHRF

    for order, lowercase in ((0, False), (2, True)):
        ours, theirs = Chrf(order, lowercase), CHRF(word_order=order, lowercase=lowercase)
        assert ours.value(sums(ours, rows)) == pytest.approx(theirs.corpus_score(*corpus(rows)).score, abs=1e-9)


def test_a_realistic_corpus_equals_sacrebleu_on_every_resample() -> None:
    from sacrebleu.metrics import BLEU, CHRF

    draw = random.Random(3)
    words = ["the", "a", "cat", "parcel", "order", "is", "on", "your", "today", ",", ".", "!", "naïve", "größe"]
    rows: list[Row] = []
    for _ in range(40):
        right = [" ".join(draw.choices(words, k=draw.randint(3, 25))) for _ in range(draw.randint(1, 3))]
        rows.append((" ".join(w if draw.random() < 0.7 else draw.choice(words) for w in right[0].split()), right))
    resamples = [draw.choices(rows, k=40) for _ in range(5)]
    for ours, theirs in ((Bleu(), BLEU()), (Chrf(), CHRF())):
        each = [sums(ours, resample) for resample in resamples]
        together = ours.value({name: np.array([one[name] for one in each]) for name in each[0]})
        expected = [theirs.corpus_score(*corpus(resample)).score for resample in resamples]
        assert together == pytest.approx(expected, abs=1e-9)


def test_a_perfect_reply_is_100_and_not_a_rounding_error_more() -> None:
    rows = [("Your parcel will arrive on Friday, at noon.", ["Your parcel will arrive on Friday, at noon."])] * 7
    for metric in (Bleu(), Chrf()):
        assert 100 - 1e-9 <= metric.value(sums(metric, rows)) <= 100


def test_samples_count_as_their_mean() -> None:
    case = make_case(references=["a b c d e"])
    assert Bleu().score(make_answered("a b c d e", "", case=case))["correct_1"] == 2.5
    assert Chrf().score(make_answered("abcde", "", case=case))["match_1"] == 2.5


def test_a_missing_answer_has_nothing_right_and_shortens_the_text() -> None:
    worst = Bleu().worst(make_case(references=["a b c d e", "other"]))
    assert worst["sys_len"] == 0
    assert (worst["ref_len"], worst["total_1"], worst["total_4"], worst["correct_1"]) == (5, 5, 2, 0)
    worst = Chrf().worst(make_case(references=["abc"]))
    assert (worst["hyp_1"], worst["ref_1"], worst["match_1"]) == (3, 3, 0)


def test_replies_too_short_for_bleu_stay_at_0_when_an_answer_is_missing() -> None:
    short = [("yes it does", ["yes it does"])] * 50
    case = make_case(references=["the parcel left our warehouse"])
    missing = {name: sums(Bleu(), short)[name] + lost for name, lost in Bleu().worst(case).items()}
    assert (Bleu().value(sums(Bleu(), short)), Bleu().value(missing)) == (0.0, 0.0)


def test_a_negative_word_order_is_refused() -> None:
    with pytest.raises(ValueError, match="word_order must be 0 or more, not -1"):
        Chrf(word_order=-1)


def test_ter_is_that_of_sacrebleu_over_the_corpus() -> None:
    from sacrebleu.metrics import TER

    rows = [("the cat sat", ["the cat sat down", "a cat sat"]), ("so on and on", ["and so on"])]
    assert Ter().value(sums(Ter(), rows)) == pytest.approx(TER().corpus_score(*corpus(rows)).score)


@pytest.mark.parametrize(
    ("said", "right"), [(["a b"], [""]), (["", ""], ["", ""]), (["a", ""], ["", ""]), (["a", "b c"], ["", "b"])]
)
def test_ter_of_empty_references_is_that_of_sacrebleu(said: list[str], right: list[str]) -> None:
    from sacrebleu.metrics import TER

    rows: list[Row] = [(one, [reference]) for one, reference in zip(said, right, strict=True)]
    assert Ter().value(sums(Ter(), rows)) == TER().corpus_score(said, [right]).score


def test_ter_of_arrays_of_sums_has_each_answer() -> None:
    found = Ter().value({"edits": np.array([2.0, 0.0, 3.0]), "ref_len": np.array([0.0, 0.0, 4.0])})
    assert found.tolist() == [100.0, 0.0, 75.0]


def test_only_what_is_extracted_counts() -> None:
    answered = make_answered("Answer: a b c d e\nBye.", case=make_case(references=["a b c d e"]))
    step = {"use": "regex", "pattern": "Answer: (.*)"}
    assert Bleu(extract=[step]).value(Bleu(extract=[step]).score(answered)) == pytest.approx(100)


@pytest.mark.parametrize(
    ("metric", "advice"),
    [
        (Bleu(), "'tokenize: 13a' takes what stands between two spaces for one word; set 'tokenize: zh'"),
        (Bleu(tokenize="intl"), "'tokenize: intl'"),
        (Bleu(tokenize="char"), None),
        (Chrf(word_order=2), "word_order counts whole sentences as words; leave it 0"),
        (Chrf(), None),
        (Ter(), "use chrf"),
    ],
)
@pytest.mark.parametrize("reference", ["我不知道。", "わかりません", "ไม่ทราบ"])
def test_references_without_spaces_are_told_where_words_count(
    metric: Bleu | Chrf | Ter, advice: str | None, reference: str
) -> None:
    found = list(metric.warnings([make_case("q", id="c", references=[reference])]))
    assert [advice in one for one in found if advice] == ([True] if advice else [])
    assert all(one.startswith("the reference of case 'c' has no spaces between words") for one in found)
    assert not list(metric.warnings([make_case("q", references=["Não sei, 我 não."])]))


def test_decomposed_accents_of_a_reference_are_told() -> None:
    cases = [make_case("q", id="c", references=["cafe\u0301"]), make_case("r", references=["caf\u00e9"])]
    assert ["case 'c' has accents" in one for one in Chrf().warnings(cases)] == [True]
