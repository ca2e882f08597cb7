"""Notices when passes become slow, as when another process takes a core, and measures the thread count again."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

SLOW = 0.5  # of the best rate so far
SECONDS_SLOW = 5.0  # of slow passes in a row, before anything is measured
SECONDS_BETWEEN = 30.0
log = logging.getLogger("harness")


@dataclass
class Pace:
    """Watches tokens a second. `measure` sets the thread count that is fastest just now, and returns it; None where
    threads do not decide it."""

    threads: int
    measure: Callable[[], int] | None
    clock: Callable[[], float] = time.monotonic
    _best: float = 0.0
    _slow: deque[float] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._measured = self.clock()

    def after(self, tokens: int, seconds: float) -> int:
        """Take note of a pass; returns the thread count that holds from now on."""
        if self.measure is None:
            return self.threads
        rate = tokens / max(seconds, 1e-9)
        if rate >= SLOW * self._best:
            self._best = max(self._best, rate)
            self._slow.clear()
            return self.threads
        self._slow.append(seconds)
        if sum(self._slow) >= SECONDS_SLOW and self.clock() - self._measured >= SECONDS_BETWEEN:
            self._again(rate, self.measure)
        return self.threads

    def _again(self, rate: float, measure: Callable[[], int]) -> None:
        before, self.threads = self.threads, measure()
        self._measured, self._best = self.clock(), 0.0
        self._slow.clear()
        log.info("slower than before (%.0f tokens a second): %d threads, before %d", rate, self.threads, before)
