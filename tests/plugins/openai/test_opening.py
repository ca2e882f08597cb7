"""What is asked of a server before anything is asked of its model."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import UsageError
from harness.types import ModelReference, OpenRequest
from harness_openai.backend import OpenAIBackend
from harness_openai.model import ServedModel

if TYPE_CHECKING:
    from tests.plugins.openai.conftest import FaultServer

KEY = "sk-secret-of-the-tests"


def opened(backend: OpenAIBackend, reference: str = "tiny") -> ServedModel:
    with backend.open(OpenRequest(ModelReference(reference, backend="openai"))) as model:
        return model


def test_its_facts_say_where_it_is_and_what_it_offers(server: FaultServer, backend: OpenAIBackend) -> None:
    model = opened(backend)
    facts = {"server": server.url, "concurrency": 4, "log_likelihoods": "echo, the server's template"}
    assert model.facts == facts
    assert model.answers == {"text", "choice", "log-likelihood"}


def test_a_model_that_is_not_listed_is_refused_with_those_that_are(server: FaultServer, backend: OpenAIBackend) -> None:
    with pytest.raises(UsageError, match=r"serves no model 'tine' \(did you mean 'tiny'\?\); it serves other, tiny"):
        opened(backend, "tine")
    assert server.asked == []


def test_a_tag_that_a_server_adds_by_itself_need_not_be_written(server: FaultServer, backend: OpenAIBackend) -> None:
    server.models = ["tiny:latest", "tiny"]
    assert opened(backend).settings.model == "tiny"


def test_a_server_that_is_down_is_told_at_once() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    with pytest.raises(UsageError, match=r"/v1/models: ConnectionRefusedError: .*; is the server up"):
        opened(OpenAIBackend(base_url=url))


def test_no_proxy_stands_between(server: FaultServer, backend: OpenAIBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert "text" in opened(backend).answers


def test_a_wrong_key_is_told_without_it(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.key = "another"
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(UsageError, match=r"/models: 401: Incorrect API key: Bearer … \(the key is missing"):
        opened(OpenAIBackend(base_url=server.url))


def test_the_key_comes_from_the_variable_that_is_named(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.key = KEY
    monkeypatch.setenv("TEAM_KEY", KEY)
    assert "text" in opened(OpenAIBackend(base_url=server.url, api_key_env="TEAM_KEY")).answers


def test_a_header_may_name_a_variable(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEAM_KEY", KEY)
    opened(OpenAIBackend(base_url=server.url, headers={"api-key": "$TEAM_KEY", "X-Team": "evals"}))
    assert (server.headers[0]["api-key"], server.headers[0]["X-Team"]) == (KEY, "evals")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"api_key_env": "TEAM_KEY"}, "api_key_env: the environment variable 'TEAM_KEY' is not set"),
        (
            {"headers": {"api-key": "$TEAM_KEY"}},
            r"headers\['api-key'\]: the environment variable 'TEAM_KEY' is not set",
        ),
        ({"api_key_env": "BAD_KEY"}, "api_key_env: the environment variable 'BAD_KEY' holds what no header can hold"),
    ],
    ids=str,
)
def test_a_key_that_is_not_there_is_named(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], said: str
) -> None:
    monkeypatch.setenv("BAD_KEY", "sk-one\nsk-two")
    with pytest.raises(UsageError, match=said):
        opened(OpenAIBackend(base_url=server.url, **options))
    assert server.asked == []


def test_a_server_that_scores_nothing_serves_replies_alone(
    server: FaultServer, backend: OpenAIBackend, caplog: pytest.LogCaptureFixture
) -> None:
    server.scores = False
    with caplog.at_level("INFO", "harness"):
        model = opened(backend)
    assert model.answers == {"text"}
    assert model.facts["log_likelihoods"] == f"not offered: {server.url}/completions: 400: echo is not supported"
    assert "replies alone, no metric that reads choices or log-likelihoods" in caplog.text


def test_a_server_that_scores_wrongly_is_not_believed(server: FaultServer, backend: OpenAIBackend) -> None:
    server.shifted = True
    model = opened(backend)
    assert model.answers == {"text"}
    said = "log-probabilities of a prompt are wrong: -20.00 for ' next', which it generates with -5.00"
    assert said in model.facts["log_likelihoods"]


@pytest.mark.parametrize("fault", ["429 0.05", "503", "reset"])
@pytest.mark.parametrize("before", range(5))
def test_a_fault_while_it_is_tried_does_not_change_what_a_server_offers(
    server: FaultServer, backend: OpenAIBackend, fault: str, before: int
) -> None:
    server.spares_probes = False
    server.faults = [*[""] * before, fault]
    assert opened(backend).facts["log_likelihoods"] == "echo, the server's template"


@pytest.mark.parametrize(("fault", "said"), [("429", "429: out"), ("503", "503: out"), ("reset", "RemoteDisconnected")])
def test_a_server_that_fails_whenever_it_is_tried_is_told(
    server: FaultServer, backend: OpenAIBackend, fault: str, said: str
) -> None:
    server.spares_probes = False
    server.always = fault
    with pytest.raises(
        UsageError, match=rf"could not find out whether the server scores texts: .*/completions: {said}"
    ):
        opened(backend)


def test_a_server_that_breaks_on_scoring_alone_serves_replies(server: FaultServer, backend: OpenAIBackend) -> None:
    server.fail_on = {"One, two, three,": "500"}
    model = opened(backend)
    assert model.answers == {"text"}
    assert str(model.facts["log_likelihoods"]).endswith("/completions: 500: out of order (asked 3 times)")
