"""Command lines, run in this process or in one of their own."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from harness.cli import main
from harness.testing import fakes

if TYPE_CHECKING:
    from tests.conftest import Project

PLUGIN = ("--plugin", fakes.__file__)


@dataclass(frozen=True)
class Result:
    """What a command line ended with; `err` has its white space folded, because messages wrap."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run: TypeAlias = Callable[..., Result]
Spawn: TypeAlias = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def harness(capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command line with the fakes loaded."""

    def run(*arguments: str | Path) -> Result:
        capsys.readouterr()
        code = main([*PLUGIN, *map(str, arguments)])
        out, err = capsys.readouterr()
        return Result(code, out, " ".join(err.split()))

    yield run
    logging.getLogger("harness").handlers.clear()


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Start a command line, with the fakes loaded, in a process of its own."""
    started = []

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        program = "from harness.cli import entry; entry()"
        command = [sys.executable, "-c", program, *PLUGIN, *map(str, arguments)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture(scope="session")
def measured_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("measured")


@pytest.fixture
def measured(project: Project, harness: Run, measured_once: Path) -> Project:
    """The project with the evaluations `good`, `near` (three more wrong) and `base` in its store."""
    project.model("near", wrong=9)
    if not (measured_once / ".harness").exists():
        for name in ("good", "near", "base"):
            assert harness("evaluate", f"fake:{name}.json", "--suite", "teams", "--name", name).code == 0
        shutil.copytree(".harness", measured_once / ".harness")
    else:
        shutil.copytree(measured_once / ".harness", ".harness")
    return project
