"""One new distribution of each kind, as `harness plugins new` writes it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from harness.authoring.scaffold.writing import write_distribution
from harness.cli import main
from harness.types.component import KINDS

Distributions: TypeAlias = Mapping[str, Path]
"""The folder of the distribution of each kind; its name is `new-KIND`."""
Harness: TypeAlias = Callable[..., int]


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    parent = tmp_path_factory.mktemp("distributions")
    for kind in KINDS.values():
        write_distribution(f"new-{kind.word}", kind, parent)
    return {kind.word: parent / f"new-{kind.word}" for kind in KINDS.values()}


@pytest.fixture(scope="module")
def path(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Sequence[str]:
    """What makes all distributions installed: their sources, and a folder with the metadata that `pip` would write."""
    site = tmp_path_factory.mktemp("site")
    for kind in distributions:
        folder = site / f"new_{kind}-0.1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.4\nName: new-{kind}\nVersion: 0.1.0\nRequires-Dist: finetune-harness>=0.1,<0.2\n"
        )
        (folder / "entry_points.txt").write_text(f"[finetune_harness]\nnew-{kind} = new_{kind}\n")
    return [str(site), *(str(folder / "src") for folder in distributions.values())]


@pytest.fixture
def harness(path: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Harness]:
    """Run a command line where all distributions are installed, in the folder given."""
    for entry in path:
        monkeypatch.syspath_prepend(entry)
    monkeypatch.delenv("HARNESS_HOME", raising=False)

    def run(folder: Path, *arguments: str) -> int:
        monkeypatch.chdir(folder)
        return main(arguments)

    yield run
    logging.getLogger("harness").handlers.clear()
