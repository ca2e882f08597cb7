from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.cli import runs as runs_command
from harness.store.store import Store

if TYPE_CHECKING:
    from tests.cli.conftest import Run, Spawn
    from tests.conftest import Project


def test_a_misspelt_key_of_a_recipe_is_2_with_file_line_and_what_would_work(project: Project, harness: Run) -> None:
    project.write("recipe.yaml", "name: tiny\nmodel: fake:base.json\ndata: [a]\nsiutes: [teams]\nsuites: [teams]\n")
    result = harness("run", "recipe.yaml")
    assert result.code == 2
    assert "recipe.yaml:4: siutes: unknown key (did you mean 'suites'?); known keys: name, model" in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("evaluate", "fake:good.json", "--suite", "taems"), "suite 'taems': not found in suites/"),
        (("evaluate", "fake:good.json", "--siute", "teams"), "No such option: --siute"),
        (("evaluate", "fake:good.json"), "--suite NAME is missing"),
        (("evaluate", "--suite", "teams"), "give a MODEL or --predictions FILE, one of the two"),
        (("evaluate", "fake:good.json", "--suite", "teams", "--tier", "night"), "selection 'night'"),
        (("evaluate", "feak:good.json", "--suite", "teams"), "unknown backend 'feak' (did you mean 'fake'?)"),
        (("evaluate", "fake:none.json", "--suite", "teams"), "none.json: no fake model"),
        (("evlauate",), "No such command 'evlauate'"),
        (("run", "nowhere.yaml"), "nowhere.yaml: No such file or directory"),
        (("evaluate", "--predictions", "a\0b", "--suite", "teams"), "'a\\x00b': holds a NUL character; leave it out"),
        (("report", "--output=\0"), "'--output=\\x00': holds a NUL character; leave it out"),
        (("report", "latest"), "there is no run yet; start with `harness demo`"),
        (("--plugin", "nowhere.py", "plugins"), "--plugin nowhere.py: no such file"),
        (("runs", "--plugin"), "--plugin: needs a value"),
        (("--disable-plugin", "harness-metric", "plugins"), "no plugin is called 'harness-metric' (did you mean"),
    ],
)
def test_a_mistake_in_a_command_is_2(project: Project, harness: Run, arguments: tuple[str, ...], said: str) -> None:
    result = harness(*arguments)
    assert result.code == 2
    assert result.err.startswith("harness: ")
    assert said in result.err


def test_a_bad_line_of_data_is_2_with_file_and_line(project: Project, harness: Run) -> None:
    file = project.talk()
    with file.open("a", encoding="utf-8") as opened:
        opened.write('{"messages": [{"role": "user"}]}\n{"messages": \n')
    result = harness("run", "recipe.yaml")
    assert result.code == 2
    assert "talk.jsonl:13: " in result.err
    assert "talk.jsonl:14: " in result.err


def test_a_defect_of_ours_is_6_without_a_traceback(
    project: Project, harness: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "runs", lambda *_, **__: 1 / 0)
    result = harness("runs")
    assert result.code == 6
    assert "internal error: ZeroDivisionError: division by zero; please report it with " in result.err
    assert "Traceback" not in result.err
    assert "Traceback" in Path(result.err.rpartition(" ")[2]).read_text()


