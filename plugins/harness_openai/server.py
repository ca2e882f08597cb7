"""Asking a server until it answers: retries with back-off, its own pauses honoured, and an end when it is gone."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.client import HTTPException
from json import detect_encoding
from typing import Any, TypeVar

from harness.errors import UsageError
from harness_openai.address import Address
from harness_openai.connection import Connection, Response
from harness_openai.error_bodies import BarredError, FaultError, RefusedError, read, shortened
from harness_openai.keys import hiding
from harness_openai.pace import Pace

T = TypeVar("T")

LONGEST_BACKOFF = 30.0
LONGEST_PAUSE = 300.0
"""A server that asks for more seconds than this has run out of quota: waiting would look like hanging."""
LEAST_FAILURES = 3
"""So many requests in a row, or as many as run at once, must fail before a server counts as gone.

So many must be refused, before any is served, until it counts as refusing all.
"""

_HARMLESS: Mapping[str, Any] = {"prompt": "Hello", "messages": [{"role": "user", "content": "Hello"}]}
"""What is asked to see whether it is the text that a server objects to."""


@dataclass(frozen=True)
class Settings:
    """Which model of which server, and how it is asked. `secrets` are the keys in `headers`."""

    address: Address
    model: str
    headers: Mapping[str, str]
    secrets: tuple[str, ...] = ()
    timeout: float = 600.0
    retries: int = 4
    backoff: float = 0.5
    concurrency: int = 8
    pace: Pace = field(default_factory=Pace)


class UnservedError(Exception):
    """The server did not answer, however often it was asked; `status` is the last that it gave, if any."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class Server:
    """Asks from many threads, each with a connection of its own, within a `with`; at its end no thread waits any more.

    When request after request fails the server counts as gone, and the rest fail at once; a new `Server` tries again.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._hide = hiding(settings.secrets)
        self._own = threading.local()
        self._connections: list[Connection] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._failures = 0
        self._gone: str | None = None
        self._refusals = 0
        self._last_served: float | None = None

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()
        self.release()

    def end(self) -> None:
        """Let no thread wait any longer, for the server or for its turn."""
        self._ended.set()
        for connection in self._connections:
            connection.shut()

    def release(self) -> None:
        """Close the connection of the calling thread."""
        connection = getattr(self._own, "connection", None)
        if connection is not None:
            connection.close()

    def ask(self, path: str, body: Mapping[str, Any], reader: Callable[[Any], T]) -> tuple[T, float]:
        """What `reader` makes of the answer, and the seconds that the server took for it.

        Where `reader` raises FaultError, or the server fails, it is asked again. Raises UnservedError when it fails too
        often, RefusedError when asking again is of no use, UsageError when asking anything else is of no use either:
        then a text that offends nobody is refused as well.
        """
        attempt = 0
        while True:
            attempt += 1
            self._wait(0.0)  # a turn is not taken for what is not going to be asked
            self._wait(self.settings.pace.take())
            began = time.perf_counter()
            try:
                found = reader(self.once(path, body))
            except FaultError as fault:
                if self._is_last(attempt, fault):
                    raise self._failed(path, body, fault, attempt) from None
                self.settings.pace.pause(fault.wait)
                self._wait(self._backoff(attempt))
            except RefusedError as error:
                self._refused(error, path, body)
                raise
            except BarredError as error:
                if self._serves_another(path, body, began):
                    raise RefusedError(error.said) from None
                raise
            else:
                with self._lock:
                    self._failures = 0
                    self._last_served = time.perf_counter()
                return found, time.perf_counter() - began

    def find_out(self, path: str, body: Mapping[str, Any]) -> Any:
        """What the server says to a question about what it can do. Raises as `ask` does.

        A server that breaks on it each time (500) cannot do it, which is no reason to ask it for nothing else.
        """
        try:
            return self.ask(path, body, lambda said: said)[0]
        except UnservedError as error:
            if error.status == HTTPStatus.INTERNAL_SERVER_ERROR:
                raise RefusedError(str(error)) from None
            raise

    def once(self, path: str, body: Mapping[str, Any] | None = None, seconds: float | None = None) -> Any:
        """The JSON that the server answers to one request: a POST of `body`, or a GET. Raises as `read` does."""
        settings = self.settings
        limit = seconds or settings.timeout
        headers = {"Accept": "application/json", "User-Agent": "finetune-harness", **settings.headers}
        content = b""
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps({"model": settings.model, **body}).encode()
        method = "GET" if body is None else "POST"
        try:
            return read(self._without_secrets(self._connection().exchange(method, path, headers, content, limit)))
        except TimeoutError:
            raise FaultError(f"no answer within {limit:g} s", timed_out=True) from None
        except (OSError, HTTPException) as error:
            raise FaultError(f"{type(error).__name__}: {shortened(self._hide(str(error)))}") from None
        except BarredError as error:
            raise type(error)(self.named(path, error.said), error.meaning) from None
        except RefusedError as error:
            raise RefusedError(self.named(path, str(error)), permanent=error.permanent) from None

    def named(self, path: str, said: str) -> str:
        """What was said, and where."""
        return f"{self.settings.address}{path.removeprefix(self.settings.address.path)}: {said}"

    def _without_secrets(self, response: Response) -> Response:
        """The response without the keys: some servers quote them, and what they say is shown and stored."""
        if not self.settings.secrets:
            return response
        text = response.body.decode(detect_encoding(response.body), "replace")
        headers = {name: self._hide(value) for name, value in response.headers.items()}
        return replace(response, headers=headers, body=self._hide(text).encode())

    def _connection(self) -> Connection:
        if not hasattr(self._own, "connection"):
            self._own.connection = Connection(self.settings.address)
            self._connections.append(self._own.connection)
        connection: Connection = self._own.connection
        return connection

    def _wait(self, seconds: float) -> None:
        """Wait; raises UnservedError at once when the server is gone or nobody wants an answer any more."""
        self._ended.wait(seconds)
        if self._ended.is_set():
            raise UnservedError(self._gone or "stopped")

    @property
    def _most(self) -> int:
        return max(LEAST_FAILURES, self.settings.concurrency)

    def _is_last(self, attempt: int, fault: FaultError) -> bool:
        """Whether the request is given up: what took too long twice would take too long for hours."""
        most = min(1, self.settings.retries) if fault.timed_out else self.settings.retries
        return attempt > most or fault.wait > LONGEST_PAUSE

    def _backoff(self, attempt: int) -> float:
        """Seconds, doubled from try to try; spread, so that what failed together does not come back together."""
        longest = min(self.settings.backoff * 2 ** (attempt - 1), LONGEST_BACKOFF)
        return random.uniform(longest / 2, longest)

    def _failed(self, path: str, body: Mapping[str, Any], fault: FaultError, attempts: int) -> UnservedError:
        pause = f"; wants a pause of {fault.wait:.0f} s" if fault.wait > LONGEST_PAUSE else ""
        times = "once" if attempts == 1 else f"{attempts} times"
        said = self.named(path, f"{fault}{pause} (asked {times})")
        with self._lock:
            self._failures += 1
            is_one_too_many = self._failures >= self._most and self._gone is None
        if is_one_too_many and (fault.timed_out or not self._serves_another(path, body, time.perf_counter())):
            with self._lock:
                self._gone = f"given up, as {self._failures} requests in a row failed; the last: {said}"
                self._ended.set()
        return UnservedError(said, fault.status)

    def _refused(self, error: RefusedError, path: str, body: Mapping[str, Any]) -> None:
        """Raise UsageError where all requests so far were refused, and not for their texts: so would be the rest."""
        if error.is_of_its_text:
            return
        with self._lock:
            self._refusals += 1
            if self._last_served is not None or self._refusals < self._most:
                return
        if self._serves_another(path, body, time.perf_counter()):
            return
        field = "max_completion_tokens"
        advice = f"; set the option tokens_field to {field}" if field in str(error) and field not in body else ""
        raise UsageError(f"{error}; given up, as all of the first {self._most} requests were refused{advice}") from None

    def _serves_another(self, path: str, body: Mapping[str, Any], since: float) -> bool:
        """Whether the server has served any request since then, or serves this one with a text that offends nobody."""
        if self._last_served is not None and self._last_served > since:
            return True
        part = next((part for part in _HARMLESS if part in body), None)
        if part is None or self._ended.is_set():
            return False
        try:
            self.once(path, {**body, part: _HARMLESS[part]})
        except (FaultError, RefusedError, BarredError):
            return False
        with self._lock:
            self._failures = 0
            self._last_served = time.perf_counter()
        return True
