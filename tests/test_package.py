"""What is shipped: every file of the packages is in the wheel, and the tests run on what is installed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import entry_points, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = [
    "harness",
    *(f"plugins/{path.name}" for path in (ROOT / "plugins").glob("harness_*")),
    "suites/harness_suites",
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(file).namelist())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_a_package_is_in_the_wheel(package: str, wheel: set[str]) -> None:
    base = (ROOT / package).parent
    files = [path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert files
    assert {str(path.relative_to(base)) for path in files} - wheel == set()


def test_nothing_but_packages_and_metadata_is_in_the_wheel(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel if not name.endswith("/")}
    assert {top for top in tops if not top.endswith(".dist-info")} == {Path(package).name for package in PACKAGES}


def test_installed_files_are_those_of_this_tree() -> None:
    """A stale or incomplete installation would test something else."""
    import harness

    installed = Path(str(harness.__file__)).parent
    names = [path.relative_to(ROOT / "harness") for path in (ROOT / "harness").rglob("*") if path.suffix != ".pyc"]
    different = [
        str(name)
        for name in names
        if (ROOT / "harness" / name).is_file() and (ROOT / "harness" / name).read_bytes() != _bytes(installed / name)
    ]
    assert different == []


def test_first_party_plugins_are_registered_by_entry_points_alone() -> None:
    registered = {point.value for point in entry_points(group="finetune_harness")}
    assert {Path(package).name for package in PACKAGES} - {"harness"} <= registered


def test_the_core_does_not_depend_on_torch() -> None:
    required = metadata("finetune-harness").get_all("Requires-Dist") or []
    core = [line for line in required if "extra ==" not in line]
    assert not [line for line in core if line.startswith(("torch", "transformers", "peft", "evaluate", "datasets"))]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
