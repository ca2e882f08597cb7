"""What the host found wrong with a plugin, each with what mends it."""

from __future__ import annotations

from collections.abc import Iterator

from harness.doctor.records import Line, State
from harness.host import Indexed, Problem
from harness.host.api_range import range_problems
from harness.host.installed import version_here

_MENDS: tuple[tuple[str, State, str], ...] = (
    ("is no hook", "fail", "give the function the name of a hook, or take @hookimpl off"),
    ("is named like a hook but not marked", "fail", "put @hookimpl (from harness) above it"),
    ("is a wrapper", "fail", "take wrapper=True off, and yield what the hook is for"),
    ("has no argument", "fail", "take the argument out; a hook may also have fewer than it is offered"),
    ("which is no Component", "fail", "yield harness.Component(name, build)"),
    ("its build is not callable", "fail", "give Component a class or a function that makes one"),
    ("is no folder", "fail", "yield the pathlib.Path of a folder that is in the wheel"),
    ("prints to stdout", "fail", "use logging, or print to stderr"),
    ("is deprecated", "note", "and raise the lower end of the API range to the release that has it"),
    ("another plugin has this name", "fail", "choose another name for the entry point"),
    ("its metadata cannot be read", "fail", "install the distribution anew"),
    ("its requirement", "fail", "write it as PEP 508 has it: name>=1,<2"),
    ("takes longer than", "fail", "do at import what takes no time, and the rest inside the methods"),
    ("ends the process", "fail", "import what crashes inside the method that needs it; leave no sys.exit or os._exit"),
    ("No module named", "fail", "add it to the dependencies; where it is the plugin's own, correct the entry point"),
    ("SystemExit", "fail", "take the sys.exit out of what is run at import"),
)
"""A part of what the host says, how bad it is, and the mend; the first that fits counts."""


def problem_lines(plugin: Indexed) -> Iterator[Line]:
    """A line for each problem but those of the API range, which has a line of its own."""
    of_range = range_problems(plugin.plugin, plugin.requires, version_here())
    for problem in plugin.problems:
        if problem not in of_range:
            yield _line(problem)


def _line(problem: Problem) -> Line:
    source = problem.plugin.source
    program = f"-c 'import {source.partition(':')[0]}'" if problem.plugin.distribution else source
    otherwise: tuple[State, str] = ("fail" if problem.fatal else "note", f"run `python {program}` to see where")
    found = next(((state, mend) for part, state, mend in _MENDS if part in problem.message), otherwise)
    subject = f"hook {problem.hook}" if problem.hook else "entry point"
    return Line(subject, found[0], problem.message, found[1], problem.component)
