"""What DuckDB's errors about a file mean: it is open elsewhere, damaged, or cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import StoreError, disk_refusal
from harness.store.lock import StoreBusyError

ADVICE = (
    "`harness store repair` makes a new store of what can be read, of the journals and of exported baselines, "
    "and keeps this file"
)
_BUSY = "Conflicting lock"
_SIGNS = (
    "Corrupt ",
    "is not a valid DuckDB database file",
    "Could not read enough bytes",
    "deserialize",
)
"""Words of DuckDB's by which a damaged file is told: a bad checksum is an error of its base class."""


@contextmanager
def explained(file: Path) -> Iterator[None]:
    """Turns what DuckDB says of the store's file into a StoreError, and of tables that are not in it.

    Other errors of a statement stay what they are.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        told = _told(file, error)
        if told is None:
            raise
        raise told from error


def foreign(what: str, why: object) -> StoreError:
    """The error for what is in the store, and can be read, but is nothing that harness writes."""
    return StoreError(
        f"store.duckdb: holds a {what} that harness has not written ({why}); "
        "put a copy from before in its place, or move the file aside and import exported baselines"
    )


def is_damage(error: Exception) -> bool:
    """Whether DuckDB says of the file, not of a statement, that what it holds cannot be read."""
    import duckdb

    of_a_file = isinstance(error, duckdb.OperationalError) or type(error) is duckdb.Error
    return of_a_file and any(sign in str(error) for sign in _SIGNS)


def is_busy(error: BaseException) -> bool:
    """Whether another program has the file open."""
    return _BUSY in str(error)


def _told(file: Path, error: Exception) -> StoreError | None:
    import duckdb

    said = str(error).partition("\n")[0]
    refusal = disk_refusal(error)
    if is_busy(error):
        return StoreBusyError(f"{file}: open in another program; close it there. {said}")
    if refusal:
        return StoreError(f"{file}: cannot be read or written: {refusal}")
    if is_damage(error):
        return StoreError(f"{file}: is damaged: {said}; {ADVICE}")
    if isinstance(error, duckdb.InternalError | duckdb.FatalException):
        return StoreError(f"{file}: cannot be read: {said}; it may be damaged: {ADVICE}")
    if isinstance(error, duckdb.CatalogException | duckdb.BinderException):  # what people ask is refused before
        return StoreError(f"{file}: lacks tables or columns of its schema: {said}; {ADVICE}")
    if isinstance(error, duckdb.OperationalError) or type(error) is duckdb.Error:
        return StoreError(f"{file}: {said}")
    return None
