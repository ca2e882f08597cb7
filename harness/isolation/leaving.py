"""A plugin may not end the harness's own process with the exit code that means pass, nor make it another's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

_FOR_GOOD = (
    *("setuid", "seteuid", "setreuid", "setresuid", "setgid", "setegid", "setregid", "setresgid", "setgroups"),
    *("initgroups", "setsid", "setpgid", "setpgrp", "chroot"),
)
"""What changes the user, the group, the root or the session of a process in a way that it cannot take back."""


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
