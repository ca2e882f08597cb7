"""Where the file descriptors of this process lead."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

_OUT, _ERR = 1, 2


@contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """What is written past Python's own stdout, by C code or a child process, goes to stderr for the time being."""
    try:
        kept = os.dup(_OUT)
    except OSError:  # this process was started without a stdout
        yield
        return
    os.dup2(_ERR, _OUT)
    try:
        yield
    finally:
        _libc().fflush(None)  # what C code still holds would come out later, in the midst of results
        os.dup2(kept, _OUT)
        os.close(kept)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)
