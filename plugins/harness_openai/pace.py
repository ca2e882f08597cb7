"""When the next request may go out."""

from __future__ import annotations

import time
from threading import Lock


class Pace:
    """At most `requests_per_minute`, evenly spread, and none while the server has asked for a pause."""

    def __init__(self, requests_per_minute: float | None = None) -> None:
        self._interval = 60.0 / requests_per_minute if requests_per_minute else 0.0
        self._next = 0.0
        self._lock = Lock()

    def take(self) -> float:
        """Take the next turn: the seconds until it comes."""
        with self._lock:
            now = time.monotonic()
            at = max(now, self._next)
            self._next = at + self._interval
            return at - now

    def pause(self, seconds: float) -> None:
        """Let nothing go out for so long."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)
