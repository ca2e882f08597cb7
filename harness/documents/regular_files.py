"""Files that people hand in, opened as regular files only: nothing that would wait for ever, or never end."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path

from harness.errors import UsageError, describe
from harness.types.hashing import DIGEST_BYTES

_LARGEST = 4 * 1024**3
_KINDS = {
    stat.S_IFDIR: "is a folder",
    stat.S_IFIFO: "is a pipe",
    stat.S_IFSOCK: "is a socket",
    stat.S_IFCHR: "is a device",
    stat.S_IFBLK: "is a device",
}


def open_regular(path: Path) -> BufferedReader:
    """The file for reading; OSError, whose `strerror` is a sentence, where it is not there or is no regular file."""
    try:
        _refuse_others(path.stat(), path)  # before it is opened, which alone moves some devices
        # What is put into its place meanwhile must not make the open wait.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except ValueError as error:
        raise OSError(errno.EINVAL, "holds a NUL character, which no path has", str(path)) from error
    try:
        _refuse_others(os.fstat(descriptor), path)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: Path) -> bytes:
    """All that is in the file; OSError as `open_regular`, and where it is larger than what is read at once."""
    with open_regular(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > _LARGEST:
            raise OSError(errno.EINVAL, f"has {size / 1024**3:,.0f} GB, too much to be read at once", str(path))
        return file.read()


def _refuse_others(found: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "is something else")
        raise OSError(errno.EINVAL, f"{kind}, not a file that can be read to its end", str(path))


def file_hash(path: Path) -> str:
    """The hash of a file's bytes, read in blocks."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=DIGEST_BYTES)).hexdigest()


def resolved(path: Path) -> Path:
    """The absolute path without symbolic links; UsageError where a link leads to itself."""
    try:
        return path.resolve()
    except (RuntimeError, OSError) as error:
        raise UsageError(f"{path}: {describe(error)}; remove the link") from error
