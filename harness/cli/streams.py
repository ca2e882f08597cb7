"""stdout and stderr of the program: writing to them never fails, and what was lost is told at the end."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from typing import TYPE_CHECKING, TextIO

from harness.errors import ExitCode, worst

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Channel(io.FileIO):
    """A file descriptor that takes everything. `problem` is why bytes were lost, from the first that were."""

    problem: OSError | None = None

    def write(self, data: ReadableBuffer, /) -> int:
        while self.problem is None:
            try:
                written = super().write(data)
            except OSError as error:
                self.problem = error
            else:
                if written is not None:
                    return written
                select.select([], [self], [])  # a pipe that does not wait, as some CI systems give, is full
        return memoryview(data).nbytes


def open_channels() -> None:
    """Write stdout and stderr through channels.

    A standard descriptor that is closed is opened, for reading only: the next file would get its number otherwise, and
    with it what is printed.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDONLY), True)
    sys.stdout, sys.stderr = channel(1, sys.stdout), channel(2, sys.stderr)


def channel(descriptor: int, like: TextIO | None = None) -> io.TextIOWrapper:
    """A text stream on the descriptor, encoded and flushed as `like`; a sign that it lacks must not cost the result."""
    at_line_ends = isinstance(like, io.TextIOWrapper) and (like.line_buffering or like.write_through)
    buffer = io.BufferedWriter(Channel(descriptor, "w", closefd=False))
    encoding = like.encoding if like is not None else "utf-8"
    return io.TextIOWrapper(buffer, encoding, errors="replace", line_buffering=at_line_ends)


def delivered(code: int) -> int:
    """The exit code once all is written: the first of it and 4 where that could not be, which stderr says.

    A reader that went away (`harness … | head`) has what it wanted: that changes nothing.
    """
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    problem = raw.problem if isinstance(raw, Channel) else None
    if problem is None or isinstance(problem, ConnectionError):
        return code
    why = "it is closed" if problem.errno == errno.EBADF else problem.strerror
    said = "what was printed is lost; the report of a run or a gate is stored: `harness report`"
    print(f"harness: stdout cannot be written: {why}; {said}", file=sys.stderr, flush=True)
    return code if code == ExitCode.INTERRUPTED else int(worst([ExitCode(code), ExitCode.INCOMPLETE]))
