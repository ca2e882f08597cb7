from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.errors import UsageError
from harness.types import Identity, ModelReference, OpenRequest
from harness_openai.backend import OpenAIBackend

URL = "http://localhost:8000/v1"


def identity(reference: str = "tiny", day: str = "2026-03-01", url: str = URL, **options: Any) -> Identity:
    backend = OpenAIBackend(base_url=url, **options)
    backend.today = date.fromisoformat(day)
    return backend.identify(OpenRequest(ModelReference(reference, backend="openai")))


def test_what_nobody_has_seen_is_not_verified_and_has_no_known_context() -> None:
    found = identity()
    assert (found.verified, found.context_length, found.numerics) == (False, None, "served")


def test_without_a_revision_it_is_another_model_each_day() -> None:
    assert identity(day="2026-03-01") == identity(day="2026-03-01")
    assert identity(day="2026-03-01").fingerprint != identity(day="2026-03-02").fingerprint


def test_with_a_revision_it_stays_the_same_model() -> None:
    pinned = identity(revision="r4")
    assert pinned == identity(revision="r4", day="2027-01-01")
    assert pinned.fingerprint != identity(revision="r5").fingerprint


def test_the_revision_of_a_recipes_model_pins_too() -> None:
    backend = OpenAIBackend(base_url=URL)
    found = backend.identify(OpenRequest(ModelReference("tiny", revision="r4", backend="openai")))
    assert found == identity(revision="r4")


def test_a_backend_keeps_the_day_on_which_it_was_first_asked() -> None:
    backend = OpenAIBackend(base_url=URL)
    first = backend.today
    assert first.isoformat()[:2] == "20"
    assert backend.today is first


@pytest.mark.parametrize(
    "changed", [{"reference": "other"}, {"url": "http://localhost:8001/v1"}, {"extra_body": {"top_k": 1}}], ids=str
)
def test_another_model_address_or_request_is_another_identity(changed: dict[str, Any]) -> None:
    assert identity(revision="r4").fingerprint != identity(revision="r4", **changed).fingerprint


def test_how_it_is_asked_is_no_part_of_who_it_is() -> None:
    asked = {"concurrency": 2, "retries": 0, "timeout": 5.0, "headers": {"X-Team": "evals"}, "api_key_env": "KEY"}
    assert identity() == identity(**asked)


def test_an_address_is_the_same_however_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://LOCALHOST:8000/v1/")
    assert identity() == identity(url="")
    assert identity(url="https://example.org/v1") == identity(url="https://example.org:443/v1")


def test_models_that_declare_one_tokenizer_share_it(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    shared = [identity(name, tokenizer=tmp_path).parts["tokenizer"] for name in ("base", "tuned")]
    unknown = [identity(name).parts["tokenizer"] for name in ("base", "tuned")]
    assert shared[0] == shared[1]
    assert unknown[0] != unknown[1]


def test_a_tokenizer_folder_without_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"tokenizer: .* holds none of tokenizer.json"):
        identity(tokenizer=tmp_path)


def test_an_adapter_is_refused() -> None:
    request = OpenRequest(ModelReference("tiny", adapter="/lora", backend="openai"))
    with pytest.raises(UsageError, match="adapter: a server puts none on; ask it for the model id"):
        OpenAIBackend(base_url=URL).identify(request)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "base_url: is missing"),
        ({"base_url": "localhost:8000"}, "base_url: 'localhost:8000' is no address"),
        ({"base_url": "http://host:99999/v1"}, "base_url: 'http://host:99999/v1' is no address"),
        ({"base_url": "http://me:pass@host/v1"}, "base_url: must hold no user or password"),
        ({"base_url": "http://host/v1?key=1"}, "has a query or a fragment"),
        ({"base_url": URL, "headers": {"Authorization": "Bearer sk"}}, "name an environment variable"),
        ({"base_url": URL, "headers": {"X-Api-Key": "sk"}}, r"headers\['X-Api-Key'\]: name an environment variable"),
        ({"base_url": URL, "headers": {"cf-access-client-SECRET": "sk"}}, "name an environment variable"),
        ({"base_url": URL, "headers": {"Cookie": "session=sk"}}, "name an environment variable"),
        ({"base_url": URL, "concurrency": 0}, "concurrency: must be 1 or more, not 0"),
        ({"base_url": URL, "timeout": 0.0}, "timeout and requests_per_minute: must be more than 0"),
        ({"base_url": URL, "retries": -1}, "retries and backoff: must be 0 or more"),
    ],
    ids=str,
)
def test_a_wrong_option_is_named(options: dict[str, Any], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(ValueError, match=said) as caught:
        OpenAIBackend(**options)
    assert "pass@" not in str(caught.value)
