"""A disk that is full, also the one for temporary files: a reason and a code that says what it cost."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.cli import report as report_command
from harness.errors import StoreError, disk_refusal

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project

REFUSED = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
NO_FOLDER = FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp', '/var/tmp']")


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be made to last, and there is no folder for temporary files."""

    def refuse(*_: Any, **__: Any) -> None:
        raise REFUSED

    def no_folder(*_: Any, **__: Any) -> None:
        raise NO_FOLDER

    monkeypatch.setattr(os, "fsync", refuse)
    monkeypatch.setattr("tempfile.NamedTemporaryFile", no_folder)
    monkeypatch.setattr("tempfile.TemporaryDirectory", no_folder)


@pytest.mark.parametrize(
    "command",
    [
        ("evaluate", "fake:good.json", "--suite", "teams"),
        ("gate", "--suite", "teams", "--baseline", "good", "--candidate", "near"),
        ("compare", "good", "near"),
        ("run", "recipe.yaml"),
        ("baselines", "set", "main", "good"),
        ("suites", "add", "suites/teams.yaml"),
    ],
)
def test_what_measures_or_stores_is_4(measured: Project, harness: Run, full: None, command: tuple[str, ...]) -> None:
    result = harness(*command)
    assert (result.code, "No space left on device" in result.err) == (4, True)


def of_people() -> set[Path]:
    return {file for file in Path().rglob("*") if file.is_file() and ".harness" not in file.parts}


@pytest.mark.parametrize(
    "command",
    [
        ("init", "mine"),
        ("report", "--format", "html"),
        ("schema", "suite", "--out", "schema.json"),
        ("suites", "export", "teams", "out"),
        ("plugins", "new", "kind-words", "--kind", "metric"),
    ],
)
def test_what_only_writes_files_for_people_is_2_and_leaves_none(
    measured: Project, harness: Run, full: None, command: tuple[str, ...]
) -> None:
    harness("compare", "good", "near")
    before = of_people()
    result = harness(*command)
    assert (result.code, "cannot be written: No space left on device" in result.err) == (2, True)
    assert of_people() == before


def test_a_defect_is_told_where_no_traceback_can_be_kept(
    measured: Project, harness: Run, full: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_command, "os", None)
    monkeypatch.setattr("harness.store.store.Store.runs", lambda *_, **__: 1 / 0)
    result = harness("report")
    assert (result.code, "internal error: ZeroDivisionError" in result.err) == (6, True)
    assert "please report it with no file: no folder for temporary files can be written" in result.err


def test_temporary_files_that_find_no_room_are_no_defect(
    measured: Project, harness: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise NO_FOLDER

    monkeypatch.setattr("harness.store.store.Store.runs", refuse)
    assert (harness("runs").code, harness("report").code) == (4, 2)
    assert "no folder for temporary files can be written; free some room there" in harness("runs").err


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        (OSError(errno.EDQUOT, "x"), "Disk quota exceeded"),
        (OSError(errno.EROFS, "x"), "Read-only file system"),
        (RuntimeError("SafetensorError: I/O error: No space left on device (os error 28)"), "No space left on device"),
        (OSError(errno.EACCES, "Permission denied"), None),
        (ValueError("no"), None),
    ],
)
def test_a_refusal_of_the_disk_is_known_in_whatever_it_comes(error: Exception, refusal: str | None) -> None:
    assert disk_refusal(error) == refusal
    wrapped = StoreError("the store")
    wrapped.__cause__ = error
    assert disk_refusal(wrapped) == refusal
