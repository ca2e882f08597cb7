"""What the harness does among many installed plugins, ten of which are broken in different ways."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from plugin_listing import BROKEN, install, write_project

Command: TypeAlias = Callable[..., "subprocess.CompletedProcess[str]"]
PROGRAM = """
import sys
from harness.cli import main
code = main(sys.argv[1:])
imported = [name for name in sys.modules if name.startswith(("dummy_", "harness_"))]
print("imported:", *imported, file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Run a command line where 20 dummy plugins are installed; the index is made by the first."""
    folder = tmp_path_factory.mktemp("twenty")
    install(folder / "installed", 20)
    project = folder / "project"
    project.mkdir()
    write_project(project)
    changes = {"HARNESS_CACHE": str(folder / "cache"), "HARNESS_PLUGIN_SECONDS": "8"}
    environment = {**os.environ, **changes, "PYTHONPATH": str(folder / "installed")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, "-c", PROGRAM, *arguments]
        return subprocess.run(call, cwd=project, env=environment, capture_output=True, text=True)

    run("plugins")
    return run


@pytest.fixture(scope="module")
def listed(command: Command) -> Any:
    return json.loads(command("plugins", "--json").stdout)


@pytest.mark.parametrize("name", BROKEN)
def test_every_broken_plugin_is_named_with_its_fault(name: str, listed: Any) -> None:
    said = [problem for problem in listed["problems"] if f"dummy-{name} (" in problem]
    assert any(BROKEN[name][1] in problem for problem in said), said


def test_the_others_are_listed_with_options_and_range(listed: Any) -> None:
    plugins = {one["name"]: one for one in listed["plugins"]}
    (metric,) = (one for one in listed["components"]["metric"] if one["name"] == "dummy-7")
    assert metric == {
        "name": "dummy-7",
        "summary": "The length of a reply.",
        "options": ["most: int = 7", "unit: str = 'words'"],
        "required": [],
        "needs": ["network"],
        "plugin": "dummy-7 (dummy_7 1.0)",
    }
    assert plugins["dummy-7"]["requires"] == ">=0.1"
    assert plugins["dummy-7"]["hooks"] == ["register_metrics"]
    assert [name for name, one in plugins.items() if not one["loads"]] == [
        *("dummy-exits", "dummy-hangs", "dummy-missing", "dummy-raises", "dummy-segfaults", "dummy-too-new")
    ]


def test_a_listing_imports_no_plugin(command: Command) -> None:
    done = command("plugins")
    assert done.stderr == "imported:\n"
    assert "  dummy-7            dummy_7 1.0, supports finetune-harness >=0.1\n" in done.stdout


def test_a_run_imports_what_it_needs_and_mentions_no_other(command: Command) -> None:
    done = command("evaluate", "--predictions", "answers.jsonl", "--suite", "towns.yaml", "--name", "recorded")
    assert done.returncode == 0
    assert "dummy" not in done.stderr.partition("imported:")[0]
    tops = {name.partition(".")[0] for name in done.stderr.partition("imported:")[2].split()}
    assert tops == {"harness_metrics", "harness_runlog"}


def test_a_name_that_two_plugins_offer_cannot_be_used(command: Command) -> None:
    done = command("evaluate", "--predictions", "answers.jsonl", "--suite", "twice.yaml", "--name", "x")
    assert done.returncode == 2
    assert "metric 'dummy-0' is offered by dummy-0 (dummy_0 1.0) and dummy-twice (dummy_twice 1.0)" in done.stderr


def test_a_name_that_is_not_there_says_what_was_not_loaded(command: Command) -> None:
    done = command("evaluate", "--predictions", "answers.jsonl", "--suite", "reached.yaml", "--name", "x")
    assert done.returncode == 2
    assert "unknown metric 'never-reached'" in done.stderr
    assert "not loaded: plugin dummy-raises (dummy_raises 1.0): cannot be imported: RuntimeError" in done.stderr
    assert "`harness plugins --refresh` imports them again" in done.stderr


def test_a_plugin_that_is_needed_is_loaded_with_a_warning_of_what_is_wrong(command: Command) -> None:
    done = command("evaluate", "--predictions", "answers.jsonl", "--suite", "printed.yaml", "--name", "y")
    assert done.returncode == 0
    assert "plugin dummy-prints (dummy_prints 1.0): prints to stdout" in done.stderr
    assert "hello" not in done.stdout
