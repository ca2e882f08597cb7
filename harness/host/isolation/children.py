"""The one place that starts processes, ends them, and says how they ended by themselves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

PIPE = subprocess.PIPE
NOTHING = subprocess.DEVNULL


class Child(subprocess.Popen[bytes]):
    """A Python process that runs plugin code, the first of a session of its own: Ctrl-C is the harness's to handle."""

    def __init__(
        self,
        *arguments: str,
        stdin: int = NOTHING,
        stdout: int = NOTHING,
        stderr: int | IO[bytes] | None = None,
        handles: Sequence[int] = (),
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Start Python with these arguments. The streams are as `subprocess` has them; `handles` stay open in it."""
        super().__init__(
            [sys.executable, *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            pass_fds=handles,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )

    def ends_within(self, seconds: float) -> bool:
        """Wait that long; whether it has ended by then."""
        try:
            self.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> None:
        """End it with all that it has started, and wait for it; also where it has ended by itself.

        What it has started would else go on, and hold open a stream that is read to its end.
        """
        if sys.platform == "win32":
            self.kill()
        else:
            with suppress(OSError):  # there is nobody left in it
                os.killpg(self.pid, signal.SIGKILL)
        self.wait()


def finished(
    command: Sequence[str], given: bytes = b"", seconds: float | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end, with what it wrote; TimeoutError where that takes longer."""
    try:
        return subprocess.run(command, input=given, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"{command[0]} takes longer than {seconds:g} s") from error


def ending(code: int) -> str:
    """How a process ends that has this return code, as "ends the process with SIGSEGV"."""
    return f"ends the process with {_signal(code)}" if code < 0 else f"ends the process with exit code {code}"


def death(code: int) -> str:
    """How the process itself has ended, as "was killed by SIGSEGV"."""
    return f"was killed by {_signal(code)}" if code < 0 else f"ended itself with exit code {code}"


def _signal(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:  # a real-time signal has no name
        return f"signal {-code}"
