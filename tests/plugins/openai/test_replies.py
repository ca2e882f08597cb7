from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from harness.types import Answer, Generate, Message, ModelReference, OpenRequest, Request
from harness_openai.backend import OpenAIBackend
from tests.plugins.openai.answer_kinds import KINDS, AnswerKind

if TYPE_CHECKING:
    from tests.plugins.openai.conftest import FaultServer

TINY = OpenRequest(ModelReference("tiny", backend="openai"))
HELLO = (Message("system", "Be kind.", weight=0), Message("user", "Hello, you there."))


def answer(backend: OpenAIBackend, *requests: Request) -> Answer:
    with backend.open(TINY) as model:
        (found,) = model.answer(requests)
    return found


def body(server: FaultServer) -> Mapping[str, Any]:
    """What was asked last, without the key that says where."""
    return {key: value for key, value in server.asked[-1].items() if key != "path"}


def test_messages_are_sent_as_a_chat(server: FaultServer, backend: OpenAIBackend) -> None:
    found = answer(backend, Generate("a", HELLO, max_new_tokens=9, stop=(" there",)))
    assert (found.replies, found.finish_reason, found.prompt_tokens) == (("You said: Hello, you",), "stop", 3)
    messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello, you there."}]
    assert body(server) == {
        "model": "tiny", "messages": messages, "max_tokens": 9, "temperature": 0.0, "stop": [" there"],
    }  # fmt: skip


def test_a_raw_string_is_sent_as_it_is(server: FaultServer, backend: OpenAIBackend) -> None:
    found = answer(backend, Generate("a", "Hello, you", max_new_tokens=3))
    assert (found.replies, found.finish_reason, found.new_tokens) == (("You said: Hello,",), "length", 3)
    assert body(server) == {"model": "tiny", "prompt": "Hello, you", "max_tokens": 3, "temperature": 0.0}


def test_follow_ups_are_asked_turn_by_turn(server: FaultServer, backend: OpenAIBackend) -> None:
    found = answer(backend, Generate("a", HELLO[1:], max_new_tokens=4, follow_ups=("And now?", "Thanks.")))
    assert found.replies == ("You said: Hello, you", "You said: And now?", "You said: Thanks.")
    assert (found.prompt_tokens, found.new_tokens) == (9, 11)
    assert [one["content"] for one in body(server)["messages"]] == [
        "Hello, you there.", "You said: Hello, you", "And now?", "You said: And now?", "Thanks.",
    ]  # fmt: skip


def test_follow_ups_to_a_raw_string_are_refused(server: FaultServer, backend: OpenAIBackend) -> None:
    found = answer(backend, Generate("a", "Hello", follow_ups=("And now?",)))
    assert (found.error, found.permanent) == (
        "follow-ups need a prompt of messages: a raw string has no turns", True,
    )  # fmt: skip


def test_a_sampled_reply_is_asked_with_its_seed(server: FaultServer, backend: OpenAIBackend) -> None:
    answer(backend, Generate("a", "Hello", temperature=0.7, top_p=0.9, seed=2**40 + 5))
    asked = body(server)
    assert (asked["temperature"], asked["top_p"], asked["seed"]) == (0.7, 0.9, 5)


def test_no_reply_goes_on_behind_a_stop_string_however_many_there_are(
    server: FaultServer, backend: OpenAIBackend
) -> None:
    found = answer(backend, Generate("a", "A b c d e f", stop=("v", "w", "x", "y", "", " e")))
    assert (found.replies, found.finish_reason) == (("You said: A b c d",), "stop")
    assert body(server)["stop"] == ["v", "w", "x", "y"]


def test_extra_fields_are_sent_replace_ours_or_leave_them_out(server: FaultServer) -> None:
    backend = OpenAIBackend(
        base_url=server.url, extra_body={"top_k": 1, "temperature": None}, tokens_field="max_completion_tokens"
    )
    answer(backend, Generate("a", "Hello", max_new_tokens=3))
    assert body(server) == {"model": "tiny", "prompt": "Hello", "max_completion_tokens": 3, "top_k": 1}


