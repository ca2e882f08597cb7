"""Work that a file asks for and that might never end, stopped after some seconds of processor time."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_SOON = 0.05  # seconds until the next look, where this one came too early
_AGAIN = 1.0  # seconds until work that goes on all the same is stopped once more: it may be on its way out
_OURS = (__file__, contextlib.__file__)
_innermost = threading.local()  # `look`: the one of the block that a thread entered last


class OutOfTimeError(Exception):
    """The work took more than it may."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(f"took more than {seconds:g} s of processor time")


def reaches_c() -> bool:
    """Whether `limited` can stop what runs in C, as a regular expression does: where signals come."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """OutOfTimeError from the block once it has taken so many seconds, whatever the work makes of being stopped.

    In the main thread it counts the time of that thread, so that a busy machine does not end the block too early.
    Elsewhere it counts the time of day, and stops Python code alone. An import that the work makes is let through:
    one that is torn leaves a lock behind, for which every later import waits.
    """
    stopped: list[bool] = []  # the work may have caught what stopped it, or raised something else over it
    try:
        with (_signalled if reaches_c() else _traced)(seconds, stopped):
            yield
    except BaseException as error:
        if stopped and not isinstance(error, KeyboardInterrupt):
            raise OutOfTimeError(seconds) from None
        raise
    if stopped:
        raise OutOfTimeError(seconds)


@contextmanager
def _signalled(seconds: float, stopped: list[bool]) -> Iterator[None]:
    ends, imports = time.thread_time() + seconds, _imports(sys._getframe())

    def look(number: int, frame: FrameType | None) -> None:
        if remaining and callable(before):  # a block around this one, which may be over first
            before(number, frame)
        left = ends - time.thread_time()
        over = left <= 0 and _imports(frame) <= imports
        wait = _AGAIN if over and not remaining else _SOON
        signal.setitimer(signal.ITIMER_VIRTUAL, wait if remaining else max(left, wait))
        if over:
            stopped.append(True)
            raise OutOfTimeError(seconds)

    remaining, _ = signal.getitimer(signal.ITIMER_VIRTUAL)
    before = signal.signal(signal.SIGVTALRM, look)
    signal.setitimer(signal.ITIMER_VIRTUAL, min(seconds, remaining or seconds))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        if remaining:
            signal.setitimer(signal.ITIMER_VIRTUAL, min(remaining, _SOON))


@contextmanager
def _traced(seconds: float, stopped: list[bool]) -> Iterator[None]:
    """A look at the clock with each line: an exception thrown in from another thread could tear whatever is at work."""
    user, before, around = _user(sys._getframe()), sys.gettrace(), getattr(_innermost, "look", None)
    traced, ends, imports = user.f_trace, time.monotonic() + seconds, _imports(user)

    def look(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal ends
        if frame.f_code.co_filename in _OURS:  # what puts back how it was is let through
            return None
        if around is not None:  # a block around this one, which may be over first
            around(frame, event, argument)
        if time.monotonic() > ends and _imports(frame) <= imports:
            ends = time.monotonic() + _AGAIN
            stopped.append(True)
            raise OutOfTimeError(seconds)
        return look

    sys.settrace(look)
    user.f_trace = _innermost.look = look
    try:
        yield
    finally:
        user.f_trace, _innermost.look = traced, around
        sys.settrace(before)


def _user(frame: FrameType) -> FrameType:
    """The one with the `with` in it."""
    while frame.f_code.co_filename in _OURS and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _imports(frame: FrameType | None) -> int:
    """How many frames of the import system the stack holds."""
    count = 0
    while frame is not None:
        count += frame.f_code.co_filename.startswith("<frozen importlib")
        frame = frame.f_back
    return count
