"""Plugin code at work, wherever it is called: stdout stays for results, and it does not end the process unseen."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from functools import cache
from typing import Any, NoReturn

from harness.documents.visible import visible
from harness.host.records import ProblemKind

_FOR_GOOD = (
    *("setuid", "seteuid", "setreuid", "setresuid", "setgid", "setegid", "setregid", "setresgid", "setgroups"),
    *("initgroups", "setsid", "setpgid", "setpgrp", "chroot"),
)
"""What changes the user, the group, the root or the session of a process in a way that it cannot take back."""

_OUT, _ERR = 1, 2

_MOST_KEPT = 1000  # bytes
_MOST_SHOWN = 60  # characters


class Printed(io.BytesIO):
    """Takes what is printed: keeps the beginning, passes all of it to stderr but for what would move a terminal."""

    def __init__(self, echo: bool) -> None:
        super().__init__()
        self._echo = echo
        self._kept = b""

    @property
    def text(self) -> str:
        """The beginning of what was printed."""
        return self._kept.decode(errors="replace").strip()

    def write(self, data: Any, /) -> int:
        """Take some bytes, as what is printed arrives here."""
        taken = bytes(data)
        self._kept = (self._kept + taken)[:_MOST_KEPT]
        if self._echo:
            sys.stderr.write(visible(taken.decode(errors="replace")))
        return len(taken)


@contextmanager
def silenced(*, echo: bool = True, may_leave: bool = False) -> Iterator[Printed]:
    """Plugin code at work: what it prints in any way stays out of stdout; `os._exit(0)` raises unless it `may_leave`.

    Without `echo`, what it prints from Python is only kept; what is written past that goes to stderr in any case.
    """
    printed = Printed(echo)
    stream = io.TextIOWrapper(printed, encoding="utf-8", errors="backslashreplace", write_through=True)
    with _stdout_to_stderr(), redirect_stdout(stream), nullcontext() if may_leave else _no_silent_exit():
        yield printed


@contextmanager
def quiet(say: Callable[[ProblemKind, str], None]) -> Iterator[None]:
    """What is printed, and what is changed of the process and put back, is told to `say`."""
    from harness.host.isolation.process_state import (
        process_kept,  # a listing imports no plugin, and should not pay for it
    )

    with process_kept(lambda text: say("changes", text)), silenced(echo=False) as printed:
        yield
    if printed.text:
        say("prints", f"prints to stdout, where only results belong: {printed.text[:_MOST_SHOWN]!r}")


@contextmanager
def _stdout_to_stderr() -> Iterator[None]:
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
def _no_silent_exit() -> Iterator[None]:
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
