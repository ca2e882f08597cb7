"""One exchange with a server: a whole response within a time limit, or an exception. No proxy, no redirect."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection, IncompleteRead
from typing import Any

from harness_openai.address import Address

CONNECT_SECONDS = 10.0
MOST_BYTES = 64 * 2**20
_STALE = (ConnectionResetError, BrokenPipeError)  # RemoteDisconnected is a ConnectionResetError


@dataclass(frozen=True, slots=True)
class Response:
    """What a server said; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """A connection that is kept open between exchanges. One thread at a time uses it; any may `shut` it."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._http: HTTPConnection | None = None
        self._is_shut = False

    def exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Response:
        """The response. Raises TimeoutError after so many seconds, else OSError or HTTPException where none comes."""
        deadline = time.monotonic() + seconds
        was_open = self._http is not None
        try:
            return self._exchange(method, path, headers, body, deadline)
        except _STALE:
            if self._is_shut or not was_open:
                raise
        # A server may close a connection that it has kept open for long: that is no failure.
        return self._exchange(method, path, headers, body, deadline)

    def shut(self) -> None:
        """End what another thread is waiting for, and let it ask nothing more."""
        self._is_shut = True
        sock = self._http.sock if self._http is not None else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes, deadline: float) -> Response:
        try:
            http = self._opened(deadline)
            http.sock.settimeout(_left(deadline))
            http.request(method, path, body or None, dict(headers))
            response = http.getresponse()
            content = response.read(MOST_BYTES)
            if response.length:
                raise IncompleteRead(content, response.length)
        except BaseException:
            self.close()
            raise
        if response.will_close:
            self.close()
        return Response(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def _opened(self, deadline: float) -> HTTPConnection:
        if self._http is None:
            kind = HTTPSConnection if self._address.scheme == "https" else HTTPConnection
            seconds = min(CONNECT_SECONDS, _left(deadline))
            self._http = kind(self._address.host, self._address.port, timeout=seconds)
            try:
                self._http.connect()
            except TimeoutError:
                raise ConnectionError(f"no connection within {seconds:g} s") from None
        self._http.response_class = _response_class(deadline)
        return self._http


def _response_class(deadline: float) -> Any:
    """An HTTPResponse that ends by the deadline: http.client limits each read alone, and a slow drip has no end."""

    def response(sock: socket.socket, *positional: Any, **options: Any) -> HTTPResponse:
        made = HTTPResponse(sock, *positional, **options)
        made.fp.close()
        made.fp = io.BufferedReader(_TimedReader(sock, deadline))
        return made

    return response


class _TimedReader(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline
        self._raw = sock.makefile("rb", buffering=0)  # keeps the socket open until the response is read

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left
