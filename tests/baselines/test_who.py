from __future__ import annotations

import getpass
import shutil
from pathlib import Path

import pytest

from harness.baselines.who import who


@pytest.fixture(autouse=True)
def without_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARNESS_USER", raising=False)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


def test_it_is_whom_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_USER", "nightly job")
    assert who() == "nightly job"


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[user]\n name = Ada Byron\n email = ada@example.org\n", "Ada Byron <ada@example.org>"),
        ("[user]\n email = ada@example.org\n", "ada@example.org"),
    ],
)
def test_else_whom_git_knows(without_a_name: Path, written: str, expected: str) -> None:
    (without_a_name / "gitconfig").write_text(written)
    assert who() == expected


def test_else_the_login_and_where_there_is_no_git_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    assert who() == "ada"
    monkeypatch.setenv("PATH", "")
    assert who() == "ada"


def test_a_user_without_a_name_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise OSError("no username set in the environment")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert who() == "unknown"
