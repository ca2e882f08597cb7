from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project

WORKS = """
from harness import Component, hookimpl

class Always:
    "Is always right."
    reads = "choice"
    def __init__(self, each: float = 1.0): self.each = each
    def score(self, answered): return {"sum": self.each, "count": 1.0}
    def value(self, statistics): return statistics["sum"] / statistics["count"]

@hookimpl
def register_metrics():
    yield Component("always", Always)
"""
BROKEN = {
    "raises": (
        "raise RuntimeError('no luck')\n",
        "plugin raises (raises.py): cannot be imported: RuntimeError: no luck",
    ),
    "misspelt": (WORKS.replace("register_metrics", "register_metric"), "did you mean 'register_metrics'"),
    "leaves": ("import sys\nsys.exit('bye')\n", "plugin leaves (leaves.py): cannot be imported: SystemExit: bye"),
    "hook": (
        "from harness import hookimpl\n@hookimpl\ndef register_cleaners():\n    yield 1 / 0\n",
        "plugin hook (hook.py): register_cleaners: ZeroDivisionError: division by zero",
    ),
    "again": (WORKS.replace('"always"', '"accuracy"'), "metric 'accuracy' is offered by again (again.py) and by"),
}


def test_components_are_listed_by_kind_with_options_and_where_they_come_from(project: Project, harness: Run) -> None:
    project.write("works.py", WORKS)
    result = harness("plugins", "--json", "--plugin", "works.py")
    found = result.json
    assert next(iter(found["components"])) == "dataset"
    (always,) = [one for one in found["components"]["metric"] if one["name"] == "always"]
    assert always == {
        "name": "always",
        "summary": "Is always right.",
        "options": ["each: float = 1.0"],
        "required": [],
        "needs": [],
        "plugin": "works (works.py)",
    }
    assert found["problems"] == []
    text = harness("--plugin=works.py", "plugins").out
    assert "metrics\n" in text
    assert "\n      each: float = 1.0\n" in text
    assert "problems" not in text


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_named_and_the_rest_works(project: Project, harness: Run, name: str) -> None:
    code, said = BROKEN[name]
    project.write(f"{name}.py", code)
    project.write("works.py", WORKS)
    result = harness("plugins", "--plugin", f"{name}.py", "--plugin", "works.py", "--json")
    assert result.code == 0
    assert any(said in problem for problem in result.json["problems"]), result.json["problems"]
    project.suite("teams", metrics=[{"use": "always", "each": 0.5}])
    added = ("suites", "add", "suites/teams.yaml")
    assert harness("--plugin", f"{name}.py", *added, "--plugin", "works.py").code == 0


def test_a_name_that_two_plugins_offer_works_once_one_is_switched_off(project: Project, harness: Run) -> None:
    project.write("again.py", BROKEN["again"][0])
    add = ("suites", "add", "suites/teams.yaml", "--plugin", "again.py")
    result = harness(*add)
    assert (result.code, "switch one off with --disable-plugin NAME" in result.err) == (2, True)
    assert harness(*add, "--disable-plugin", "again").code == 0
    assert harness("--disable-plugin=harness-metrics", *add).code == 0


def test_a_component_of_a_plugin_that_is_off_is_unknown(project: Project, harness: Run) -> None:
    result = harness("suites", "add", "suites/teams.yaml", "--disable-plugin", "harness-metrics")
    assert (result.code, "unknown metric 'accuracy'" in result.err) == (2, True)


def test_two_dashes_end_what_is_taken_from_the_line(project: Project, harness: Run) -> None:
    result = harness("evaluate", "--suite", "teams", "--", "--plugin")
    assert (result.code, "--plugin" in result.err) == (2, True)


@pytest.mark.parametrize("command", ["--help", "plugins", "run --help"])
def test_listing_and_help_import_nothing_heavy(project: Project, command: str) -> None:
    program = (
        "import sys; from harness.cli import main; code = main(sys.argv[1:]); "
        "heavy = {'torch', 'transformers', 'datasets', 'evaluate', 'peft', 'sacrebleu'} & sys.modules.keys(); "
        "sys.exit(code or ' '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program, *command.split()], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
