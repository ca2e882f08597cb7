"""A new distribution works as it is written: its tests, its types, its README."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import venv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

import harness_suites
from harness.authoring.scaffold.writing import summary_of, write_distribution
from harness.suites.document import load_suite
from harness.testing import fakes
from harness.types.component import KINDS, Kind

if TYPE_CHECKING:
    from tests.authoring.scaffold.conftest import Distributions, Harness

PLUGINS = "from harness.cli import main; main(['plugins'])"
ANSWERS = Path(harness_suites.__file__).with_name("support-answers.yaml")
LONGEST = "a-name-that-is-as-long-as-names-can-beee"


def test_all_of_their_tests_pass(distributions: Distributions, path: Sequence[str], tmp_path: Path) -> None:
    folders = [str(folder / "tests") for folder in distributions.values()]
    settings = str(distributions["metric"] / "pyproject.toml")
    command = [sys.executable, "-m", "pytest", "-c", settings, "-q", "-p", "no:cacheprovider", "-rA", *folders]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*path, *filter(None, sys.path)])}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    passed = Counter(re.findall(r"PASSED .*/test_new_(\w+)\.py", done.stdout))
    assert passed.keys() == distributions.keys()
    assert min(passed.values()) >= 5


def test_types_are_strict_and_right(distributions: Distributions, tmp_path: Path) -> None:
    for folder in distributions.values():
        command = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert (folder.name, done.returncode) == (folder.name, 0), done.stdout


@pytest.mark.parametrize("name", ["it", LONGEST])
@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.word)
def test_code_is_formatted_and_clean_whatever_the_name(kind: Kind, name: str, tmp_path: Path) -> None:
    write_distribution(name, kind, tmp_path)
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(["ruff", *command, "."], cwd=tmp_path / name, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_all_are_listed_once_installed(harness: Harness, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert harness(tmp_path, "plugins", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    found = {kind: {one["name"]: one for one in rows} for kind, rows in listed["components"].items()}
    for kind in KINDS.values():
        mine = found[kind.name][f"new-{kind.word}"]
        assert mine["plugin"] == f"new-{kind.word} (new-{kind.word} 0.1.0)"
        assert mine["summary"].rstrip(".").lower() == summary_of(kind)
    assert listed["problems"] == []


@pytest.mark.parametrize("kind", ["metric", "safety", "backend", "trainer"])
def test_every_command_that_needs_no_real_model_runs(kind: str, distributions: Distributions, harness: Harness) -> None:
    commands = readme_commands(distributions[kind])
    assert [(command, harness(distributions[kind], *command)) for command in commands] == [(commands[0], 0)]


@pytest.mark.parametrize("kind", ["dataset", "cleaner", "refiner"])
def test_every_command_runs_on_a_fake_model(kind: str, distributions: Distributions, harness: Harness) -> None:
    folder = distributions[kind]
    recipe = yaml.safe_load((folder / "example/recipe.yaml").read_text())
    asked = [case.prompt[-1].content for case in load_suite(ANSWERS).cases if not isinstance(case.prompt, str)]
    # a reply without text is nothing that a check could look at
    fakes.write_fake_model(folder / "example/fake.json", dict.fromkeys(asked, "I do not know."))
    recipe |= {"model": "fake:fake.json", "trainer": "fake"}
    if kind == "refiner":
        recipe["refiner"] |= {"key": "trainer.steps", "values": [2, 3, 5]}
    (folder / "example/recipe.yaml").write_text(yaml.safe_dump(recipe))
    commands = readme_commands(folder)
    assert commands
    for command in commands:
        assert (command, harness(folder, *command, "--plugin", fakes.__file__) in (0, 3)) == (command, True)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.word)
def test_the_readme_shows_the_example_as_it_is(kind: Kind, tmp_path: Path) -> None:
    write_distribution("it", kind, tmp_path)
    readme = (tmp_path / "it/README.md").read_text()
    for file in re.findall(r"From `(example/\S+)`:", readme):
        assert f"```yaml\n{(tmp_path / 'it' / file).read_text()}```" in readme
    assert "\n\n\n" not in readme


def readme_commands(folder: Path) -> list[list[str]]:
    """The arguments of every `harness` command under "Use"."""
    used = (folder / "README.md").read_text().partition("## Use")[2].partition("## Test")[0]
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", used, re.DOTALL)).splitlines()
    return [shlex.split(line)[1:] for line in lines if line.startswith("harness ")]


@pytest.mark.slow
def test_pip_installs_all_of_them_and_their_tests_pass(distributions: Distributions, tmp_path: Path) -> None:
    venv.create(tmp_path, with_pip=True)
    python, (site,) = tmp_path / "bin" / "python", tmp_path.glob("lib/*/site-packages")
    (site / "what-runs-this-test.pth").write_text("\n".join(filter(None, sys.path)))
    install = [str(python), "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*install, *map(str, distributions.values())], check=True)
    for kind, folder in distributions.items():
        done = subprocess.run([str(python), "-m", "pytest", "-q"], cwd=folder, capture_output=True, text=True)
        assert (kind, done.returncode) == (kind, 0), done.stdout
    listed = subprocess.run([str(python), "-c", PLUGINS], capture_output=True, text=True, check=True).stdout
    assert all(f"[{folder.name} ({folder.name} 0.1.0)]" in listed for folder in distributions.values())
