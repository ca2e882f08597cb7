import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from harness.testing import make_answered, make_case
from harness.types import Answered, Likelihood
from harness_metrics import classification as c

LABELS = ("refund", "tp delivery", "größe", "never")


def answered_all(rows: Sequence[tuple[str, str]]) -> list[Answered]:
    """One answered case for each pair of right label and reply."""
    cases = [make_case(f"{n}", choices=LABELS, answer=right) for n, (right, _) in enumerate(rows)]
    return [make_answered(said, case=case) for case, (_, said) in zip(cases, rows, strict=True)]


def value(metric: Any, answered: Sequence[Answered]) -> float:
    if hasattr(metric, "prepare"):
        metric.prepare([one.case for one in answered])
    scores = [metric.score(one) for one in answered]
    return float(metric.value({name: sum(score[name] for score in scores) for name in scores[0]}))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(LABELS[:3]), st.sampled_from([*LABELS, "of no class", ""])), min_size=1, max_size=40
    )
)
def test_the_family_equals_scikit_learn(rows: list[tuple[str, str]]) -> None:
    answered = answered_all(rows)
    right, said = [row[0] for row in rows], [row[1] for row in rows]
    for average, builds in (
        ("macro", (c.macro_precision, c.macro_recall, c.macro_f1)),
        ("micro", (c.micro_precision, c.micro_recall, c.micro_f1)),
    ):
        expected = precision_recall_fscore_support(right, said, labels=LABELS, average=average, zero_division=0)[:3]
        assert [value(build(), answered) for build in builds] == pytest.approx(expected, abs=1e-9)
    assert value(c.Accuracy(), answered) == pytest.approx(accuracy_score(right, said), abs=1e-9)


def test_a_reply_that_is_no_choice_is_a_false_negative_only() -> None:
    metric = c.macro_f1()
    answered = make_answered("maybe", case=make_case(choices=("yes", "no"), answer="yes"))
    metric.prepare([answered.case])
    assert metric.score(answered) == {"tp yes": 0, "fp yes": 0, "fn yes": 1, "tp no": 0, "fp no": 0, "fn no": 0}


def test_likelihoods_are_compared_per_answer_token_or_byte() -> None:
    case = make_case(choices=("a", "abcdefgh"), answer="abcdefgh")
    answered = make_answered(case=case, kind="choice", likelihoods=[Likelihood(-1.0, 1), Likelihood(-3.0, 2)])
    assert [c.Accuracy(per).score(answered)["sum"] for per in ("answer", "token", "byte")] == [0.0, 0.0, 1.0]


def test_labels_are_the_choices_of_all_cases_in_order_of_appearance() -> None:
    metric = c.macro_recall()
    cases = [make_case("1", choices=("b", "a"), answer="a"), make_case("2", choices=("c", "a"), answer="c")]
    metric.prepare(cases)
    names = list(metric.score(make_answered("a", case=cases[0])))
    assert [name for name in names if name.startswith("tp")] == ["tp b", "tp a", "tp c"]


def test_a_missing_answer_is_worth_a_wrong_one() -> None:
    case = make_case(choices=("yes", "no", "maybe"), answer="yes")
    macro = c.macro_precision()
    macro.prepare([case])
    assert c.micro_precision().worst(case) == {"tp": 0.0, "fp": 1.0, "fn": 1.0}
    worst = {name: figure for name, figure in macro.worst(case).items() if figure}
    assert worst == {"fn yes": 1.0, "fp no": 0.5, "fp maybe": 0.5}


def test_an_answer_that_is_no_choice_is_an_error_that_names_the_case() -> None:
    metric = c.macro_f1()
    metric.prepare([make_case(choices=("yes", "no"), answer="yes")])
    with pytest.raises(ValueError, match="case 'c9': its answer 'perhaps' is no choice"):
        metric.score(make_answered("yes", case=make_case(id="c9", answer="perhaps")))
    with pytest.raises(ValueError, match="case 'c9' has no answer"):
        metric.score(make_answered("yes", case=make_case(id="c9")))


