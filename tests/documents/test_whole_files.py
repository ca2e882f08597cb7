"""Files that people own: there whole, or as they were."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from harness.documents.whole_files import write_new, write_whole
from harness.errors import UsageError


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk on which nothing can be made to last."""

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)


def test_a_file_is_written_with_its_folder(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "b.md", "grüezi \ud800\n")
    assert (tmp_path / "a" / "b.md").read_bytes() == "grüezi ?\n".encode()
    assert [file.name for file in (tmp_path / "a").iterdir()] == ["b.md"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path, full: None) -> None:
    (tmp_path / "b.md").write_text("old")
    with pytest.raises(UsageError, match=r"b\.md: cannot be written: No space left on device"):
        write_whole(tmp_path / "b.md", "new")
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == {"b.md": "old"}


def test_permissions_stay_and_a_new_file_has_those_of_the_process(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.touch()
    old.chmod(0o640)
    former = os.umask(0o027)
    try:
        write_whole(old, "x")
        write_whole(new, "x")
    finally:
        os.umask(former)
    assert [stat.S_IMODE(file.stat().st_mode) for file in (old, new)] == [0o640, 0o640]


def test_a_link_leads_where_it_led(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there" / "file")
    for text in ("first", "second"):
        write_whole(tmp_path / "link", text)
        assert ((tmp_path / "link").is_symlink(), (tmp_path / "there" / "file").read_text()) == (True, text)


def test_a_pipe_gets_the_text_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_whole(pipe, "through")
    reader.join(10)
    assert (read, pipe.is_fifo()) == (["through"], True)


@pytest.mark.parametrize("place", ["folder", "file/below", "a\0b"])
def test_a_place_that_takes_no_file_is_told(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written: "):
        write_whole(tmp_path / place, "x")


def test_new_files_never_replace_others(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(UsageError, match="b: exists already; choose another folder"):
        write_new({tmp_path / "a": "1", tmp_path / "b": "2"})
    assert [file.name for file in tmp_path.iterdir()] == ["b"]


def test_new_files_that_were_begun_are_completed_once(tmp_path: Path) -> None:
    texts = {tmp_path / "a": "1", tmp_path / "b": "2"}
    (tmp_path / "a").write_text("1")
    write_new(texts)
    assert (tmp_path / "b").read_text() == "2"
    with pytest.raises(UsageError, match="b: exists already"):
        write_new(texts)


def test_of_new_files_there_are_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [errno.EIO, None]  # taken from the end

    def fsync(_: int) -> None:
        code = left.pop() if left else None
        if code is not None:
            raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr("harness.documents.whole_files.sync_folder", lambda folder: None)
    with pytest.raises(UsageError, match="b: cannot be written: Input/output error"):
        write_new({tmp_path / "a": "1", tmp_path / "b": "2"})
    assert list(tmp_path.iterdir()) == []
