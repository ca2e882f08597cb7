"""The server of these tests makes a token of each word, with the white space before it; a token costs its length."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.errors import UsageError
from harness.types import Answer, Likelihood, LogLikelihood, Message, ModelReference, OpenRequest
from harness_openai.backend import OpenAIBackend

if TYPE_CHECKING:
    from tests.plugins.openai.conftest import FaultServer

TINY = OpenRequest(ModelReference("tiny", backend="openai"))
QUESTION = (Message("user", "Where?"),)


def answer(backend: OpenAIBackend, request: LogLikelihood) -> Answer:
    with backend.open(TINY) as model:
        (found,) = model.answer([request])
    return found


def test_each_continuation_is_the_sum_of_its_own_tokens(server: FaultServer, backend: OpenAIBackend) -> None:
    found = answer(backend, LogLikelihood("a", "It is in", (" Rome", " the north")))
    assert found.likelihoods == (Likelihood(-5.0, 1), Likelihood(-10.0, 2))
    assert found.prompt_tokens == 3


def test_a_token_that_reaches_over_the_boundary_belongs_to_the_continuation(
    server: FaultServer, backend: OpenAIBackend
) -> None:
    found = answer(backend, LogLikelihood("a", "It is in", ("side Rome",)))
    assert found.likelihoods == (Likelihood(-(len(" inside") + len(" Rome")) * 1.0, 2),)


def test_each_continuation_may_have_its_own_prompt(server: FaultServer, backend: OpenAIBackend) -> None:
    found = answer(backend, LogLikelihood("a", "", (" Rome", " Rome"), prompts=("It is in", "It was long ago in")))
    assert found.likelihoods == (Likelihood(-5.0, 1), Likelihood(-5.0, 1))
    assert found.prompt_tokens == 5


def test_messages_go_through_the_servers_template(server: FaultServer, backend: OpenAIBackend) -> None:
    found = answer(backend, LogLikelihood("a", QUESTION, (" Rome",)))
    assert found.likelihoods == (Likelihood(-5.0, 1),)
    assert server.asked[-1]["prompt"] == "<user>Where?\n<assistant> Rome"


def test_messages_go_through_the_template_of_a_tokenizer_folder(server: FaultServer, tmp_path: Path) -> None:
    template = "{{ bos_token }}{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}[assistant]"
    (tmp_path / "chat_template.jinja").write_text(template)
    (tmp_path / "tokenizer_config.json").write_text(json.dumps({"bos_token": {"content": "<s>"}}))
    answer(OpenAIBackend(base_url=server.url, tokenizer=tmp_path), LogLikelihood("a", QUESTION, (" Rome",)))
    assert server.asked[-1]["prompt"] == "<s>[user] Where?\n[assistant] Rome"


def test_a_template_without_an_end_is_stopped_once(
    server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness_openai.templates._SECONDS", 0.3)
    (tmp_path / "chat_template.jinja").write_text("{% for a in range(99999) %}" * 3 + "{% endfor %}" * 3)
    (tmp_path / "tokenizer_config.json").write_text("{}")
    asked = [LogLikelihood(str(number), QUESTION, (" Rome",)) for number in range(200)]
    with OpenAIBackend(base_url=server.url, tokenizer=tmp_path).open(TINY) as model:
        found = list(model.answer(asked))
    assert len(found) == 200
    assert {"took more than 0.3 s of processor time" in str(one.error) for one in found} == {True}


def test_messages_without_any_template_are_refused_before_the_first_is_asked(
    server: FaultServer, backend: OpenAIBackend
) -> None:
    server.template = False
    with pytest.raises(UsageError, match="set the option `tokenizer` to a folder"):
        answer(backend, LogLikelihood("a", QUESTION, (" Rome",)))
    assert answer(backend, LogLikelihood("a", "It is in", (" Rome",))).likelihoods == (Likelihood(-5.0, 1),)


def test_a_first_token_that_nothing_stands_before_cannot_be_scored(server: FaultServer, backend: OpenAIBackend) -> None:
    found = answer(backend, LogLikelihood("a", "", ("Rome is old",)))
    assert str(found.error).startswith("nothing stands before the first token, so the server cannot say how likely it")


def test_a_text_without_a_prompt_begins_with_the_first_token_of_a_tokenizer_folder(
    server: FaultServer, tmp_path: Path
) -> None:
    (tmp_path / "tokenizer_config.json").write_text('{"bos_token": null, "eos_token": "</s>"}')
    backend = OpenAIBackend(base_url=server.url, tokenizer=tmp_path)
    assert answer(backend, LogLikelihood("a", "", (" Rome is",))).likelihoods == (Likelihood(-8.0, 2),)
    assert server.asked[-1]["prompt"] == "</s> Rome is"


def test_a_server_that_adds_the_first_token_does_not_get_it_twice(server: FaultServer, tmp_path: Path) -> None:
    server.adds = "<s>"
    (tmp_path / "chat_template.jinja").write_text("{{ bos_token }}{{ messages[0].content }}:{% generation %}")
    (tmp_path / "tokenizer_config.json").write_text('{"bos_token": "<s>"}')
    backend = OpenAIBackend(base_url=server.url, tokenizer=tmp_path)
    assert answer(backend, LogLikelihood("a", QUESTION, (" Rome",))).likelihoods == (Likelihood(-5.0, 1),)
    assert server.asked[-1]["prompt"] == "Where?: Rome"
    assert answer(backend, LogLikelihood("a", "", ("Rome is",))).likelihoods == (Likelihood(-7.0, 2),)


def test_what_is_no_log_probability_is_asked_again(server: FaultServer, backend: OpenAIBackend) -> None:
    server.faults = ["shape"]
    assert answer(backend, LogLikelihood("a", "It is in", (" Rome",))).likelihoods == (Likelihood(-5.0, 1),)


def test_a_raw_prompt_that_begins_with_the_first_token_of_a_server_gets_it_once(
    server: FaultServer, backend: OpenAIBackend
) -> None:
    server.adds = "<s>"
    found = answer(backend, LogLikelihood("a", "<s>It is in", (" Rome",)))
    assert (found.likelihoods, server.asked[-1]["prompt"]) == ((Likelihood(-5.0, 1),), "It is in Rome")


@pytest.mark.parametrize(
    "logprobs",
    [
        None, [], {}, {"tokens": ["It"]}, {"tokens": "It is", "token_logprobs": None},
        {"tokens": ["It", " is", " in"], "token_logprobs": [None, -1.0]},
        {"tokens": ["It", " is", " in"], "token_logprobs": [None, 0.9, -1.0]},
        {"tokens": ["It", " is", " in"], "token_logprobs": [None, float("nan"), -1.0]},
        {"tokens": ["It", " is", " in"], "token_logprobs": [None, float("-inf"), -1.0]},
    ],
)  # fmt: skip
def test_log_probabilities_that_are_none_are_an_error_of_that_answer(
    server: FaultServer, backend: OpenAIBackend, logprobs: object
) -> None:
    said = {"choices": [{"logprobs": logprobs}], "usage": {"prompt_tokens": 3}}
    server.bodies = {"It is in": json.dumps(said).encode()}
    found = answer(backend, LogLikelihood("a", "It is in", (" Rome",)))
    assert found.error is not None
    assert "log-probabilities" in found.error
    assert answer(backend, LogLikelihood("b", "It was in", (" Rome",))).likelihoods == (Likelihood(-5.0, 1),)
