"""Whether the process may use the memory that its libraries take: with too little they hang, or end it as they like."""

from __future__ import annotations

import os

_GB = 1024**3
_BASE = _GB
_A_CORE = _GB // 8  # for the threads of DuckDB and OpenBLAS, whose stacks and buffers count though they are not used
_MOST_NEEDED = 4 * _GB


def too_little_memory() -> str | None:
    """What is said where the address space (`ulimit -v`) is limited to less than the libraries need to start."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    needed = min(_BASE + _A_CORE * (os.cpu_count() or 1), _MOST_NEEDED)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return None
    return (
        f"the address space is limited to {soft / _GB:.2f} GB (ulimit -v), and {needed / _GB:.2f} GB are needed to "
        "start; raise the limit, or limit the memory of the container instead"
    )
