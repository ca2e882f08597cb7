import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.testing import make_answered, make_case
from harness_metrics.rouge import rouge_1, rouge_2, rouge_l

TEXT = st.text(alphabet="ab é你\n.", max_size=30) | st.sampled_from(["", "the cats sat", "The cat sitting on a mat"])


@settings(max_examples=100, deadline=None)
@given(TEXT, st.lists(TEXT, min_size=1, max_size=3), st.booleans())
def test_rouge_equals_rouge_score_on_the_best_reference(said: str, right: list[str], stem: bool) -> None:
    from rouge_score.rouge_scorer import RougeScorer

    answered = make_answered(said, case=make_case(references=right))
    for build, name in ((rouge_1, "rouge1"), (rouge_2, "rouge2"), (rouge_l, "rougeL")):
        theirs = RougeScorer([name], use_stemmer=stem).score_multi(right, said)[name].fmeasure
        assert build(stem).score(answered) == {"sum": pytest.approx(theirs, abs=1e-9), "count": 1.0}


def test_samples_count_as_their_mean() -> None:
    answered = make_answered("one two", "nothing", case=make_case(references=["one two"]))
    assert rouge_1().score(answered) == {"sum": 0.5, "count": 1.0}


@pytest.mark.parametrize(
    ("references", "said"),
    [
        (["नमस्ते दुनिया"], "the reference of case 'c' has no word that it sees (ASCII letters and digits); use chrf"),
        (["Привет, 2 мира", "fine"], "the reference of case 'c' has letters that it does not see, so that words break"),
        (["Tôi không biết tiếng Việt"], "the reference of case 'c' has letters that it does not see"),
        (["Die Größe der Tür steht auf dem Schild", "a naïve idea in a small café"], None),
        (["?!"], None),
    ],
)
def test_references_in_letters_that_rouge_does_not_know_are_told(references: list[str], said: str | None) -> None:
    found = list(
        rouge_l().warnings([make_case("q", id="e", references=["fine"]), make_case("r", id="c", references=references)])
    )
    assert [one.startswith(said or "") for one in found] == ([True] if said else [])


def test_many_such_references_are_counted_in_one_line() -> None:
    cases = [make_case(text, id=text, references=[text]) for text in ("Ελλάδα", "საქართველო", "plain")]
    (said,) = rouge_1().warnings(cases)
    assert said.startswith("the references of 2 of 3 cases, such as 'Ελλάδα', have no word that it sees")
