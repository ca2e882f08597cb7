"""Command lines in processes that end at once, with exit code 99, when anything reaches for the network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from harness import Component, PluginHost
from harness.report.json import from_json
from harness.report.model import Report
from harness.types.component import ComponentKind

if TYPE_CHECKING:
    from tests.conftest import Project

PLUGINS = Path(__file__).parent / "plugins"
PROGRAM = """
import os, socket
socket.getaddrinfo = socket.socket.connect = lambda *_: os._exit(99)
from harness.cli import entry
entry()
"""

Find: TypeAlias = Callable[[str, ComponentKind, str], Component[Any]]


@dataclass(frozen=True)
class Done:
    """What a command line ended with."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Report:
        assert self.out, self.err
        return from_json(json.loads(self.out))


Run: TypeAlias = Callable[..., Done]


@pytest.fixture
def harness(project: Project) -> Run:
    """Run a command line in the project with a plugin file of `plugins/`; no setting or cache of the user is seen."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "HARNESS_"))}
    environment = {**kept, "HF_HOME": str(project.folder / "hf"), "HARNESS_CACHE": str(project.folder / "cache")}

    def run(plugin: str, *arguments: str | Path) -> Done:
        command = [sys.executable, "-c", PROGRAM, *map(str, arguments), "--plugin", str(PLUGINS / plugin)]
        done = subprocess.run(command, cwd=project.folder, env=environment, capture_output=True, text=True, check=False)
        return Done(done.returncode, done.stdout, " ".join(done.stderr.split()))

    return run


@pytest.fixture(scope="session")
def find() -> Find:
    """The component of that kind and name in a plugin file; the file has no problem."""

    def found(file: str, kind: ComponentKind, name: str) -> Component[Any]:
        host = PluginHost(files=[PLUGINS / file])
        registered = host.find(kind, name)
        assert host.problems == []
        return registered.component

    return found
