"""What a failing server costs: its own answers, some time, and nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from harness.errors import UsageError
from harness.types import Answer, Generate, Message, ModelReference, OpenRequest
from harness_openai.backend import OpenAIBackend

if TYPE_CHECKING:
    from tests.plugins.openai.conftest import FaultServer

TINY = OpenRequest(ModelReference("tiny", backend="openai"))


def asked(number: int) -> Generate:
    return Generate(str(number), (Message("user", f"letter {number}."),), max_new_tokens=20)


def answers(backend: OpenAIBackend, count: int = 1) -> list[Answer]:
    """The answers to so many requests, in their order."""
    with backend.open(TINY) as model:
        return sorted(model.answer([asked(number) for number in range(count)]), key=lambda answer: int(answer.key))


@pytest.mark.parametrize(
    "fault",
    ["429", "429 0.05", "500", "502", "503", "garbage", "shape", "half", "truncated", "reset", "silence", "drip"],
)
def test_what_fails_once_is_asked_again(server: FaultServer, backend: OpenAIBackend, fault: str) -> None:
    server.faults = [fault]
    (answer,) = answers(backend)
    assert (answer.error, answer.replies) == (None, ("You said: letter 0.",))
    assert len([one for one in server.replied if "messages" in one]) == 2


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("429", "429: out of order (asked 3 times)"),
        ("500", "500: out of order (asked 3 times)"),
        ("garbage", "200, but no JSON: <html>Bad gateway</html> (asked 3 times)"),
        ("shape", "an answer without a reply: {'choices': []} (asked 3 times)"),
        ("half", "IncompleteRead(19 bytes read, 481 more expected) (asked 3 times)"),
        ("reset", "RemoteDisconnected: Remote end closed connection without response (asked 3 times)"),
        ("silence", "no answer within 0.5 s (asked 2 times)"),
        ("drip", "no answer within 0.5 s (asked 2 times)"),
    ],
)
def test_what_always_fails_is_an_error_of_that_answer_alone(
    server: FaultServer, backend: OpenAIBackend, fault: str, said: str
) -> None:
    server.fail_on = {"letter 1": fault}
    first, failed, last = answers(backend, 3)
    assert failed.error is not None
    assert failed.error.startswith(f"{server.url}/chat/completions: ")
    assert failed.error.endswith(said)
    assert not failed.permanent
    assert [first.replies, last.replies] == [("You said: letter 0.",), ("You said: letter 2.",)]


def test_a_prompt_that_is_too_long_is_an_answer_for_good(server: FaultServer, backend: OpenAIBackend) -> None:
    server.always = "overlong"
    (answer,) = answers(backend)
    assert answer.permanent
    assert answer.error == f"{server.url}/chat/completions: 400: This model's maximum context length is 8 tokens."
    assert len(server.replied) == 4  # three of them asked how it scores


def test_a_request_that_is_refused_is_not_asked_again(server: FaultServer, backend: OpenAIBackend) -> None:
    server.always = "422"
    (answer,) = answers(backend)
    assert (answer.error, answer.permanent) == (f"{server.url}/chat/completions: 422: out of order", False)


def test_a_server_that_refuses_every_request_is_not_asked_all(server: FaultServer, backend: OpenAIBackend) -> None:
    server.always = "unsupported"
    with pytest.raises(UsageError) as caught:
        answers(backend, 100)
    assert str(caught.value) == (
        f"{server.url}/chat/completions: 400: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.; "
        "given up, as all of the first 4 requests were refused; set the option tokens_field to max_completion_tokens"
    )
    assert len(server.replied) < 20


def test_what_is_refused_after_others_were_served_is_refused_alone(server: FaultServer, backend: OpenAIBackend) -> None:
    server.fail_on = {f"letter {number}.": "422" for number in range(30, 100)}
    assert [answer.error is None for answer in answers(backend, 100)] == [True] * 30 + [False] * 70


@pytest.mark.parametrize("fault", ["overlong", "filtered"])
def test_what_is_refused_for_its_text_says_nothing_of_the_rest(
    server: FaultServer, backend: OpenAIBackend, fault: str
) -> None:
    server.fail_on = {f"letter {number}.": fault for number in range(30)}
    assert [answer.error is None for answer in answers(backend, 40)] == [False] * 30 + [True] * 10


@pytest.mark.parametrize("fault", ["401", "402", "403", "404", "redirect"])
def test_what_all_requests_would_meet_ends_the_run_at_once(
    server: FaultServer, backend: OpenAIBackend, fault: str
) -> None:
    server.always = fault
    with pytest.raises(UsageError, match=rf"/chat/completions: {fault if fault.isdigit() else 307}"):
        answers(backend, 100)
    assert len(server.replied) < 20


@pytest.mark.parametrize("fault", ["400", "401", "403", "404", "413", "422", "451", "redirect"])
@pytest.mark.parametrize("at", [0, 3])
def test_what_is_refused_for_one_text_alone_costs_no_other(
    server: FaultServer, backend: OpenAIBackend, fault: str, at: int
) -> None:
    server.fail_on = {f"letter {at}.": fault}
    given = answers(backend, 6)
    assert [answer.key for answer in given if answer.error] == [str(at)]
    said = f"{fault}: out of order" if fault.isdigit() else "307: redirects to 'http://127.0.0.1:1/v1/chat/completions'"
    assert str(given[at].error).startswith(f"{server.url}/chat/completions: {said}")
    assert "key" not in str(given[at].error)
    assert not given[at].permanent


@pytest.mark.parametrize("fault", ["403", "400", "500", "shape"])
def test_texts_that_all_fare_ill_do_not_cost_the_rest(server: FaultServer, backend: OpenAIBackend, fault: str) -> None:
    server.fail_on = {f"letter {number}.": fault for number in range(20)}
    assert [answer.error is None for answer in answers(backend, 25)] == [False] * 20 + [True] * 5


def test_a_key_that_ends_while_it_works_ends_the_run(server: FaultServer, backend: OpenAIBackend) -> None:
    server.faults = [""] * 10
    server.always = "401"
    with pytest.raises(UsageError, match="401: out of order"):
        answers(backend, 100)
    assert len(server.replied) < 30


def test_a_server_that_is_gone_ends_quickly_with_errors(server: FaultServer, backend: OpenAIBackend) -> None:
    server.always = "500"
    given = answers(backend, 500)
    assert len(given) == 500
    assert all("out of order" in str(answer.error) for answer in given)
    assert "given up, as 4 requests in a row failed; the last: " in str(given[-1].error)
    assert len(server.replied) < 30


def test_what_a_server_that_is_gone_was_not_asked_takes_no_turn(server: FaultServer) -> None:
    options = {"requests_per_minute": 6000, "retries": 0, "concurrency": 1}
    with OpenAIBackend(base_url=server.url, **options).open(TINY) as model:  # type: ignore[arg-type]
        server.always = "500"
        assert all(answer.error for answer in model.answer([asked(number) for number in range(1000)]))
        server.always = ""
        began = time.monotonic()
        assert [answer.error for answer in model.answer([asked(0)])] == [None]
    assert time.monotonic() - began < 2


def test_a_server_that_fails_now_and_then_is_not_gone(server: FaultServer, backend: OpenAIBackend) -> None:
    server.fail_on = {f"letter {number}": "500" for number in range(10, 90, 3)}
    failed = [answer for answer in answers(backend, 90) if answer.error]
    assert {str(answer.error).partition("completions: ")[2] for answer in failed} == {
        "500: out of order (asked 3 times)"
    }


def test_a_connection_that_was_closed_between_requests_is_no_failure(server: FaultServer) -> None:
    server.always = "close"
    given = answers(OpenAIBackend(base_url=server.url, retries=0, concurrency=1), 10)
    assert [answer.error for answer in given] == [None] * 10


def test_nothing_more_is_asked_when_nobody_wants_answers_any_more(server: FaultServer, backend: OpenAIBackend) -> None:
    server.fail_on = {f"letter {number}": "silence" for number in range(1, 100)}
    with backend.open(TINY) as model:
        given = model.answer([asked(number) for number in range(100)])
        assert next(given).error is None
        time.sleep(0.2)  # all others are now waiting for the server
        before = len(server.asked)
        given.close()  # type: ignore[attr-defined]
        time.sleep(0.2)
    assert len(server.asked) == before


def test_the_pause_that_a_server_asks_for_is_kept_by_all_requests(server: FaultServer, backend: OpenAIBackend) -> None:
    server.faults = ["429 0.4"]
    began = time.monotonic()
    assert [answer.error for answer in answers(backend, 20)] == [None] * 20
    assert time.monotonic() - began > 0.4


def test_a_pause_longer_than_anyone_waits_is_a_failure(server: FaultServer, backend: OpenAIBackend) -> None:
    server.always = "429 86400"
    (answer,) = answers(backend)
    assert answer.error == f"{server.url}/chat/completions: 429: out of order; wants a pause of 86400 s (asked once)"


def test_requests_keep_to_the_rate_that_is_set(server: FaultServer) -> None:
    backend = OpenAIBackend(base_url=server.url, requests_per_minute=1200, concurrency=8)  # one in 50 ms
    began = time.monotonic()
    answers(backend, 11)
    assert time.monotonic() - began > 0.5