def test_known_requests_are_not_asked(server: FaultServer, backend: OpenAIBackend) -> None:
    found = answer(backend, Generate("a", "One", known=True), Generate("b", "Two"))
    assert found.key == "b"
    assert [one["prompt"] for one in server.replied if "logprobs" not in one] == ["Two"]


def test_the_longest_are_asked_first_where_lengths_are_known(server: FaultServer) -> None:
    requests = [Generate(str(tokens), str(tokens), expected_tokens=tokens) for tokens in (3, 900, 20)]
    with OpenAIBackend(base_url=server.url, concurrency=1).open(TINY) as model:
        assert [found.key for found in model.answer(requests)] == ["900", "20", "3"]


def test_answers_come_in_small_batches_the_last_of_which_ends(server: FaultServer, backend: OpenAIBackend) -> None:
    with backend.open(TINY) as model:
        ends = [found.batch_ends for found in model.answer([Generate(str(n), "Hello") for n in range(100)])]
    assert ends[-1]
    assert max(map(len, "".join("x" if end else "." for end in ends).split("x"))) < 16


def test_no_more_is_asked_than_is_taken(server: FaultServer, backend: OpenAIBackend) -> None:
    with backend.open(TINY) as model:
        answers = model.answer([Generate(str(n), "Hello") for n in range(1000)])
        next(answers)
        answers.close()  # type: ignore[attr-defined]
    assert len([one for one in server.replied if "logprobs" not in one]) <= 2 * 4 + 1


def test_a_follow_up_is_sent_the_reply_without_its_thought(server: FaultServer, backend: OpenAIBackend) -> None:
    server.bodies = {"Hello": KINDS[3].body}
    found = answer(backend, Generate("a", HELLO[1:], follow_ups=("And now?",)))
    assert found.replies == (KINDS[3].reply, KINDS[3].reply)
    assert body(server)["messages"][1] == {"role": "assistant", "content": "A letter."}


WHOLE = "<think>Let me. So: yes.</think>\n\nYes, sir. So it is."


@pytest.mark.parametrize(
    "message",
    [
        {"content": "<think>Let me."},
        {"content": None, "reasoning_content": "Let me."},
        {"content": "", "reasoning": "Let me."},
        {"content": None},
    ],
)
def test_a_server_that_stopped_inside_the_thought_is_asked_without_stop_strings(
    server: FaultServer, backend: OpenAIBackend, message: Mapping[str, Any]
) -> None:
    whole = AnswerKind("whole", {"content": WHOLE})
    server.bodies = {'"stop"': AnswerKind("stopped", message).body, "Hello": whole.body}
    found = answer(backend, Generate("a", HELLO, stop=(" So",)))
    assert (found.replies, found.finish_reason) == ((WHOLE.removesuffix(" So it is."),), "stop")
    assert ["stop" in one for one in server.replied[-2:]] == [True, False]


def test_a_server_that_says_nothing_at_all_has_failed_with_stop_strings_too(
    server: FaultServer, backend: OpenAIBackend
) -> None:
    server.bodies = {"Hello": KINDS[0].body}
    found = answer(backend, Generate("a", HELLO, stop=(" So",)))
    assert (found.error, found.permanent) == ("the server gave no text (finish_reason stop)", True)


def test_a_raw_prompt_begins_once_with_what_the_server_puts_first(server: FaultServer, backend: OpenAIBackend) -> None:
    server.adds = "<s>"
    found = answer(backend, Generate("a", "<s>Hello, you", max_new_tokens=9))
    assert (found.replies, body(server)["prompt"]) == (("You said: Hello, you",), "Hello, you")


def test_a_raw_prompt_stays_as_it_is_where_the_server_puts_nothing_first(
    server: FaultServer, backend: OpenAIBackend
) -> None:
    answer(backend, Generate("a", "<s>Hello, you", max_new_tokens=9))
    assert body(server)["prompt"] == "<s>Hello, you"
