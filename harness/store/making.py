"""A store file that is there whole or not at all, and one that is moved out of the way."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harness.documents.whole_files import sync_folder
from harness.errors import StoreError
from harness.store.damage import explained
from harness.store.instance import connected
from harness.store.schema import migrate

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_HEADERS = 3 * 4096
"""The bytes of DuckDB's headers: a shorter file can hold no row."""


def is_missing(file: Path) -> bool:
    """Whether there is no store: no file, or one whose making was cut off before any row was in it.

    A file that is as short although rows were in it, those of a run whose journal is gone, is a damaged store.
    Raises StoreError where it is something else than a file.
    """
    try:
        found = file.stat()
    except FileNotFoundError:
        return True
    if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for
        raise StoreError(f"{file}: is no regular file; move it away")
    if found.st_size >= _HEADERS:
        return False
    runs = (lock.stem for lock in (file.parent / "runs").glob("*.lock"))
    return all((file.parent / "journal" / run).is_dir() for run in runs)


def make(file: Path) -> None:
    """Make an empty store where there is none. Only for who holds the store's lock; raises StoreError."""
    with drafted(file) as connection:
        migrate(connection, "draft")
    put_in_place(file)


@contextmanager
def drafted(file: Path) -> Iterator[DuckDBPyConnection]:
    """A connection to a new database beside the store, its default one, called `draft`; gone where the block raises.

    Raises StoreError. Only for who holds the store's lock, until it is put in place.
    """
    draft = _draft(file)
    try:
        _discard(draft)
        with explained(file), connected(file) as connection:
            connection.execute(f"ATTACH {quoted(draft)} AS draft")
            connection.execute("USE draft")
            yield connection
            connection.execute("USE memory")
            connection.execute("DETACH draft")
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
    except OSError as error:
        _discard(draft)
        raise StoreError(f"{draft}: cannot be written: {error.strerror or error}") from error
    except BaseException:
        _discard(draft)
        raise


def put_in_place(file: Path) -> list[Path]:
    """Let the draft be the store; returns under which names that which was there is kept.

    Whatever ends the process, the store is the old one or the new one, whole.
    """
    draft = _draft(file)
    try:
        kept = _set_aside(file)
        draft.replace(file)
    except OSError as error:
        _discard(draft)
        raise StoreError(f"{file}: cannot be written: {error.strerror or error}") from error
    sync_folder(file.parent)
    return kept


def quoted(file: Path) -> str:
    """The path as SQL has it."""
    return "'" + str(file).replace("'", "''") + "'"


def _draft(file: Path) -> Path:
    return file.with_suffix(".draft")


def _log_of(file: Path) -> Path:
    """DuckDB's write-ahead log: what is in it belongs to its file alone."""
    return file.with_name(f"{file.name}.wal")


def _discard(draft: Path) -> None:
    for leftover in (draft, _log_of(draft)):
        with suppress(OSError):
            leftover.unlink()


def _set_aside(file: Path) -> list[Path]:
    """Keep the file under another name, too, and move its log away: it would be read into the file that comes."""
    name = f"{file.name}.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}"
    kept = []
    log, aside = _log_of(file), file.with_name(name)
    if log.exists():
        kept.append(log.replace(_log_of(aside)))
    if file.exists():
        try:
            aside.hardlink_to(file)
        except OSError:  # a file system without such links
            file.replace(aside)
        kept.append(aside)
    return kept
