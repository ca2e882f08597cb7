"""A limit on the memory that a piece of work may take, where the system has one."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PAGES = Path("/proc/self/statm")


@contextmanager
def limited_memory(megabytes: int) -> Iterator[None]:
    """MemoryError from the block once the process has grown by so much; on Linux alone.

    What C fills in one step, such as `'a'.ljust(10**10)`, no limit of time can stop.
    """
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    most = int(_PAGES.read_text("ascii").split()[0]) * resource.getpagesize() + megabytes * 1_000_000
    given = [limit for limit in before if limit != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_AS, (min(most, *given), before[1]) if given else (most, before[1]))
    try:
        yield
    except MemoryError:
        raise MemoryError(f"took more than {megabytes} MB") from None
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
