"""Work that a file asks for and that might never end, stopped after some seconds of processor time."""

from __future__ import annotations

import ctypes
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN = 0.05  # seconds until work that goes on all the same is stopped once more


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
    Elsewhere it counts the time of day, and stops Python code alone.
    """
    stopped: list[bool] = []  # the work may have caught what stopped it, or raised something else over it
    try:
        with (_signalled if reaches_c() else _interrupted)(seconds, stopped):
            yield
    except BaseException as error:
        if stopped and not isinstance(error, KeyboardInterrupt):
            raise OutOfTimeError(seconds) from None
        raise
    if stopped:
        raise OutOfTimeError(seconds)


@contextmanager
def _signalled(seconds: float, stopped: list[bool]) -> Iterator[None]:
    ends = time.thread_time() + seconds

    def look(number: int, frame: FrameType | None) -> None:
        if remaining and callable(before):  # a block around this one, which may be over first
            before(number, frame)
        left = ends - time.thread_time()
        signal.setitimer(signal.ITIMER_VIRTUAL, _AGAIN if remaining else max(left, _AGAIN))
        if left <= 0:
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
            signal.setitimer(signal.ITIMER_VIRTUAL, min(remaining, _AGAIN))


@contextmanager
def _interrupted(seconds: float, stopped: list[bool]) -> Iterator[None]:
    thread, lock, over = threading.get_ident(), threading.Lock(), threading.Event()

    def interrupt() -> None:
        wait = seconds
        while not over.wait(wait):
            wait = _AGAIN
            with lock:
                if not over.is_set():
                    stopped.append(True)
                    _raise_in(thread)

    threading.Thread(target=interrupt, daemon=True, name="time limit").start()
    try:
        yield
    finally:
        with lock:
            over.set()


def _raise_in(thread: int) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(OutOfTimeError))
