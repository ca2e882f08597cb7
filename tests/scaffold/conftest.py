"""One new distribution of each kind, as `harness plugins new` writes it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from harness.scaffold import SORT_OF_KIND, write_distribution

Distributions: TypeAlias = Mapping[str, Path]
"""The folder of the distribution of each kind; its name is `new-KIND`."""
Python: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    parent = tmp_path_factory.mktemp("distributions")
    for kind in SORT_OF_KIND:
        write_distribution(f"new-{kind}", kind, parent)
    return {kind: parent / f"new-{kind}" for kind in SORT_OF_KIND}


@pytest.fixture(scope="module")
def python(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Python:
    """Run Python where all distributions are installed: on the path, with the metadata that `pip` would write."""
    site = tmp_path_factory.mktemp("site")
    for kind in distributions:
        folder = site / f"new_{kind}-0.1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.4\nName: new-{kind}\nVersion: 0.1.0\nRequires-Dist: finetune-harness>=0.1,<0.2\n"
        )
        (folder / "entry_points.txt").write_text(f"[finetune_harness]\nnew-{kind} = new_{kind}\n")
    sources = [str(folder / "src") for folder in distributions.values()]
    path = os.pathsep.join([str(site), *sources, *filter(None, sys.path)])

    def run(*arguments: str | Path, folder: Path = site) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PYTHONPATH": path}
        command = [sys.executable, *map(str, arguments)]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)

    return run
