"""How long a worker may be silent and how much memory it may take."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.sizes import parse_size

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
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    most = parse_size(memory, MEMORY) if memory else int(_DEFAULT_SHARE * machine)
    return Limits(seconds_limit(DEFAULT_SECONDS, environment), most)


def resident_bytes(process: int) -> int:
    """The memory that a process holds; 0 where it is gone."""
    try:
        if Path("/proc/self/statm").exists():
            pages = int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1])
            return pages * os.sysconf("SC_PAGE_SIZE")
        said = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, text=True, check=False)
        return int(said.stdout.strip() or 0) * 1024
    except (OSError, ValueError, IndexError):
        return 0


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
