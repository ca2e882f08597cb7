import pytest

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
