"""What can go wrong, and the exit code that says so."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from itertools import islice

MOST_BYTES = 1_800
_MOST_OF_VALUE = 300
_MOST_OF_LINE = 1_000
_TAIL = 200  # of a cut line: what would work, or where the traceback is, stands last
_READ = 100_000  # characters of a message that are looked at
_QUOTED = re.compile(r"'[^'\n]{301,}'|\"[^\"\n]{301,}\"")  # escapes do not count, so that each letter is read but twice

_LONGEST = 200  # of a name that somebody mistyped
_MOST_KNOWN = 2_000  # a nearest name is looked for among so many, as each takes its time


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


def describe(error: BaseException) -> str:
    """What an error says, with the name of its class where it is not one of the harness's own."""
    text = str(error) or "no message"
    return text if isinstance(error, HarnessError | ComponentError) else f"{type(error).__name__}: {text}"


def plugin_label(plugin: object, *parts: str) -> str:
    """A plugin and what of it, as "plugin NAME: metric 'x': score"; parts that are empty are left out."""
    return ": ".join((f"plugin {plugin}", *filter(None, parts)))


@contextmanager
def blaming(label: str) -> Iterator[None]:
    """What is raised becomes a PluginError that begins with the label; the harness's own errors and Ctrl-C pass."""
    try:
        yield
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(f"{label}: {describe(error)}") from error


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


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """ " (did you mean 'x'?)" for the nearest known name, or nothing."""
    from difflib import get_close_matches  # seldom needed, and slow to import

    if len(name) > _LONGEST:
        return ""
    near = get_close_matches(name, list(islice(known, _MOST_KNOWN)), n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""


def shortened(message: str) -> str:
    """The message within `MOST_BYTES`; values in quotes, lines and the number of lines are cut, and that is said."""
    message = _QUOTED.sub(lambda found: _cut_value(found[0]), _cut(message, _READ))
    lines = [_cut(line, _MOST_OF_LINE) for line in message.split("\n")]
    *first, last = lines
    room = MOST_BYTES - _size(last) - 40
    kept: list[str] = []
    for line in first:
        room -= _size(line) + 1
        if room < 0:
            break
        kept.append(line)
    left_out = len(first) - len(kept)
    more = [f"… ({left_out:,} lines are left out) …"] if left_out else []
    return "\n".join([*kept, *more, last])


def _cut_value(quoted: str) -> str:
    inner = quoted[1:-1]
    return f"{quoted[0]}{inner[:_MOST_OF_VALUE]}…{quoted[0]} ({len(inner):,} characters)"


def _cut(text: str, most: int) -> str:
    """The text with its middle left out where it is longer; bytes count, as some letters have four."""
    size = _size(text)
    if size <= most:
        return text
    head = text.encode("utf-8", "replace")[: most - _TAIL].decode("utf-8", "ignore")
    tail = text.encode("utf-8", "replace")[-_TAIL:].decode("utf-8", "ignore")
    return f"{head} … ({len(text) - len(head) - len(tail):,} characters) … {tail}"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
