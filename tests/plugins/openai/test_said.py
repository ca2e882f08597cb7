"""What servers are known to say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from harness.errors import UsageError
from harness_openai.connection import Response
from harness_openai.error_bodies import FaultError, RefusedError, read, retry_after


def said(status: int, content: Any) -> Response:
    return Response(status, {}, content.encode() if isinstance(content, str) else json.dumps(content).encode())


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 4097 tokens. However, you requested 5000 tokens",
        "the request exceeds the available context size (512 tokens), try increasing it",
        "The decoder prompt (length 3001) is longer than the maximum model length of 2048.",
        "The input (3001 tokens) is longer than the model's context length (2048 tokens).",
        "`inputs` tokens + `max_new_tokens` must be <= 2048",
    ],
)
def test_a_prompt_that_is_too_long_is_known_by_its_message(message: str) -> None:
    with pytest.raises(RefusedError) as caught:
        read(said(400, {"error": {"message": message}}))
    assert caught.value.permanent


@pytest.mark.parametrize(
    "content",
    [
        {"error": {"message": "no such thing"}}, {"error": "no such thing"}, {"message": "no such thing"},
        {"detail": "no such thing"}, "no such   thing", "no such\nthing",
    ],
)  # fmt: skip
def test_the_message_of_an_error_is_found_however_it_is_written(content: Any) -> None:
    with pytest.raises(RefusedError, match=r"^400: no such thing$"):
        read(said(400, content))


def test_a_long_message_is_shortened() -> None:
    with pytest.raises(FaultError) as caught:
        read(said(500, "word " * 1000))
    assert len(str(caught.value)) < 220


def test_a_quota_that_is_used_up_is_not_waited_for() -> None:
    with pytest.raises(UsageError, match="the account's quota is used up"):
        read(said(429, {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}))


@pytest.mark.parametrize(("value", "seconds"), [("2", 2.0), ("0.5", 0.5), ("-1", 0.0), ("soon", 0.0), ("", 0.0)])
def test_a_pause_is_read_in_seconds(value: str, seconds: float) -> None:
    assert retry_after(value) == seconds


def test_a_pause_may_end_at_a_date() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    assert 55 < retry_after(at) <= 60
