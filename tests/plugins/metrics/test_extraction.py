import pytest

from harness.testing import make_answered, make_case
from harness_metrics.extraction import Extraction, Written
from harness_metrics.matching import ExactMatch


def extracted(reply: str, *steps: Written) -> list[str]:
    return list(Extraction(steps)(make_answered(reply)))


@pytest.mark.parametrize(
    ("match", "answer"),
    [(0, "12"), (-1, "$7"), (1, "$7"), (2, "[invalid]")],
)
def test_a_regex_takes_one_match_and_its_first_group_that_is_not_empty(match: int, answer: str) -> None:
    step: Written = {"use": "regex", "pattern": r"(\$[0-9]+)|([0-9]+)", "match": match}
    assert extracted("He has 12 and pays $7.", step) == [answer]


def test_what_does_not_match_is_the_fallback_and_a_match_loses_its_outer_space() -> None:
    step: Written = {"use": "regex", "pattern": "####(.*)", "fallback": "none"}
    assert extracted("#### 5 \n", step) == ["5"]
    assert extracted("five", step) == ["none"]


def test_steps_follow_one_another() -> None:
    values: Written = {"use": "map", "values": {"yes": "1"}, "default": "0"}
    assert extracted(" YES\n", "strip", "lowercase", values) == ["1"]
    assert extracted("perhaps", "uppercase", values) == ["0"]


def test_samples_are_voted_on_or_cut_to_the_first() -> None:
    answered = make_answered("4", "5", "5", "4", "7")
    assert list(Extraction(["majority"])(answered)) == ["4"]
    assert list(Extraction(["first"])(answered)) == ["4"]
    assert list(Extraction([{"use": "first-k", "k": 3}, "majority"])(answered)) == ["5"]


@pytest.mark.parametrize(
    ("reply", "letter"),
    [
        ("The answer is (C).", "(C)"),
        ("I would say a guilty conscience", "(B)"),
        ("Answer: A", "(A)"),
        ("no idea", "[invalid]"),
    ],
)
def test_a_letter_is_found_by_pattern_then_by_the_choice_that_is_spelt_then_behind_a_colon(
    reply: str, letter: str
) -> None:
    case = make_case(choices=["Guilty", "A guilty conscience", "Neither."])
    step: Written = {"use": "choice-letter", "pattern": r"(\([A-Z]\))", "ignore_case": True}
    assert list(Extraction([step])(make_answered(reply, case=case))) == [letter]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("regx", r"extract\[0\]: unknown step 'regx' \(did you mean 'regex'\?\); known: regex"),
        ({"use": "regex", "patern": "a"}, r"extract\[0\]: regex: unknown option 'patern' \(did you mean 'pattern'\?\)"),
        ({"use": "regex"}, r"extract\[0\]: regex: .*'pattern'"),
        (
            {"use": "regex", "pattern": "a", "match": "last"},
            r"regex: match: input should be a valid integer, got 'last'",
        ),
        ({"use": "first-k", "k": 0}, r"extract\[0\]: first-k: k must be 1 or more, not 0"),
        ({"use": "regex", "pattern": "("}, r"extract\[0\]: regex: missing \)"),
    ],
)
def test_a_wrong_step_says_what_would_work(step: Written, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Extraction([step])


def test_exact_match_compares_what_was_extracted_without_what_is_ignored() -> None:
    case = make_case(references=["The sum is #### 1,024."])
    metric = ExactMatch(
        normalise="verbatim",
        extract=[{"use": "regex", "pattern": "is (.*)"}],
        regexes_to_ignore=["(?s).*#### ", r"\.$", ","],
    )
    assert metric.score(make_answered("I think it is 1024.", case=case))["sum"] == 1.0
    assert metric.score(make_answered("I think it is 1025.", case=case))["sum"] == 0.0


@pytest.mark.parametrize(
    ("options", "matched"),
    [({}, 0.0), ({"ignore_case": True}, 0.0), ({"ignore_case": True, "ignore_punctuation": True}, 1.0)],
)
def test_exact_match_ignores_case_and_ascii_punctuation_where_told(options: dict[str, bool], matched: float) -> None:
    answered = make_answered("New-York!", case=make_case(references=["newyork"]))
    assert ExactMatch("verbatim", **options).score(answered)["sum"] == matched  # type: ignore[arg-type]


def test_verbatim_keeps_outer_white_space_and_numbers_can_be_ignored() -> None:
    answered = make_answered(" a1", case=make_case(references=["a", " a2"]))
    assert ExactMatch("verbatim").score(answered)["sum"] == 0.0
    assert ExactMatch("verbatim", ignore_numbers=True).score(answered)["sum"] == 1.0
