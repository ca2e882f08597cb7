from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.host.indexing.importing import indexed
from harness.host.records import Indexed, PluginInfo

GOOD = """
from harness import Component, hookimpl


class Rows:
    "Rows of a table."

    def __init__(self, path: str, limit: int = 3): ...


@hookimpl
def register_datasets():
    yield Component("NAME", Rows, needs=("network",))
"""


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of modules that can be imported."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def plugin(folder: Path, name: str, text: str) -> Indexed:
    (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return Indexed(PluginInfo(name, name, name, "1.0"))


def good(folder: Path, name: str) -> Indexed:
    return plugin(folder, name, GOOD.replace("NAME", f"{name}-rows"))


def test_what_a_plugin_offers_is_seen_without_importing_it_here(modules: Path) -> None:
    (found,) = indexed([good(modules, "seen_elsewhere")])
    (offer,) = found.offers
    assert (found.hooks, found.problems) == (("register_datasets",), ())
    assert (offer.kind, offer.name, offer.summary) == ("dataset", "seen_elsewhere-rows", "Rows of a table.")
    assert offer.options == ("path: str", "limit: int = 3")
    assert (offer.required, offer.needs) == (("path",), ("network",))
    assert "seen_elsewhere" not in sys.modules


ENDS = {
    "exits_hard": ("import os\nos._exit(3)", "cannot be loaded: it ends the process with exit code 3"),
    "exits_with_0": ("import os\nos._exit(0)", "cannot be imported: SystemExit: os._exit(0)"),
    "is_killed": (
        "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
        "cannot be loaded: it ends the process with SIGTERM",
    ),
    "recurses": ("def f(): f()\nf()", "cannot be imported: RecursionError: maximum recursion depth exceeded"),
    "interrupts": (
        "raise KeyboardInterrupt",
        "cannot be loaded: it ends the process with",
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_plugin_that_ends_the_process_is_blamed_and_its_neighbours_are_not(modules: Path, name: str) -> None:
    text, said = ENDS[name]
    before, bad, after = indexed([good(modules, "before"), plugin(modules, name, text), good(modules, "after")])
    (problem,) = bad.problems
    assert problem.fatal
    assert problem.message.startswith(said)
    assert [one.offers[0].name for one in (before, after)] == ["before-rows", "after-rows"]


def test_a_plugin_that_hangs_is_given_up_and_the_rest_goes_on(modules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_PLUGIN_SECONDS", "3")
    waits, after = indexed([plugin(modules, "waits", "while True: pass"), good(modules, "goes_on")])
    assert waits.problems[0].message == (
        "cannot be loaded: it takes longer than 3 s; HARNESS_PLUGIN_SECONDS=N gives it N seconds"
    )
    assert after.offers[0].name == "goes_on-rows"


def test_a_thread_or_a_process_that_a_plugin_leaves_behind_holds_nothing_up(modules: Path) -> None:
    leaves = "import subprocess, threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()\n"
    leaves += "subprocess.Popen(['sleep', '99'])\n"
    (found,) = indexed([plugin(modules, "leaves_some", leaves)])
    (problem,) = found.problems
    assert (problem.fatal, problem.kind) == (False, "changes")
    assert problem.message.startswith("leaves the thread 'Thread-1 (sleep)' running")


def test_what_a_plugin_prints_is_a_problem_and_reaches_no_stdout(modules: Path) -> None:
    talks = "import os\nprint('hello')\nos.write(1, b'[]')\n" + GOOD.replace("NAME", "talks")
    text = (
        "import sys\n"
        "from harness.host.records import Indexed, PluginInfo; from harness.host.indexing.importing import indexed\n"
        "(one,) = indexed([Indexed(PluginInfo('talks', 'talks', 'talks', '1'))])\n"
        "sys.stderr.write(f'{one.problems[0].message} {one.problems[0].fatal} {len(one.offers)}')"
    )
    (modules / "talks.py").write_text(talks)
    done = subprocess.run([sys.executable, "-c", text], cwd=modules, capture_output=True, text=True)
    message = "prints to stdout, where only results belong: 'hello' False 1"
    assert (done.stdout, done.stderr) == ("", message)


def test_a_time_limit_that_is_no_number_is_a_usage_error(modules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_PLUGIN_SECONDS", "soon")
    with pytest.raises(UsageError, match="HARNESS_PLUGIN_SECONDS: 'soon' is no number of seconds"):
        indexed([good(modules, "any")])
