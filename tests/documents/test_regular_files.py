"""Files that never end or never begin are refused at once."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from harness.documents.reading import read_text
from harness.documents.regular_files import open_regular, read_regular
from harness.errors import UsageError


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one\ntwo")
    assert read_regular(tmp_path / "a") == b"one\ntwo"


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert read_regular(tmp_path / "b") == b"one"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (os.mkfifo, "is a pipe, not a file that can be read to its end"),
        (os.mkdir, "is a folder, not a file that can be read to its end"),
        (lambda path: path.symlink_to("/dev/zero"), "is a device, not a file that can be read to its end"),
        (lambda path: path.symlink_to(path), "Too many levels of symbolic links"),
        (lambda path: None, "No such file or directory"),
    ],
)
def test_what_is_no_regular_file_is_refused_at_once(make: object, said: str, tmp_path: Path) -> None:
    path = tmp_path / "given"
    make(path)  # type: ignore[operator]
    with pytest.raises(UsageError) as refused:
        read_text(path)
    assert str(refused.value) == f"{path}: {said}"


def test_a_file_too_large_to_be_held_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "given"
    path.touch()
    os.truncate(path, 50 * 1024**3)  # of holes, which take no room
    with pytest.raises(UsageError, match="has 50 GB, too much to be read at once"):
        read_text(path)


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        with pytest.raises(OSError, match="is a socket"):
            open_regular(Path("s"))


def test_a_name_with_nul_is_shown_so_that_it_can_be_seen() -> None:
    with pytest.raises(UsageError) as refused:
        read_text(Path("a\0b"))
    assert str(refused.value) == r"'a\x00b': holds a NUL character, which no path has"
