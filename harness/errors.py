"""What can go wrong, and the exit code that says so."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from enum import IntEnum


class ExitCode(IntEnum):
    """One meaning each; when several hold, `worst` decides."""

    PASS = 0
    REGRESSED = 1  # something got worse, shown by a test
    USAGE = 2  # the command, a recipe, a suite or a data file is wrong
    INCONCLUSIVE = 3  # nobody can tell yet
    INCOMPLETE = 4  # something needed was not measured, or the result could not be written
    NO_BASELINE = 5  # nothing comparable to compare with
    INTERNAL = 6  # a defect of ours
    INTERRUPTED = 130  # Ctrl-C


_PRECEDENCE = (6, 2, 1, 4, 5, 3, 0)


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The code that is reported when several hold: 6, 2, 1, 4, 5, 3, 0 in that order; PASS when there are none."""
    held = set(codes)
    return next((ExitCode(code) for code in _PRECEDENCE if code in held), ExitCode.PASS)


class HarnessError(Exception):
    """An error with a message for the user; never shown as a traceback."""

    exit_code = ExitCode.INTERNAL


class UsageError(HarnessError):
    """The user's input is wrong: the message names file, line or key, what is wrong and what would work."""

    exit_code = ExitCode.USAGE


class PluginError(HarnessError):
    """A plugin failed: the message names plugin, hook and component."""

    exit_code = ExitCode.INCOMPLETE


class ComponentError(Exception):
    """What a component did, told without its name: whoever called it says which it was."""


class StoreError(HarnessError):
    """The store cannot be read or written."""

    exit_code = ExitCode.INCOMPLETE


class NoBaselineError(HarnessError):
    """There is nothing comparable to compare with."""

    exit_code = ExitCode.NO_BASELINE


def said(error: BaseException) -> str:
    """What an error says, with the name of its class where it is not one of the harness's own."""
    text = str(error) or "no message"
    return text if isinstance(error, HarnessError | ComponentError) else f"{type(error).__name__}: {text}"


def is_interrupt(error: BaseException) -> bool:
    """Whether this is Ctrl-C, which DuckDB reports as an error of its own when it comes in the middle of a query."""
    return isinstance(error, KeyboardInterrupt) or str(error) == "Query interrupted"


_REFUSALS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
_NO_TEMPORARY_FOLDER = "No usable temporary directory found"


def disk_refusal(error: BaseException) -> str | None:
    """What a disk that is full, broken or not to be written said, where this error or one that it came from is that."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in _REFUSALS:
            return os.strerror(cause.errno)
        text = str(cause)
        if _NO_TEMPORARY_FOLDER in text:  # how Python tells that every one of them is full
            return "no folder for temporary files can be written; free some room there, or set TMPDIR to another"
        # Libraries in C++ and Rust, and a process of a plugin's, have their own errors, with the system's text.
        if not isinstance(cause, OSError) or cause.errno is None:
            found = next((said for said in map(os.strerror, _REFUSALS) if said in text), None)
            if found is not None:
                return found
    return None


_NO_MEMORY = (
    *("Out of Memory Error", "can't start new thread", "failed to map segment", "std::bad_alloc", "bad allocation"),
    *("not enough memory", "out of memory", os.strerror(errno.ENOMEM)),
)
"""How libraries say that there is no memory left, for what they hold or for a thread."""


def memory_refusal(error: BaseException) -> str | None:
    """What was said where memory ran out, in this error or one that it came from."""
    for cause in _causes(error):
        text = str(cause)
        if isinstance(cause, MemoryError):
            return text or "nothing more could be held"
        found = next((said for said in _NO_MEMORY if said.lower() in text.lower()), None)
        if found is not None and not isinstance(cause, HarnessError):
            return found
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it was raised from or while handling."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__
