"""The backend `openai`: its options, and the first questions to the server."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from harness.errors import UsageError, did_you_mean
from harness.types import Identity, OpenRequest
from harness_openai.address import check_headers, parse_address, secret_headers
from harness_openai.identity import identify

if TYPE_CHECKING:
    from harness_openai.likelihoods import Scoring
    from harness_openai.model import ServedModel
    from harness_openai.server import Server

_LIST_SECONDS = 30.0
_SHOWN = 10

_log = logging.getLogger("harness")


class OpenAIBackend:
    """A model behind an OpenAI-compatible server: vLLM, SGLang, llama.cpp, Ollama, a provider. The reference is its id.

    `base_url` ends with the version, as in http://localhost:8000/v1; without it $OPENAI_BASE_URL. The key is read from
    the environment variable `api_key_env`, without it $OPENAI_API_KEY; a value `$NAME` in `headers` is read from there,
    too. `revision` declares what is served: answers are then kept for good, else for the day. `timeout` is seconds a
    request; a failed one is asked again `retries` times, after about `backoff` seconds, then twice as many, and so on.
    What is refused while others are served is an error of its own; whether any would be is found out with "Hello".
    `extra_body` adds fields to what replies are asked with; null leaves one out. `tokenizer` is a folder with the
    model's tokenizer files: its chat template makes texts of messages, for log-likelihoods, and models that declare the
    same tokenizer are compared on perplexity.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key_env: str | None = None,
        revision: str | None = None,
        concurrency: int = 8,
        requests_per_minute: float | None = None,
        timeout: float = 600.0,
        retries: int = 4,
        backoff: float = 0.5,
        headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
        tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens",
        tokenizer: Path | None = None,
    ) -> None:
        self.address = parse_address(base_url)
        check_headers(headers or {})
        if concurrency < 1:
            raise ValueError(f"concurrency: must be 1 or more, not {concurrency!r}")
        if retries < 0 or backoff < 0:
            raise ValueError(f"retries and backoff: must be 0 or more, not {retries!r} and {backoff!r}")
        if timeout <= 0 or (requests_per_minute is not None and requests_per_minute <= 0):
            raise ValueError("timeout and requests_per_minute: must be more than 0")
        self.api_key_env = api_key_env
        self.revision = revision
        self.concurrency = concurrency
        self.requests_per_minute = requests_per_minute
        self.timeout = timeout
        self.retries = retries
        self.backoff = backoff
        self.headers = dict(headers or {})
        self.extra_body = dict(extra_body or {})
        self.tokens_field = tokens_field
        self.tokenizer = tokenizer

    @cached_property
    def today(self) -> date:
        """The day, UTC, on which this backend was first asked who a model is: a run that passes midnight keeps it."""
        return datetime.now(UTC).date()

    def identify(self, request: OpenRequest) -> Identity:
        """What is declared of the model; the server is not asked. Raises UsageError on an adapter."""
        revision = request.model.revision or self.revision
        return identify(request.model, self.address, revision, self.today, self.extra_body, self.tokenizer)

    @contextmanager
    def open(self, request: OpenRequest) -> Iterator[ServedModel]:
        """The served model. Raises UsageError where the server cannot be reached, or does not serve it."""
        # http.client and ssl are not needed to check options, nor where all answers are known
        from harness_openai.model import ServedModel
        from harness_openai.pace import Pace
        from harness_openai.replies import Asking
        from harness_openai.server import Server, Settings

        headers, secrets = secret_headers(self.api_key_env, self.headers)
        settings = Settings(
            self.address,
            request.model.reference,
            headers,
            secrets,
            self.timeout,
            self.retries,
            self.backoff,
            self.concurrency,
            Pace(self.requests_per_minute),
        )
        facts: dict[str, Any] = {"server": str(self.address), "concurrency": self.concurrency}
        with Server(settings) as server:
            _check_served(server)
            scoring, facts["log_likelihoods"] = self._scoring(server)
            first = "" if scoring is None else scoring.first
            yield ServedModel(settings, Asking(self.extra_body, self.tokens_field, first), scoring, facts)

    def _scoring(self, server: Server) -> tuple[Scoring | None, str]:
        """How the server scores, None where it does not, and a word about it. Raises UsageError where it fails."""
        from harness_openai.server import UnservedError

        try:
            return self._probed(server)
        except UnservedError as error:
            raise UsageError(f"could not find out whether the server scores texts: {error}") from None

    def _probed(self, server: Server) -> tuple[Scoring | None, str]:
        """The same. Raises UnservedError where it fails."""
        from harness_openai import templates
        from harness_openai.error_bodies import RefusedError
        from harness_openai.likelihoods import probe

        try:
            scoring = probe(server)
        except RefusedError as error:
            _log.info("replies alone, no metric that reads choices or log-likelihoods: %s", error)
            return None, f"not offered: {error}"
        if self.tokenizer is not None:
            tokenizer = templates.Tokenizer(self.tokenizer)
            first = "" if scoring.adds is None else tokenizer.bos
            render = tokenizer.render(first)
            said = "echo, no chat template" if render is None else "echo, chat template of a folder"
            return replace(scoring, first=first, render=render, starts=tokenizer.first), said
        if templates.offers_template(server):
            return replace(scoring, render=templates.from_server(scoring.first)), "echo, the server's template"
        return scoring, "echo, no chat template"


def _check_served(server: Server) -> None:
    """Raise UsageError where the server is not there, wants another key, or lists models and this is none of them."""
    from harness_openai.error_bodies import FaultError, NotFoundError, RefusedError

    settings = server.settings
    path = f"{settings.address.path}/models"
    try:
        served = served_ids(server.once(path, seconds=min(settings.timeout, _LIST_SECONDS)))
    except FaultError as fault:
        said = server.named(path, str(fault))
        raise UsageError(f"{said}; is the server up, and base_url {str(settings.address)!r} right?") from None
    except NotFoundError as error:
        if not settings.address.path:
            raise UsageError(f"{error}; is it {settings.address}/v1?") from None
        return  # not every server lists its models
    except RefusedError:
        return
    if served and not {settings.model, f"{settings.model}:latest"} & set(served):
        listed = ", ".join(sorted(served)[:_SHOWN]) + (", …" if len(served) > _SHOWN else "")
        hint = did_you_mean(settings.model, served)
        raise UsageError(f"{settings.address}: serves no model {settings.model!r}{hint}; it serves {listed}")


def served_ids(said: Any) -> list[str]:
    """The ids in a list of models; none where it is written in a way of its own."""
    entries = said.get("data") if isinstance(said, dict) else said
    listed = entries if isinstance(entries, list) else ()
    return [str(one["id"]) for one in listed if isinstance(one, dict) and "id" in one]
