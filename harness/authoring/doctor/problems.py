"""What the host found wrong with a plugin, each with what mends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.authoring.doctor.records import Line, State
from harness.host.records import Indexed, Problem, ProblemKind

_MENDS: Mapping[ProblemKind, str] = {
    "no hook": "give the function the name of a hook, or take @hookimpl off",
    "unmarked": "put @hookimpl (from harness) above it",
    "wrapper": "take wrapper=True off, and yield what the hook is for",
    "argument": "take the argument out; a hook may also have fewer than it is offered",
    "no component": "yield harness.Component(name, build)",
    "build": "give Component a class or a function that makes one",
    "no folder": "yield the pathlib.Path of a folder that is in the wheel",
    "prints": "use logging, or print to stderr",
    "changes": "do it in the method that needs it, and put it back there",
    "async": "make it a plain function",
    "deprecated": "and raise the lower end of the API range to the release that has it",
    "name": "choose another name for the entry point",
    "metadata": "install the distribution anew",
    "requirement": "write it as PEP 508 has it: name>=1,<2",
    "slow": "do at import what takes no time, and the rest inside the methods",
    "ends": "import what crashes inside the method that needs it; leave no sys.exit or os._exit",
    "no module": "add it to the dependencies; where it is the plugin's own, correct the entry point",
    "leaves": "take the sys.exit or os._exit out of what is run at import and in hooks",
}


def problem_lines(plugin: Indexed) -> Iterator[Line]:
    """A line for each problem but those of the API range, which has a line of its own."""
    for problem in plugin.problems:
        if problem.kind != "range":
            yield _line(problem)


def _line(problem: Problem) -> Line:
    """The plugin works with what is deprecated, so that alone need not be mended."""
    source = problem.plugin.source
    program = f"-c 'import {source.partition(':')[0]}'" if problem.plugin.distribution else source
    subject = f"hook {problem.hook}" if problem.hook else "entry point"
    state: State = "note" if problem.kind == "deprecated" and not problem.fatal else "fail"
    mend = _MENDS.get(problem.kind, f"run `python {program}` to see where")
    return Line(subject, state, problem.message, mend, problem.component)