@pytest.mark.parametrize("raised", [SystemExit("text"), SystemExit(1), SystemExit(0), BrokenPipeError()])
def test_nothing_that_is_raised_can_pass_for_a_verdict(
    project: Project, harness: Run, monkeypatch: pytest.MonkeyPatch, raised: BaseException
) -> None:
    def raising(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(Store, "runs", raising)
    assert harness("runs").code == 6
    assert runs_command.command.__doc__


LEAVES = {
    "import": "raise SystemExit('import')\n",
    "metric": (
        "class Leaving:\n"
        "    reads = 'choice'\n"
        "    def score(self, answered): raise SystemExit('metric')\n"
        "    def value(self, statistics): return 1.0\n"
        "@hookimpl\ndef register_metrics():\n    yield Component('leaving', Leaving)\n"
    ),
    "check": (
        "class Leaving:\n"
        "    def check(self, passages): raise SystemExit('check')\n"
        "@hookimpl\ndef register_safety_checks():\n    yield Component('leaving', Leaving)\n"
    ),
    "trainer": (
        "class Leaving:\n"
        "    def train(self, request, monitor): raise SystemExit('trainer')\n"
        "@hookimpl\ndef register_trainers():\n    yield Component('leaving', Leaving)\n"
    ),
    "model": (
        "from contextlib import nullcontext\n"
        "from harness.testing import FakeBackend\n"
        "class Model:\n"
        "    answers, facts = frozenset({'choice'}), {}\n"
        "    def answer(self, requests): raise SystemExit('model')\n"
        "class Leaving(FakeBackend):\n"
        "    def open(self, request): return nullcontext(Model())\n"
        "@hookimpl\ndef register_backends():\n    yield Component('leaving', Leaving)\n"
    ),
}
METRICS = [{"use": "accuracy", "role": "primary"}]


@pytest.mark.parametrize(
    ("where", "code"),
    [("import", 0), ("metric", 4), ("check", 4), ("trainer", 4), ("model", 4)],
)
def test_a_plugin_that_leaves_with_sys_exit_is_named_and_is_no_regression(
    project: Project, harness: Run, where: str, code: int
) -> None:
    plugin = project.write("leaver.py", f"from harness import Component, hookimpl\n{LEAVES[where]}")
    if where == "metric":
        project.suite("teams", metrics=[*METRICS, {"use": "leaving"}])
    if where == "check":
        project.suite("teams", metrics=METRICS, checks=[{"use": "leaving", "limit": 0.5}])
    model = "leaving:base.json" if where == "model" else "fake:base.json"
    command = ("evaluate", model, "--suite", "teams")
    if where == "trainer":
        command = ("run", str(project.recipe(trainer="leaving")))
    result = harness(*command, "--plugin", plugin)
    assert result.code == code
    assert "plugin leaver" in result.err
    assert f"SystemExit: {where}" in result.err


def test_ctrl_c_is_130_and_what_was_answered_is_kept(project: Project, harness: Run, spawn: Spawn) -> None:
    project.model("slow", wrong=6, seconds=0.03)
    command = ("evaluate", "fake:slow.json", "--suite", "teams")
    process = spawn(*command)
    wait_for_predictions(project.folder, 5)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err.endswith("harness: interrupted; the same command goes on from here\n")
    answered = harness("sql", "SELECT count(*) AS n FROM predictions", "--json").json[0]["n"]
    assert 5 <= answered < 60
    assert harness("runs", "--json").json[0]["state"] == "stopped"
    project.model("slow", wrong=6)
    resumed = harness(*command)
    assert (resumed.code, f"on teams: {60 - answered} to do" in resumed.err) == (0, True)
    assert len(harness("runs", "--json").json) == 1


def wait_for_predictions(folder: Path, count: int) -> None:
    for _ in range(400):
        written = "".join(file.read_text() for file in folder.glob(".harness/journal/*/*.jsonl"))
        if written.count('{"t":"predictions"') >= count:
            return
        time.sleep(0.05)
    raise AssertionError(f"{count} predictions were not written in time")


def test_a_reader_that_went_away_changes_no_exit_code(measured: Project, spawn: Spawn) -> None:
    process = spawn("gate", "--suite", "teams", "--baseline", "good", "--candidate", "base")
    process.stdout.close()
    process.stderr.close()
    assert process.wait(timeout=20) == 1


def test_the_first_line_is_enough_for_head(measured: Project, spawn: Spawn) -> None:
    process = spawn("sql", "SELECT range AS number, repeat('x', 100) AS text FROM range(20000)", "--json")
    with subprocess.Popen(["head", "-2"], stdin=process.stdout, stdout=subprocess.PIPE, text=True) as head:
        process.stdout.close()
        assert head.stdout.read() == "[\n  {\n"
    assert process.wait(timeout=20) == 0


def test_help_is_0(harness: Run) -> None:
    result = harness("--help")
    assert result.code == 0
    commands = "demo init run refine evaluate compare gate report runs plugins sql suites baselines"
    assert all(f"  {name} " in result.out for name in commands.split())


def test_no_command_prints_anything_but_json_where_json_is_asked_for(measured: Project, harness: Run) -> None:
    for arguments in (["runs"], ["plugins"], ["suites", "list"], ["baselines", "list"], ["report", "latest"]):
        assert json.loads(harness(*arguments, "--json").out) is not None
