"""Python's garbage collector, kept from going through a great many records that stay and hold no cycles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def building() -> Iterator[None]:
    """Many records are made in the block, in which nothing can be found to collect."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def keeping() -> Iterator[None]:
    """All there is when the block begins stays until it ends; what is made in it is collected as ever."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
