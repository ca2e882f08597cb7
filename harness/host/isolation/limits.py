"""How long a worker may be silent and how much memory it may take."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.documents.amounts import parse_size
from harness.errors import UsageError
from harness.host.isolation.children import finished

SECONDS, MEMORY = "HARNESS_PLUGIN_SECONDS", "HARNESS_PLUGIN_MEMORY"
DEFAULT_SECONDS = 300.0
_DEFAULT_SHARE = 0.5  # of the machine's memory: a leak is stopped before the machine swaps


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` from one message of a worker to the next; `memory` in bytes, resident in its process."""

    seconds: float
    memory: int


def limits(environment: Mapping[str, str] = os.environ) -> Limits:
    """What `HARNESS_PLUGIN_SECONDS` and `HARNESS_PLUGIN_MEMORY` say, else 300 s and half of the machine's memory."""
    memory = environment.get(MEMORY)
    most = parse_size(memory, MEMORY) if memory else int(_DEFAULT_SHARE * _machine_bytes())
    return Limits(seconds_limit(DEFAULT_SECONDS, environment), most)


def _machine_bytes() -> int:
    """The memory of the machine, or of the container where that has less."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for file in (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")):
        try:
            found.append(int(file.read_text("ascii")))
        except (OSError, ValueError):  # there is none, or it is "max"
            continue
    return min(found)


def resident_bytes(process: int) -> int:
    """The memory that a process and its children hold; 0 where it is gone."""
    if Path("/proc/self/statm").exists():
        return _resident(process) + sum(map(resident_bytes, _children(process)))
    listed = finished(["ps", "-A", "-o", "pgid=,rss="])
    rows = (line.split() for line in listed.stdout.splitlines())
    return sum(int(size) * 1024 for group, size in rows if int(group) == process)


def _resident(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def _children(process: int) -> list[int]:
    found = []
    for file in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [int(one) for one in file.read_text("ascii").split()]
        except OSError:
            continue
    return found


def seconds_limit(default: float, environment: Mapping[str, str] = os.environ) -> float:
    """What `HARNESS_PLUGIN_SECONDS` says, else the default; UsageError where it is no number above 0."""
    text = environment.get(SECONDS)
    if not text:
        return default
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UsageError(f"{SECONDS}: {text!r} is no number of seconds above 0")
    return seconds
