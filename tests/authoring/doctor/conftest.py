"""Plugins to look at: files, and distributions that are installed for one test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from harness.authoring.doctor.examination import examine
from harness.authoring.doctor.records import Diagnosis, Given, Line

Look: TypeAlias = Callable[..., "list[Line]"]
Install: TypeAlias = Callable[..., "None"]

HEALTHY = """
from harness import metric

@metric
def shouts(answered, least: int = 1) -> bool:
    "Share of replies that shout."
    return answered.text.endswith("!" * least)
"""


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Look:
    """What the doctor says of a plugin that is a file with this text."""
    monkeypatch.chdir(tmp_path)

    def lines(text: str, given: Given | None = None) -> list[Line]:
        file = tmp_path / "mine.py"
        file.write_text(text, encoding="utf-8")
        (found,) = examine([], [file], given or Given())
        return list(found.lines)

    return lines


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a distribution `mine` with one module, and whatever else its metadata says."""

    def installed(text: str = HEALTHY, *metadata: str, value: str = "mine") -> None:
        site = tmp_path / "site"
        folder = site / "mine-1.2.dist-info"
        folder.mkdir(parents=True)
        (site / "mine.py").write_text(text, encoding="utf-8")
        lines = ["Metadata-Version: 2.4", "Name: mine", "Version: 1.2", *metadata]
        (folder / "METADATA").write_text("\n".join(lines), encoding="utf-8")
        (folder / "entry_points.txt").write_text(f"[finetune_harness]\nmine = {value}\n", encoding="utf-8")
        monkeypatch.syspath_prepend(site)

    return installed


def diagnosed(name: str) -> Diagnosis:
    """What the doctor says of an installed plugin."""
    (found,) = examine([name], [], Given())
    return found
