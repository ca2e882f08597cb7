"""What becomes of each field of an answer, however it is filled: a reply, or an error of that answer alone."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.types import Answer, Generate, Message, ModelReference, OpenRequest
from harness_openai.backend import OpenAIBackend, served_ids
from harness_openai.connection import Response
from harness_openai.error_bodies import FaultError, RefusedError, read
from harness_openai.likelihoods import read_echo, read_generated
from harness_openai.spoken import Spoken, read_reply
from tests.plugins.openai.answer_kinds import KINDS, AnswerKind

if TYPE_CHECKING:
    from tests.plugins.openai.conftest import FaultServer

TINY = OpenRequest(ModelReference("tiny", backend="openai"))


def spoken(message: Any, reason: Any = "stop", *stops: str, usage: Any = None) -> Spoken:
    choices = [{"message": message, "finish_reason": reason}, {"message": {"content": "second"}}]
    return read_reply({"choices": choices, "usage": usage}, stops)


def answers(backend: OpenAIBackend, *texts: str) -> list[Answer]:
    requests = [Generate(str(at), (Message("user", text),)) for at, text in enumerate(texts)]
    with backend.open(TINY) as model:
        return sorted(model.answer(requests), key=lambda answer: int(answer.key))


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_an_answer_that_is_no_plain_text_is_what_its_kind_says(
    server: FaultServer, backend: OpenAIBackend, kind: AnswerKind
) -> None:
    server.bodies = {"odd": kind.body}
    odd, plain = answers(backend, "odd", "plain")
    expected = ((), "stop") if kind.reply is None else ((kind.reply,), kind.finish_reason)
    assert (odd.replies, odd.finish_reason) == expected
    assert (odd.error, odd.permanent) == (kind.error, kind.error is not None)
    assert plain.replies == ("You said: plain",)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"7", b'"text"', b"<html>Welcome</html>", b'{"choices": [{"mess', b"\xff\xfe\x00", b"\x80",
        b'{"choices": []} and more', b"[" * 100_000, b'{"choices": null}', b'{"choices": {}}', b'{"choices": [7]}',
        b'{"error": {"message": "busy"}}', b'{"choices": [{"message": 7}]}',
        b'{"choices": [{"message": {"content": 7}}]}', b'{"choices": [{"message": {"content": {"text": "x"}}}]}',
        b'{"choices": [{"message": {"content": [7]}}]}',
        b'{"choices": [{"message": {"content": [{"type": "image"}]}}]}', b'{"choices": [{}]}',
    ],
)  # fmt: skip
def test_a_body_without_a_reply_costs_its_own_answer(server: FaultServer, backend: OpenAIBackend, body: bytes) -> None:
    server.bodies = {"odd": body}
    odd, plain = answers(backend, "odd", "plain")
    assert odd.error
    assert (plain.error, plain.replies) == (None, ("You said: plain",))


@pytest.mark.parametrize(
    ("message", "reason", "text", "finish_reason"),
    [
        ({"content": "yes"}, None, "yes", "stop"),
        ({"content": "yes"}, 5, "yes", "5"),
        ({"content": "yes"}, "eos_token", "yes", "eos_token"),
        ({"content": "yes", "tool_calls": []}, "stop", "yes", "stop"),
        ({"content": "yes", "tool_calls": [{}]}, "tool_calls", "yes", "tool_calls"),
        ({"content": "", "tool_calls": [{}]}, "stop", "", "tool_calls"),
        ({"content": None, "function_call": {"name": "f"}}, "function_call", "", "tool_calls"),
        ({"content": "", "tool_calls": [{}]}, "length", "", "length"),
        ({"content": "yes", "refusal": None}, "stop", "yes", "stop"),
        ({"content": "I", "refusal": "no"}, "stop", "I", "refusal"),
        ({"content": [{"type": "refusal", "refusal": "no"}]}, "stop", "no", "refusal"),
        ({"content": None}, "refusal", "", "refusal"),
        ({"content": "", "tool_calls": True}, "stop", "", "stop"),
        ({"content": "cut off here"}, "content_filter", "cut off here", "content_filter"),
        ({"content": ["a", {"text": "b"}]}, "stop", "ab", "stop"),
        ({"content": "a\ud800b"}, "stop", "a?b", "stop"),
    ],
)
def test_fields_of_a_message_are_read_as_servers_fill_them(
    message: Any, reason: Any, text: str, finish_reason: str
) -> None:
    found = spoken(message, reason)
    assert (found.whole, found.finish_reason) == (text, finish_reason)


@pytest.mark.parametrize(
    ("message", "reason", "whole"),
    [
        ({"content": "yes", "reasoning_content": "hm"}, "stop", "<think>\nhm\n</think>\n\nyes"),
        ({"content": "yes", "thinking": "hm"}, "stop", "<think>\nhm\n</think>\n\nyes"),
        ({"content": "yes", "reasoning_content": "", "reasoning": None}, "stop", "yes"),
        ({"content": "yes", "reasoning": {"effort": "low"}}, "stop", "yes"),
        ({"content": "<think>hm</think>yes", "reasoning_content": "hm"}, "stop", "<think>hm</think>yes"),
        ({"content": "ye", "reasoning_content": "hm"}, "length", "<think>\nhm\n</think>\n\nye"),
        ({"content": "\n", "reasoning_content": "hm"}, "length", "<think>\nhm"),
        ({"content": [{"type": "reasoning", "text": "hm"}, {"text": "yes"}]}, "stop", "<think>\nhm\n</think>\n\nyes"),
        (
            {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"text": "yes"}]},
            "stop",
            "<think>\nhm\n</think>\n\nyes",
        ),
    ],
)
def test_a_thought_that_comes_apart_is_put_in_front(message: Any, reason: str, whole: str) -> None:
    assert spoken(message, reason).whole == whole


def test_a_stop_string_does_not_cut_inside_a_thought() -> None:
    text = "<think>\none\n\ntwo\n</think>\n\nyes\n\nno"
    assert spoken({"content": text}, "stop", "\n\n").whole == "<think>\none\n\ntwo\n</think>\n\nyes"
    found = spoken({"content": "yes\nno", "reasoning": "one\ntwo"}, "length", "\n")
    assert (found.whole, found.finish_reason) == ("<think>\none\ntwo\n</think>\n\nyes", "stop")


@pytest.mark.parametrize(
    ("value", "tokens"),
    [(7, 7), (7.0, 7), ("7", 7), (None, 0), (-1, 0), ("many", 0), (True, 0), ([], 0), (10**30, 0), (2**31, 0),
     (float("inf"), 0), (float("nan"), 0), ("9" * 5000, 0), ("²", 0)],
)  # fmt: skip
def test_what_is_no_number_of_tokens_is_none(value: Any, tokens: int) -> None:
    found = spoken({"content": "yes"}, usage={"prompt_tokens": value, "completion_tokens": value})
    assert (found.prompt_tokens, found.new_tokens) == (tokens, tokens)
    assert spoken({"content": "yes"}, usage=value).new_tokens == 0


LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["text", "stop"])
)
KEYS = st.sampled_from(["choices", "message", "content", "text", "type", "finish_reason", "usage", "prompt_tokens"])
KEYS |= st.sampled_from(["completion_tokens", "refusal", "tool_calls", "reasoning", "thinking", "error", "index"])
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))
MESSAGES = st.fixed_dictionaries(
    {"content": JSON}, optional=dict.fromkeys(("refusal", "reasoning", "tool_calls"), JSON)
)
CHOICES = st.fixed_dictionaries({"message": MESSAGES | JSON, "finish_reason": JSON})
BODIES = JSON | st.fixed_dictionaries({"choices": st.lists(CHOICES, min_size=1, max_size=2), "usage": JSON})


def read_or_none(status: int, body: bytes) -> Spoken | None:
    """The reply; None where the backend says why there is none."""
    try:
        return read_reply(read(Response(status, {"retry-after": "soon"}, body)), ("stop",))
    except (FaultError, RefusedError, UsageError):
        return None


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(BODIES)
def test_any_answer_is_a_reply_or_an_error(body: Any) -> None:
    found = read_or_none(200, json.dumps(body).encode())
    if found is not None:
        assert found.whole.encode().decode() == found.whole
        assert found.finish_reason
        assert min(found.prompt_tokens, found.new_tokens) >= 0


@settings(max_examples=100, deadline=None)
@given(st.integers(200, 599), st.binary(max_size=40))
def test_any_bytes_are_an_answer_or_an_error(status: int, body: bytes) -> None:
    assert read_or_none(status, body) is None


LOGPROBS = st.fixed_dictionaries({"tokens": JSON, "token_logprobs": JSON})
ECHOES = st.fixed_dictionaries(
    {"choices": st.lists(st.fixed_dictionaries({"logprobs": LOGPROBS | JSON}), min_size=1), "usage": JSON}
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(JSON | ECHOES)
def test_any_answer_to_a_probe_says_what_the_server_can_do_or_that_it_cannot(body: Any) -> None:
    said = read(Response(200, {}, json.dumps(body).encode()))
    for reader in (read_echo, read_generated):
        with suppress(FaultError):
            reader(said)
    assert all(isinstance(one, str) for one in served_ids(said))
