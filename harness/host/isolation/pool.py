"""How many workers there are at a time: a suite of twenty metrics, cycle after cycle, shall not fill the machine."""

from __future__ import annotations

import weakref
from typing import Protocol

MOST = 8
"""The one that was asked longest ago makes room; it starts anew, as it was prepared, when it is asked again."""

_asked: dict[int, weakref.ref[Worker]] = {}


class Worker(Protocol):
    """What can be stopped while it has nothing to do."""

    @property
    def is_idle(self) -> bool: ...

    def stop(self) -> None: ...


def asked(worker: Worker) -> None:
    """Take note that the worker is asked now, and stop others where there are too many."""
    _asked.pop(id(worker), None)
    _asked[id(worker)] = weakref.ref(worker)
    for key in list(_asked)[:-1] if len(_asked) > MOST else ():
        other = _asked[key]()
        if other is None or (other.is_idle and len(_asked) > MOST):
            del _asked[key]
            if other is not None:
                other.stop()
