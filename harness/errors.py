"""What can go wrong, and the exit code that says so."""

from __future__ import annotations

from collections.abc import Iterable
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
