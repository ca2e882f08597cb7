"""A project opened from Python, from wherever the script runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import harness
from harness import ExitCode, UsageError, Workspace
from harness.baselines.exchange import export_baseline
from harness.baselines.moves import assign
from harness.errors import NoBaselineError
from harness.runs.recipe import load_recipe
from tests.conftest import FAKES, filled

if TYPE_CHECKING:
    from tests.conftest import Project

README = Path(__file__).parents[2] / "README.md"
TAUGHT = '''
from harness import Component, hookimpl
from harness.testing import FakeTrainer
from tests.conftest import TEAMS, RIGHT


class Taught(FakeTrainer):
    """Gets 20 letters wrong, 10 fewer by a second epoch, more where the learning rate is raised."""

    def __init__(self, epochs: float = 1, learning_rate: float = 1e-4) -> None:
        wrong = 20 - 10 * min(epochs - 1, 1) + (30 if learning_rate > 1e-4 else 0)
        answers = list(RIGHT.items())
        learns = {q: TEAMS[(TEAMS.index(a) + (n * 7 % 60 < wrong)) % 3] for n, (q, a) in enumerate(answers)}
        super().__init__(learns)


@hookimpl
def register_trainers():
    yield Component("taught", Taught)
'''


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project in a folder that is not the current one."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.delenv("HARNESS_HOME", raising=False)
    (tmp_path / "my-project").mkdir()
    return filled(tmp_path / "my-project")


@pytest.fixture
def workspace(elsewhere: Project) -> Workspace:
    return harness.open_workspace(elsewhere.folder, plugins=[FAKES])


def block_of_the_readme() -> str:
    section = README.read_text(encoding="utf-8").split("\n## From Python\n")[1].split("\n## ")[0]
    (block,) = re.findall(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    return str(block)


def test_the_loop_of_the_readme_keeps_what_passes(
    elsewhere: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}], tiers={"dev": 0.5, "gate": 0.5})
    elsewhere.write("taught.py", TAUGHT)
    elsewhere.recipe(trainer={"use": "taught"}, plugins={"files": [str(FAKES), "taught.py"]})
    monkeypatch.chdir(elsewhere.folder.parent)
    loop = block_of_the_readme()
    assert len(loop.splitlines()) <= 20
    exec(compile(loop, "README.md", "exec"), {})
    first, second, third, last = capsys.readouterr().out.splitlines()
    assert first == "{'trainer.epochs': 2} PASS {'accuracy': 'improved'}"
    assert second == "{'trainer.learning_rate': 0.0002} REGRESSED {'accuracy': 'regressed'}"
    assert "improved" not in third
    assert last.startswith("{'trainer.epochs': 2} PASS")


def test_every_path_is_looked_for_in_the_folder(elsewhere: Project, workspace: Workspace) -> None:
    elsewhere.answers("good.jsonl", wrong=6)
    elsewhere.answers("bad.jsonl", wrong=40)
    before = workspace.evaluate(predictions="good.jsonl", suites="suites/teams.yaml", name="before")
    after = workspace.evaluate("fake:base.json", ["teams"], name="after")
    assert (before.code, after.code) == (ExitCode.PASS, ExitCode.PASS)
    (result,) = after.results
    assert result.evaluation.model.reference == str(elsewhere.folder / "base.json")
    assert workspace.compare("before", "after").code == ExitCode.REGRESSED
    assert workspace.gate("teams", "after", predictions="good.jsonl").code == ExitCode.PASS
    outcome = harness.gate(workspace, "teams", "before", predictions="bad.jsonl")
    assert (outcome.code, outcome.comparisons[0].metrics[0].verdict) == (ExitCode.REGRESSED, "regressed")
    assert (elsewhere.folder / ".harness").is_dir()
    assert list(Path().iterdir()) == []


def test_a_baseline_file_and_a_recipe_are_looked_for_in_the_folder(elsewhere: Project, workspace: Workspace) -> None:
    (before,) = workspace.evaluate("fake:base.json", "teams").results
    move = assign(workspace.store, "best", before.evaluation)
    export_baseline(workspace.store, move, elsewhere.folder / "best.json")
    outcome = workspace.run("recipe.yaml", baseline="best.json")
    (comparison,) = outcome.comparisons
    assert (outcome.code, comparison.baseline.id, comparison.baseline_name) == (
        ExitCode.PASS,
        before.evaluation.id,
        "best",
    )


def test_a_change_that_leads_nowhere_is_refused(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match=r"trianer.*did you mean 'trainer'"):
        workspace.run("recipe.yaml", {"trianer.steps": 2})


def test_a_gate_without_a_baseline_raises_and_says_so_in_the_store(workspace: Workspace) -> None:
    with pytest.raises(NoBaselineError, match="there is none on suite 'teams'"):
        workspace.gate("teams", "best")
    (run,) = workspace.store.runs()
    decision = workspace.store.decision(run.id)
    assert decision is not None
    assert decision.code == ExitCode.NO_BASELINE


def test_the_store_is_where_the_environment_says(elsewhere: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_HOME", "archive")
    assert harness.open_workspace(elsewhere.folder).store.home == elsewhere.folder / "archive"


def test_progress_is_shown_where_it_is_wanted(elsewhere: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for quiet in (True, False):
        harness.open_workspace(elsewhere.folder, plugins=[FAKES], quiet=quiet).evaluate(
            "fake:base.json" if quiet else "fake:good.json", "teams"
        )
        assert ("60" in capsys.readouterr().err) is not quiet


@pytest.mark.parametrize(
    ("folder", "plugins", "said"),
    [("nowhere", [], "there is no folder"), (".", ["nowhere.py"], "nowhere.py")],
)
def test_what_is_not_there_is_said(elsewhere: Project, folder: str, plugins: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        harness.open_workspace(folder, plugins=plugins)


def test_a_recipe_brings_its_plugins_once(elsewhere: Project) -> None:
    elsewhere.recipe(plugins={"files": [str(FAKES)], "disable": ["harness-openai"]})
    recipe = load_recipe(elsewhere.folder / "recipe.yaml")
    opened = harness.open_workspace(elsewhere.folder)
    with_them = opened.with_plugins_of(recipe)
    assert "fakes" in {one.name for one in with_them.host.plugins}
    assert with_them.with_plugins_of(recipe) is with_them


def test_the_package_alone_imports_next_to_nothing() -> None:
    said = "import sys; before = set(sys.modules); import harness; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    known = {"__future__", "importlib", "importlib._bootstrap", "importlib._bootstrap_external", "warnings"}
    assert set(done.stdout.split()) <= {"harness", *known}