@pytest.mark.parametrize(("per", "right"), [("answer", 0.0), ("byte", 1.0), ("character", 0.0)])
def test_likelihoods_are_divided_by_what_the_option_says(per: str, right: float) -> None:
    case = make_case(choices=["yes", "größe"], answer="größe")  # 3 and 5 characters, 3 and 7 bytes
    answered = make_answered(case=case, kind="choice", likelihoods=[Likelihood(-3.0, 1), Likelihood(-6.0, 1)])
    assert c.Accuracy(per).score(answered) == {"sum": right, "count": 1.0}  # type: ignore[arg-type]


@pytest.mark.parametrize(("answers", "right"), [((0,), 1.0), ((2,), 0.0), ((1, 0), 1.0)])
def test_positions_tell_equal_choices_apart_and_any_of_several_answers_is_right(
    answers: tuple[int, ...], right: float
) -> None:
    case = replace(make_case(choices=["a", "b", "a"]), answer="a", answers=answers)
    likelihoods = [Likelihood(-1.0, 1), Likelihood(-2.0, 1), Likelihood(-1.0, 1)]
    answered = make_answered(case=case, kind="choice", likelihoods=likelihoods)
    assert c.Accuracy().score(answered)["sum"] == right


@pytest.mark.parametrize("build", [c.macro_f1, c.micro_f1])
def test_labels_cannot_say_which_positions_are_right(build: Any) -> None:
    case = replace(make_case(choices=["a", "b", "c"]), answer="a", answers=(0, 2))
    with pytest.raises(ValueError, match="has `answers`; precision, recall and F1 need one label, its `answer`"):
        value(build(), [make_answered("c", case=case)])


def test_the_brier_score_is_the_squared_error_of_the_probabilities() -> None:
    case = make_case(choices=["yes", "no"], answer="no")
    likelihoods = [Likelihood(math.log(0.3), 1), Likelihood(math.log(0.1), 1)]  # 0.75 and 0.25 of the two
    answered = make_answered(case=case, kind="choice", likelihoods=likelihoods)
    assert c.Brier().score(answered)["sum"] == pytest.approx(0.75**2 + 0.75**2)
    assert c.Brier().score(make_answered("no", case=case))["sum"] == 0.0
    assert c.Brier().score(make_answered("maybe", case=case))["sum"] == 2.0


@pytest.mark.parametrize("build", [c.Accuracy, c.Brier, c.macro_f1, c.micro_recall])
def test_what_is_extracted_is_the_reply_and_likelihoods_stay_what_they_are(build: Any) -> None:
    metric = build(extract=[{"use": "regex", "pattern": r"<(\w+)>"}])
    case = make_case(choices=("yes", "no"), answer="yes")
    assert metric.chosen(make_answered("No, <yes>, no", case=case)) == "yes"
    assert metric.chosen(make_answered("yes", case=case)) is None
    likelihoods = [Likelihood(-2.0, 1), Likelihood(-1.0, 1)]
    assert metric.chosen(make_answered(case=case, kind="choice", likelihoods=likelihoods)) == "no"


@pytest.mark.parametrize(
    ("cases", "never"),
    [
        ([(("x", "y", "z"), "x"), (("x", "y", "z"), "z")], ["choice 'y' is never an answer"]),
        ([(("x", "y"), "x"), (("x", "y"), "y")], []),
        ([(("x", "y"), "x"), (("p", "q"), "p")], []),  # choices of their own are no labels
    ],
)
def test_a_label_that_is_never_an_answer_is_told(cases: list[tuple[tuple[str, ...], str]], never: list[str]) -> None:
    made = [make_case(str(n), choices=choices, answer=answer) for n, (choices, answer) in enumerate(cases)]
    assert list(c.Accuracy().warnings(made)) == never
