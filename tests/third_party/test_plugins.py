"""What a library's code needs to be a plugin: a short file, which imports the library only when it works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = {file.stem: file for file in sorted((Path(__file__).parent / "plugins").glob("*.py"))}
LISTS_WITHOUT_LIBRARIES = """
import sys
from harness.cli import main
code = main(["plugins", *(f"--plugin={file}" for file in sys.argv[1:])])
libraries = {"torchmetrics", "sklearn", "langdetect", "trl", "datasets", "torch", "transformers"}
sys.exit(code or " ".join(libraries & sys.modules.keys()) or 0)
"""


def test_there_is_one_of_each_sort() -> None:
    assert list(PLUGINS) == [
        "datasets_dataset",
        "langdetect_cleaner",
        "sklearn_metric",
        "torchmetrics_metric",
        "trl_trainer",
    ]


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_has_at_most_25_lines(name: str) -> None:
    lines = PLUGINS[name].read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= 25


def test_listing_them_imports_no_library() -> None:
    command = [sys.executable, "-c", LISTS_WITHOUT_LIBRARIES, *map(str, PLUGINS.values())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "  hf-rows            rows of a file that the library datasets can read  [datasets_dataset" in done.stdout
    assert "problems" not in done.stdout
