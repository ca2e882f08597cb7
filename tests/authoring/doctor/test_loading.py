"""What is wrong with a plugin before its components are looked at: each fault is a line with a mend."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.authoring.doctor import imports
from harness.authoring.doctor.problems import problem_lines
from harness.host.records import Indexed, PluginInfo, Problem, ProblemKind

if TYPE_CHECKING:
    from tests.authoring.doctor.conftest import Look

HOOK = "from harness import Component, hookimpl\n@hookimpl\ndef register_metrics(): yield "

AT_IMPORT = {
    "raises": ("raise RuntimeError('no luck')", "cannot be imported: RuntimeError: no luck", "to see where"),
    "speaks of others": (
        "raise RuntimeError('numpy.foo is deprecated')",
        "RuntimeError: numpy.foo is deprecated",
        "to see where",
    ),
    "needs a module": ("import nowhere", "No module named 'nowhere'", "add it to the dependencies"),
    "leaves": ("import sys\nsys.exit('bye')", "SystemExit: bye", "take the sys.exit or os._exit out"),
    "exits": ("import os\nos._exit(3)", "ends the process with exit code 3", "import what crashes inside"),
    "crashes": ("import ctypes\nctypes.string_at(0)", "ends the process with SIGSEGV", "import what crashes inside"),
    "hangs": ("import time\ntime.sleep(600)", "takes longer than 3 s", "do at import what takes no time"),
    "prints": ("print('hello')\n" + HOOK + "from ()", "prints to stdout", "use logging"),
}
OF_HOOKS = {
    "misspelt": (HOOK.replace("metrics", "metric") + "1", "register_metric", "is no hook", "the name of a hook"),
    "unmarked": (HOOK.replace("@hookimpl", "") + "1", "register_metrics", "never called", "put @hookimpl"),
    "wrapper": (HOOK.replace("hookimpl\ndef", "hookimpl(wrapper=True)\ndef") + "1", "register_metrics", "", "take wra"),
    "argument": (HOOK.replace("()", "(config)") + "1", "register_metrics", "no argument 'config'", "take the argument"),
    "raises": (HOOK + "1 / 0", "register_metrics", "ZeroDivisionError", "to see where"),
    "text": (HOOK + "'shouts'", "register_metrics", "which is no Component", "yield harness.Component"),
    "folder": (
        HOOK.replace("metrics", "suites") + "'here'",
        "register_suites",
        "is no folder",
        "yield the pathlib.Path",
    ),
    "build": (HOOK + "Component('shouts', 3)", "register_metrics", "not callable", "give Component a class"),
}


@pytest.mark.parametrize("name", AT_IMPORT)
def test_a_fault_at_import_is_named(name: str, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_PLUGIN_SECONDS", "3")
    text, said, mend = AT_IMPORT[name]
    (line,) = [line for line in look(text) if line.state == "fail"]
    assert (line.subject, said in line.text, mend in line.mend) == ("entry point", True, True), line


@pytest.mark.parametrize("name", OF_HOOKS)
def test_a_fault_of_a_hook_is_named(name: str, look: Look) -> None:
    text, hook, said, mend = OF_HOOKS[name]
    (line,) = [line for line in look(text) if line.state == "fail"]
    assert (line.subject, said in line.text, mend in line.mend) == (f"hook {hook}", True, True), line


@pytest.mark.parametrize(
    ("kind", "fatal", "state", "mend"),
    [
        ("deprecated", False, "note", "raise the lower end of the API range"),
        ("name", True, "fail", "choose another name for the entry point"),
        ("metadata", True, "fail", "install the distribution anew"),
        ("requirement", False, "fail", "write it as PEP 508 has it"),
    ],
)
def test_what_else_the_host_may_find_has_a_mend(kind: ProblemKind, fatal: bool, state: str, mend: str) -> None:
    info = PluginInfo("mine", "mine", "mine", "1.2")
    (line,) = problem_lines(Indexed(info, ">=0.1", problems=(Problem(info, "so", fatal=fatal, kind=kind),)))
    assert (line.state, mend in line.mend) == (state, True)


def test_a_plugin_without_a_hook_offers_nothing(look: Look) -> None:
    (line,) = [line for line in look("import json") if line.state == "fail"]
    assert (line.subject, "mark a function with @hookimpl" in line.mend) == ("hooks", True)


def test_a_library_that_takes_long_belongs_into_a_method(
    look: Look, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gensim.py").write_text("import time\ntime.sleep(0.05)\n")
    monkeypatch.syspath_prepend(tmp_path)
    (line,) = [line for line in look("import gensim\n" + HOOK + "from ()") if line.state == "fail"]
    assert line.subject == "import"
    assert re.search(r"most: gensim \d\d+ ms; it loads gensim$", line.text)
    assert line.mend == "import it inside the method that needs it"


def test_an_import_that_takes_many_starts_of_python_is_pointed_out(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_STARTS", 0)
    (line,) = [line for line in look(HOOK + "from ()") if line.state == "note"]
    assert (line.subject, "at most 0 × is fair" in line.text) == ("import", True)
