"""Plugin code at import, in a hook or at an event: stdout stays for results, the process stays as it was."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from functools import cache
from typing import Any, NoReturn

from harness.host.records import ProblemKind

_FOR_GOOD = (
    *("setuid", "seteuid", "setreuid", "setresuid", "setgid", "setegid", "setregid", "setresgid", "setgroups"),
    *("initgroups", "setsid", "setpgid", "setpgrp", "chroot"),
)
"""What changes the user, the group, the root or the session of a process in a way that it cannot take back."""

_OUT, _ERR = 1, 2

_MOST_SHOWN = 60


@contextmanager
def quiet(say: Callable[[ProblemKind, str], None]) -> Iterator[None]:
    """What is printed, and what is changed of the process and put back, is told to `say`; `os._exit(0)` raises.

    What is written past Python's stdout goes to stderr.
    """
    from harness.host.isolation.process_state import (
        process_kept,  # a listing imports no plugin, and should not pay for it
    )

    printed = io.BytesIO()
    stream = io.TextIOWrapper(printed, encoding="utf-8", write_through=True)
    kept = process_kept(lambda text: say("changes", text))
    with kept, stdout_to_stderr(), redirect_stdout(stream), no_silent_exit():
        yield
    if text := printed.getvalue().decode(errors="replace").strip():
        say("prints", f"prints to stdout, where only results belong: {text[:_MOST_SHOWN]!r}")


@contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """What is written past Python's own stdout, by C code or a child process, goes to stderr for the time being."""
    try:
        kept = os.dup(_OUT)
    except OSError:  # this process was started without a stdout
        yield
        return
    libc = _libc()  # here, as the block may spoil what an import needs
    os.dup2(_ERR, _OUT)
    try:
        yield
    finally:
        libc.fflush(None)  # what C code still holds would come out later, in the midst of results
        os.dup2(kept, _OUT)
        os.close(kept)


@cache
def _libc() -> Any:
    import ctypes  # which a listing has no need of

    return ctypes.CDLL(None)


@contextmanager
def no_silent_exit() -> Iterator[None]:
    """`os._exit(0)` raises SystemExit for the time being, and what cannot be taken back a PermissionError.

    In a process that is forked meanwhile both do what they say.
    """
    leave, here = os._exit, os.getpid()

    def refused(status: int) -> NoReturn:
        if status == 0 and os.getpid() == here:
            raise SystemExit("os._exit(0)")
        leave(status)

    kept = {name: getattr(os, name) for name in _FOR_GOOD if hasattr(os, name)}
    os._exit = refused
    vars(os).update({name: _refused(function, here) for name, function in kept.items()})
    try:
        yield
    finally:
        os._exit = leave
        vars(os).update(kept)


def _refused(function: Callable[..., Any], here: int) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        if os.getpid() == here:
            raise PermissionError(
                f"os.{function.__name__} changes the harness's own process for good; call it in a child"
            )
        return function(*arguments)

    return call
