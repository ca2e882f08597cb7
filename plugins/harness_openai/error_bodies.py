"""What a response says: the JSON that was asked for, or why there is none."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from harness.errors import UsageError
from harness_openai.connection import Response

_SHOWN = 200
_ENDS_THE_RUN = {
    401: "the key is missing or wrong",
    402: "the account has to be paid",
    403: "the key may not do this",
}
_TOO_LONG = re.compile(
    r"context.?(length|window|size)|maximum model length|longer than the (model|maximum)|`inputs` tokens", re.IGNORECASE
)
_FILTERED = re.compile(r"content.?(filter|management|policy)", re.IGNORECASE)


class BarredError(UsageError):
    """What the server `said` holds for other requests as well, unless it serves one; then the `meaning` is another."""

    def __init__(self, said: str, meaning: str = "") -> None:
        super().__init__(f"{said} ({meaning})" if meaning else said)
        self.said = said
        self.meaning = meaning


class NotFoundError(BarredError):
    """The server knows no such path, or no such model."""


class FaultError(Exception):
    """What may pass when asked again. `wait`: the seconds that the server wants to be left alone; `status`: if any."""

    def __init__(self, reason: str, wait: float = 0.0, *, timed_out: bool = False, status: int | None = None) -> None:
        super().__init__(reason)
        self.wait = wait
        self.timed_out = timed_out
        self.status = status


class RefusedError(Exception):
    """The server does not serve this request; `permanent` where it never will, because it is too long."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent

    @property
    def is_of_its_text(self) -> bool:
        """Whether another text may fare better: this one is too long, or a filter has stopped it."""
        return self.permanent or bool(_FILTERED.search(str(self)))


def read(response: Response) -> Any:
    """The JSON of a response. Raises FaultError, RefusedError, or BarredError where others hardly fare better."""
    status = response.status
    if 200 <= status < 300:
        try:
            return json.loads(response.body)
        except (ValueError, RecursionError):
            raise FaultError(f"{status}, but no JSON: {shortened(response.body.decode('utf-8', 'replace'))}") from None
    said = f"{status}: {_message(response.body)}"
    if 300 <= status < 400:
        raise BarredError(f"{status}: redirects to {response.headers.get('location')!r}, which is not followed")
    if status == 404:
        raise NotFoundError(said, "there is no such model or path")
    if status in _ENDS_THE_RUN:
        raise BarredError(said, _ENDS_THE_RUN[status])
    if status == 429 and b"insufficient_quota" in response.body:
        raise BarredError(said, "the account's quota is used up")
    if status in (408, 409, 425, 429) or (status >= 500 and status != 501):
        raise FaultError(said, retry_after(response.headers.get("retry-after", "")), status=status)
    raise RefusedError(said, permanent=bool(_TOO_LONG.search(said)))


def retry_after(value: str) -> float:
    """The seconds that a Retry-After header asks for, a number or a date; 0 where it is neither."""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _message(body: bytes) -> str:
    """The message of an error as the servers write it: {"error": {"message"}}, {"error"}, {"message"}, {"detail"}."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return shortened(body.decode("utf-8", "replace"))
    if isinstance(content, dict):
        error = content.get("error")
        inner = error.get("message") if isinstance(error, dict) else error
        content = inner or content.get("message") or content.get("detail") or content
    return shortened(str(content))


def shortened(text: str) -> str:
    """The beginning of what a server said, on one line."""
    words = " ".join(text[: 4 * _SHOWN].split())
    return (words[:_SHOWN] + "…" if len(words) > _SHOWN else words) or "nothing"
