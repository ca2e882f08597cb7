"""A plugin may not end the harness's own process with the exit code that means pass."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


@contextmanager
def no_silent_exit() -> Iterator[None]:
    """`os._exit(0)` raises SystemExit for the time being; in a process that is forked meanwhile it leaves."""
    leave, here = os._exit, os.getpid()

    def refused(status: int) -> NoReturn:
        if status == 0 and os.getpid() == here:
            raise SystemExit("os._exit(0)")
        leave(status)

    os._exit = refused
    try:
        yield
    finally:
        os._exit = leave
