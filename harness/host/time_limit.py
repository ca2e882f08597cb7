"""How long the import of a plugin may take, and what ends one that takes longer in this process."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from harness.errors import ComponentError
from harness.host.records import ProblemKind

_IMPORT_SECONDS = 20.0  # unless the user says otherwise


class TooSlowError(ComponentError):
    """The import took longer than it may."""


def import_seconds() -> float:
    """What an import may take; UsageError where the environment says something that is no number."""
    from harness.host.isolation.limits import seconds_limit  # a listing imports no plugin, and should not pay for it

    return seconds_limit(_IMPORT_SECONDS)


def too_slow(limit_seconds: float) -> str:
    """What is said of an import that takes longer."""
    from harness.host.isolation.limits import SECONDS

    return f"it takes longer than {limit_seconds:g} s; {SECONDS}=N gives it N seconds"


@contextmanager
def in_time(limit_seconds: float) -> Iterator[None]:
    """Raises TooSlowError in what takes longer, once Python code is at work there.

    C code that does not come back is not ended so, nor is anything outside of the main thread.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(*_: object) -> None:
        raise TooSlowError(too_slow(limit_seconds))

    before = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, limit_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, before)


def fault_of(error: BaseException) -> ProblemKind:
    """The sort of fault that an error of a plugin is."""
    if isinstance(error, TooSlowError):
        return "slow"
    if isinstance(error, ModuleNotFoundError):
        return "no module"
    return "leaves" if isinstance(error, SystemExit) else "raises"
