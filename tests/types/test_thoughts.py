"""The one rule that tells what a model thinks from what it says."""

from __future__ import annotations

import pytest

from harness.types import Prediction
from harness.types.thoughts import Parted, as_read, before_stop, opened_by, parted, reply_start

CUT = "the reply was cut at max_new_tokens before it began"


@pytest.mark.parametrize(
    ("text", "thought", "reply"),
    [
        ("<think>\nTwo and two.\n</think>\n\nFour.", "Two and two.", "Four."),
        ("\n<think></think>Four.", "", "Four."),
        ("<thinking>Hm.</thinking> Four.", "Hm.", "Four."),
        ("<THINK>Hm.</THINK>Four.", "Hm.", "Four."),
        ("[THINK]Hm.[/THINK]Four.", "Hm.", "Four."),
        ("◁think▷Hm.◁/think▷Four.", "Hm.", "Four."),
        ("<seed:think>Hm.</seed:think>Four.", "Hm.", "Four."),
        ("<|START_THINKING|>Hm.<|END_THINKING|><|START_RESPONSE|>Four.<|END_RESPONSE|>", "Hm.", "Four."),
        ("<reasoning>\nHm.\n</reasoning>\nFour.", "Hm.", "Four."),
        ("<|channel>thought\nHm.<channel|>Four.", "Hm.", "Four."),
        ("<|channel>thought\n<channel|>Four.", "", "Four."),
        ("<unused94>thought\nHm.<unused95>Four.", "Hm.", "Four."),
        ("<|inner_prefix|>Hm.<|inner_suffix|>Four.", "Hm.", "Four."),
        (
            "<|begin_of_thought|>Hm.<|end_of_thought|>\n<|begin_of_solution|>Four.<|end_of_solution|>",
            "Hm.",
            "Four.",
        ),
        ("\ufeff<think>Hm.</think>Four.", "Hm.", "Four."),
        ("<s> <think>Hm.</think>Four.", "Hm.", "Four."),
        ("<think>Hm.\n</think>\n\n</think>\n\nFour.", "Hm.", "Four."),
        ("<think>One.</think>\n<think>Two.</think>\nFour.", "One.\n\nTwo.", "Four."),
        ("<think>It asks of `</think>` itself.</think>\nIt closes.", "It asks of `</think>` itself.", "It closes."),
        ("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Four.", "Hm.", "Four."),
        ("<|channel|>final<|message|>Four.<|return|>", "", "Four."),
        ("analysisHm, adding.assistantfinalFour.", "Hm, adding.", "Four."),
    ],
)
def test_a_thought_at_the_beginning_is_no_part_of_the_reply(text: str, thought: str, reply: str) -> None:
    assert parted(text) == Parted(thought, reply)


@pytest.mark.parametrize(
    "text",
    [
        "<think>I was about to",
        "<thinking>",
        "[THINK]so [/THINK",
        "<|START_THINKING|>well",
        "<think>a</think><think>b",
        "<|channel>thought\nLet us",
        "<reasoning>Let us",
        "<|channel|>analysis<|message|>Let us",
        "<|channel|>commentary to=functions.weather <|constrain|>json<|message|>{}<|call|>",
    ],
)
def test_a_thought_that_is_not_closed_is_all_thought(text: str) -> None:
    assert parted(text).reply == ""


@pytest.mark.parametrize(
    ("text", "thought", "reply"),
    [
        ("They ask for four.\n</think>\n\nFour.", "They ask for four.", "Four."),
        ("They ask for four. </think> Four.", "They ask for four.", "Four."),
        ("so four</think>Four.", "so four", "Four."),
        ("</think>\nFour.", "", "Four."),
        ("I should refuse.[/THINK]No.", "I should refuse.", "No."),
        ("still thinking\n</thinking>", "still thinking", ""),
    ],
)
def test_a_closing_mark_alone_ends_the_thought_that_the_template_opened(text: str, thought: str, reply: str) -> None:
    assert parted(text) == Parted(thought, reply)


@pytest.mark.parametrize(
    "text",
    [
        "Four.",
        "",
        " \n",
        "Write `<think>` before and `</think>` after it.",
        "Use it so:\n```xml\n<think>\nwhy\n</think>\n```\nThat is all.",
        "The tag </think> ends a thought.",
        "re.split('</think>', text)[-1]",
        "Models write <think>like this</think> at times.",
        "Sure.\n<think>not a thought any more</think>",
        "I think, therefore [think] of me.",
        "An analysis of the case: it was the assistant.",
        "a < b and think > c",
    ],
)
def test_a_text_that_speaks_of_marks_is_left_as_it_is(text: str) -> None:
    assert parted(text) == Parted("", text)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("Four.", 0),
        ("<think>Hm.\n\nSo", 14),
        ("<think>a</think>\nFour", 16),
        ("<|channel|>analysis<|message|>Hm", 32),
        ("<|channel|>analysis<|message|>H<|end|><|start|>assistant<|channel|>final<|message|>Four", 83),
    ],
)
def test_a_growing_text_tells_where_its_reply_begins(text: str, start: int) -> None:
    assert reply_start(text) == start


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("Four.\n\nFive.", "Four."),
        ("<think>One.\n\nTwo", None),
        ("<think>One.\n\nTwo</think>\n\n", None),
        ("<think>One.\n\nTwo</think>\n\nFour.\n\nFive.", "<think>One.\n\nTwo</think>\n\nFour."),
        ("<|channel|>analysis<|message|>a\n\nb", None),
        ("\n\nFour.", ""),
        ("a\n\nb\n</think>\n\nFour.\n\nFive.", "a\n\nb\n</think>\n\nFour."),
    ],
)
def test_a_stop_string_does_not_cut_inside_a_thought(text: str, before: str | None) -> None:
    assert before_stop(text, ["\n\n", ""]) == before


@pytest.mark.parametrize(
    ("prompt", "opened"),
    [
        ("<|im_start|>assistant\n<think>\n", "<think>\n"),
        ("[/INST][THINK]", "[THINK]"),
        ("<|im_start|>assistant\n<think>\n\n</think>\n\n", ""),
        ("Say <think> please", ""),
    ],
)
def test_a_prompt_may_open_the_thought(prompt: str, opened: str) -> None:
    assert opened_by(prompt) == opened


@pytest.mark.parametrize(
    ("replies", "reason", "error"),
    [
        (("",), "length", CUT),
        (("<think>Let me",), "length", CUT),
        (("Four.", " \n"), "length", CUT),
        (("", "Four"), "length", None),
        (("<think>Let me",), "stop", None),
        (("",), "tool_calls", None),
        ((" ",), "stop", None),
        (("",), "content_filter", "the server's filter withheld the reply"),
        (("First, take",), "content_filter", None),
    ],
)
def test_an_answer_that_was_cut_before_its_reply_began_has_failed(
    replies: tuple[str, ...], reason: str, error: str | None
) -> None:
    read = as_read(Prediction("k", "", "text", replies=replies, finish_reason=reason), "split")
    assert (read.error, read.permanent) == (error, error is not None)


def test_thoughts_that_are_kept_are_the_reply() -> None:
    given = Prediction("k", "", "text", replies=("<think>Let me",), finish_reason="length")
    assert as_read(given, "keep") == given
