"""Files that people own, written beside their place and put there whole: what ends us in between cuts none of them."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from harness.documents.regular_files import open_regular
from harness.errors import UsageError


def write_whole(file: Path, text: str) -> None:
    """Write the file, and the folder it is in; raises UsageError, and leaves the file as it was, where that cannot be.

    A link still leads where it led, and a file keeps its permissions. A half of a surrogate pair becomes `?`.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, text.encode("utf-8", "replace"))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise UsageError(f"{file}: cannot be written: {getattr(error, 'strerror', None) or error}") from error


def write_new(texts: Mapping[Path, str]) -> None:
    """Write files of which none is there yet: all of them or, with a UsageError, none.

    A call that was killed has left some of them: the same call writes the rest.
    """
    refuse_present(texts)
    made: list[Path] = []
    try:
        for file, text in texts.items():
            if not file.exists():
                write_whole(file, text)
                made.append(file)
    except BaseException:
        for file in made:
            with suppress(OSError):
                file.unlink()
        raise


def refuse_present(texts: Mapping[Path, str]) -> None:
    """UsageError where one of the files is there with another text, or all of them are there."""
    present = [file for file in texts if file.exists()]
    begun = len(present) < len(texts) and all(_is(file, texts[file]) for file in present)
    if present and not begun:
        raise UsageError(f"{present[-1]}: exists already; choose another folder, or move it away")


def sync_folder(folder: Path) -> None:
    """Have the disk know the names in the folder, where the system can do that."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _is(file: Path, text: str) -> bool:
    try:
        return file.read_bytes() == text.encode("utf-8", "replace")
    except OSError:
        return False


def _write(file: Path, content: bytes) -> None:
    place = Path(os.path.realpath(file))
    before = place.stat() if place.exists() else None
    if before is not None and not stat.S_ISREG(before.st_mode):  # /dev/stderr, a pipe: what has no content to lose
        place.write_bytes(content)
        return
    if before is not None and _is_database(place):
        raise ValueError("it is a database, such as the store of a project; name another file")
    if before is not None:
        os.close(os.open(place, os.O_WRONLY))  # a file that may not be written is not replaced either
    draft = place.with_name(f".harness-{secrets.token_hex(6)}.part")
    try:
        _write_draft(draft, content, before)
        draft.replace(place)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    sync_folder(place.parent)


def _is_database(file: Path) -> bool:
    """Whether DuckDB wrote it: a mistyped name must not cost all that was measured."""
    with open_regular(file) as opened:
        return opened.read(12)[8:] == b"DUCK"


def _write_draft(draft: Path, content: bytes, before: os.stat_result | None) -> None:
    """The content on the disk, under the permissions of the file that it is to replace."""
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as written:
        written.write(content)
        if before is not None:
            with suppress(OSError, AttributeError):  # only root gives files away
                os.chown(draft, before.st_uid, before.st_gid)
            draft.chmod(stat.S_IMODE(before.st_mode))
        written.flush()
        os.fsync(descriptor)
