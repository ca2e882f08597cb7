"""Processes that run plugin code for the host and the doctor: how they are ended, and how they ended by themselves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress


def end(process: subprocess.Popen[bytes]) -> None:
    """End the process, the first of its session, with all that it has started, and wait for it.

    What it has started would else go on, and hold open a stream that is read to its end.
    """
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def ending(code: int) -> str:
    """How a process ended that has this return code, as "ends the process with SIGSEGV"."""
    if code >= 0:
        return f"ends the process with exit code {code}"
    try:
        return f"ends the process with {signal.Signals(-code).name}"
    except ValueError:
        return f"ends the process with signal {-code}"
