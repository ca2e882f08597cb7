"""Whole processes: how long each took and how much memory it held at its peak."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MEMORY_SHARE = 0.7


@dataclass(frozen=True)
class Took:
    """Seconds by the clock, seconds of all processors, and the peak of resident memory in MB."""

    seconds: float
    processor: float
    megabytes: float


class FailedError(Exception):
    """A process that did not end well, with the end of what it said."""


def run(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    timeout: float | None = None,
    limited: bool = False,
) -> Took:
    """Run the command in `folder`; what it says goes to `log.txt` there.

    `limited` refuses it more than a share of this machine's memory, so that one that asks for too much gets an error
    of its own. Raises FailedError where it does not exit with 0, or not in time.
    """
    log = folder / "log.txt"
    limit = int(MEMORY_SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    began = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
        )
        if limited:
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (limit, limit))
        # only wait4 tells the memory of one child, and it knows no time limit
        alarm = threading.Timer(timeout or threading.TIMEOUT_MAX, os.kill, (process.pid, signal.SIGKILL))
        alarm.daemon = True
        alarm.start()
        _, status, used = os.wait4(process.pid, 0)
        alarm.cancel()
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        said = log.read_text(encoding="utf-8", errors="replace")[-2_000:]
        raise FailedError(f"{' '.join(command)[:300]}: exit {process.returncode}\n{said}")
    return Took(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
