import re
import string
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.testing import make_answered, make_case
from harness_metrics.matching import ExactMatch, TokenF1


@pytest.mark.parametrize(
    ("normalise", "reply", "matched"),
    [
        ("none", " Paris\n", 1.0),
        ("none", "paris", 0.0),
        ("none", "Cafe\u0301", 1.0),
        ("case", "THE  Paris", 1.0),
        ("case", "Paris!", 0.0),
        ("squad", "the paris!", 1.0),
        ("squad", "", 0.0),
    ],
)
def test_exact_match_ignores_what_it_is_told_to(normalise: str, reply: str, matched: float) -> None:
    case = make_case(references=["Paris", "the paris", "Caf\u00e9"])
    metric = ExactMatch(normalise)  # type: ignore[arg-type]
    assert metric.score(make_answered(reply, case=case)) == {"sum": matched, "count": 1.0}


def squad(text: str) -> str:
    """`normalize_answer` of the SQuAD 1.1 evaluation script."""
    kept = "".join(character for character in text.lower() if character not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", kept).split())


def squad_f1(said: str, right: str) -> float:
    ours, theirs = squad(said).split(), squad(right).split()
    if not ours or not theirs:  # as version 2.0 of the script has it
        return float(ours == theirs)
    shared = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * shared / (len(ours) + len(theirs))


WORDS = st.lists(st.sampled_from(["a", "An", "the", "THE", "theatre", "U.S.", "$5", "don't", "x-y", "\t", "fox"]))
ASCII = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=30) | WORDS.map(" ".join)


@settings(max_examples=300, deadline=None)
@given(ASCII, ASCII)
def test_ascii_is_compared_as_the_squad_script_does(said: str, right: str) -> None:
    answered = make_answered(said, case=make_case(references=[right]))
    assert ExactMatch("squad").score(answered)["sum"] == float(squad(said) == squad(right))
    assert TokenF1().score(answered)["sum"] == pytest.approx(squad_f1(said, right))


@pytest.mark.parametrize(
    ("reply", "reference"),
    [
        ("巴黎！", "巴黎"),
        ("「東京 タワー」", "東京タワー"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("กรุงเทพ มหานคร", "กรุงเทพมหานคร"),
        ("ပုဂံ၊", "ပုဂံ"),
        ("iPhone１５ 手机", "iphone15手机"),
        ("«Straße»", "STRASSE"),
        ("İzmir…", "izmir"),
        ("Zoe\u0308", "zo\u00eb"),
        ("¿Quién?", "quién"),
        ("Москва́", "москва́"),
        ("بغداد؟", "بغداد"),
    ],
)
def test_squad_does_not_count_punctuation_width_and_case_of_any_script(reply: str, reference: str) -> None:
    assert ExactMatch("squad").score(make_answered(reply, case=make_case(references=[reference])))["sum"] == 1.0


@pytest.mark.parametrize(
    ("reply", "reference", "f1"),
    [
        ("在巴黎。", "巴黎", 2 * 2 / (3 + 2)),
        ("ຫຼວງພະບາງ", "ຫຼວງ", 2 * 3 / (8 + 3)),  # vowels and tones belong to their letter
        ("大阪 Castle", "the castle of 大阪", 2 * 3 / (3 + 4)),
        ("서울특별시", "서울", 0.0),  # Korean puts spaces between words
    ],
)
def test_token_f1_compares_characters_where_words_have_no_spaces(reply: str, reference: str, f1: float) -> None:
    score = TokenF1().score(make_answered(reply, case=make_case(references=[reference])))
    assert score["sum"] == pytest.approx(f1)


@pytest.mark.parametrize(
    ("options", "warned"),
    [
        ({"ignore_punctuation": True}, True),
        ({"ignore_punctuation": True, "normalise": "squad"}, False),
        ({"normalise": "case"}, False),
    ],
)
def test_punctuation_that_is_not_ignored_is_told(options: dict[str, Any], warned: bool) -> None:
    cases = [make_case("q", id="plain", references=["yes!"]), make_case("r", id="zh", references=["好。"])]
    said = list(ExactMatch(**options).warnings(cases))
    assert ["'。' of the reference of case 'zh'" in one for one in said] == [True] * warned


def test_token_f1_is_the_harmonic_mean_over_words_of_the_best_reference() -> None:
    case = make_case(references=["nothing shared", "the quick brown fox"])
    score = TokenF1().score(make_answered("A quick fox, a quick dog", case=case))
    assert score["sum"] == pytest.approx(2 * 2 / (4 + 3))  # quick, fox of: quick fox quick dog / quick brown fox


def test_token_f1_of_nothing_is_1_against_nothing_and_0_against_words() -> None:
    metric = TokenF1()
    assert metric.score(make_answered("The.", case=make_case(references=["a"])))["sum"] == 1.0
    assert metric.score(make_answered("", case=make_case(references=["fox"])))["sum"] == 0.0


def test_samples_of_a_case_count_as_their_mean() -> None:
    answered = make_answered("yes", "no", "yes", "no", case=make_case(references=["yes"]))
    assert ExactMatch().score(answered) == {"sum": 0.5, "count": 1.0}
    assert TokenF1().score(answered) == {"sum": 0.5, "count": 1.0}


def test_a_case_without_references_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match="case 'c7' has no references"):
        ExactMatch().score(make_answered("yes", case=make_case(id="c7")))
