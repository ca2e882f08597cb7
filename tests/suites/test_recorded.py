from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.suites.recorded import Recorded, load_recorded_answers
from harness.types import Case

CASES = (Case("a", "x", choices=("yes", "no"), answer="yes"), Case("b", "y", choices=("yes", "no")), Case("c", "z"))


def write(folder: Path, *lines: str) -> Path:
    (folder / "answers.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder / "answers.jsonl"


def test_answers_are_read_by_case_and_missing_ones_are_no_error(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '{"id": "b", "choice_logprobs": {"no": -0.1, "yes": -2}}',
        '{"id": "a", "text": "yes", "choice_logprobs": [-1, -2.5]}',
    )
    assert load_recorded_answers(path, CASES) == {
        "b": Recorded(choice_logprobs=(-2.0, -0.1)),
        "a": Recorded("yes", (-1.0, -2.5)),
    }


def test_a_recorded_error_and_an_empty_reply_are_kept_apart(tmp_path: Path) -> None:
    path = write(tmp_path, '{"id": "a", "error": "timed out"}', '{"id": "b", "text": ""}')
    assert load_recorded_answers(path, CASES) == {"a": Recorded(error="timed out"), "b": Recorded("")}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ('"text": null', Recorded(error="there is no text (finish_reason stop)")),
        ('"text": null, "finish_reason": "length"', Recorded("", finish_reason="length")),
        ('"text": null, "finish_reason": "refusal"', Recorded("", finish_reason="refusal")),
        ('"text": null, "finish_reason": "tool_calls"', Recorded("", finish_reason="tool_calls")),
        ('"finish_reason": "content_filter"', Recorded("", finish_reason="content_filter")),
        ('"finish_reason": "SAFETY"', Recorded("", finish_reason="content_filter")),
        ('"text": "", "finish_reason": "max_tokens"', Recorded("", finish_reason="length")),
        ('"text": "yes", "finish_reason": "MAX_TOKENS"', Recorded("yes", finish_reason="length")),
        ('"text": null, "finish_reason": "tool_use"', Recorded("", finish_reason="tool_calls")),
        ('"text": "yes", "finish_reason": "end_turn"', Recorded("yes", finish_reason="end_turn")),
        ('"finish_reason": "eos"', Recorded(error="there is no text (finish_reason eos)", finish_reason="eos")),
        ('"text": "yes", "finish_reason": "length"', Recorded("yes", finish_reason="length")),
        ('"text": "yes", "finish_reason": null', Recorded("yes")),
    ],
)
def test_how_a_reply_ended_says_what_no_text_means(tmp_path: Path, given: str, read: Recorded) -> None:
    assert load_recorded_answers(write(tmp_path, f'{{"id": "a", {given}}}'), CASES) == {"a": read}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": "aa", "text": "x"}', "id 'aa' is no case of the suite (did you mean 'a'?)"),
        ('{"text": "x"}', "id: field required"),
        ('{"id": "b"}', "has no answer; give 'text', 'choice_logprobs' or 'error'"),
        ('{"id": "a", "text": "x"}', "id 'a' repeats line 1"),
        ('{"id": "b", "text": "x", "error": "y"}', "has an 'error' beside an answer"),
        ('{"id": "b", "choice_logprobs": [-1]}', "has 1 values, the case has 2 choices"),
        ('{"id": "b", "choice_logprobs": {"yes": -1}}', "has no value for choice 'no'"),
        ('{"id": "b", "choice_logprobs": {"yess": -1, "no": -1}}', "'yess' is no choice of the case"),
        ('{"id": "b", "choice_logprobs": [-1, -Infinity]}', "-Infinity is no JSON number"),
        ('{"id": "b", "choice_logprobs": [-1, -1e999]}', "-1e999 is too large a number"),
        (
            '{"id": "b", "choice_logprobs": [0.9, 0.1]}',
            "choice_logprobs[0]: 0.9 is above 0, so it is no log-probability; write natural logarithms",
        ),
        ('{"id": "b", "choice_logprobs": [-0.1, 2.3]}', "choice_logprobs[1]: 2.3 is above 0"),
        ('{"id": "b", "choice_logprobs": {"no": 0.01, "yes": 0}}', "choice_logprobs['no']: 0.01 is above 0"),
        ('{"id": "b", "text": "yes", "text": "no"}', "text: is there twice"),
        ('{"id": "b", "choice_logprobs": {"yes": -1, "no": -2, "yes": -3}}', "choice_logprobs.yes: is there twice"),
        ('{"id": "b", "txt": "x"}', "unknown key 'txt' (did you mean 'text'?)"),
        ("{", "is not JSON"),
    ],
)
def test_a_bad_line_is_named_with_what_is_wrong(tmp_path: Path, line: str, said: str) -> None:
    path = write(tmp_path, '{"id": "a", "text": "x"}', line)
    with pytest.raises(UsageError, match=re.escape(said)) as caught:
        load_recorded_answers(path, CASES)
    assert f"{path}:2: " in str(caught.value)


@pytest.mark.parametrize(
    ("logs", "said"),
    [
        ("[-0.05, -0.96]", "choice_logprobs of case 'a' add up to a probability above 1"),  # of base 10
        ("[-0.11, -0.41]", "not means over tokens"),
        ("[-0.1053, -2.3]", ""),
        ("[-3.0, -4.5]", ""),
    ],
)
def test_logarithms_of_another_unit_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, logs: str, said: str
) -> None:
    load_recorded_answers(write(tmp_path, f'{{"id": "a", "choice_logprobs": {logs}}}'), CASES)
    assert (said in caplog.text, bool(caplog.records)) == (True, bool(said))


def test_choices_that_begin_with_each_other_may_both_be_likely(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    case = Case("a", "x", choices=("yes, sure", "no", "yes"), answer="yes")
    load_recorded_answers(write(tmp_path, '{"id": "a", "choice_logprobs": [-0.2, -4, -0.1]}'), [case])
    assert not caplog.records


def test_a_certain_choice_may_be_a_little_above_0_by_rounding(tmp_path: Path) -> None:
    path = write(tmp_path, '{"id": "a", "choice_logprobs": [2e-7, -15.4]}')
    assert load_recorded_answers(path, CASES)["a"].choice_logprobs == (2e-7, -15.4)


def test_the_example_of_the_guide_fits_the_suite_of_the_guide(tmp_path: Path) -> None:
    guide = (Path(__file__).parents[2] / "suites" / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"```jsonl\n(.*?)```", guide, re.S)[1]
    names, choices = ("amber", "twice", "twice-again", "return"), ("battery", "billing", "refund")
    answers = load_recorded_answers(write(tmp_path, lines), [Case(name, name, choices=choices) for name in names])
    assert [answers[name].error for name in names] == [None, None, None, "timed out after 30 s"]
