"""A read-only view of the store and of what is journalled but not ingested."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from harness.errors import StoreError
from harness.store.damage import explained, is_busy
from harness.store.instance import connected, made
from harness.store.journal.ingest import has_pending, insert_pending, offsets
from harness.store.journal.journal import journal_files
from harness.store.making import is_missing, quoted
from harness.store.queries.all import Questions
from harness.store.schema import BOOKKEEPING, PROVENANCE, migrate, migrations, refuse_newer, tables, version

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


T = TypeVar("T")
_RELEASE_SECONDS = 2.0


class Reader(Questions):
    """Answers every question from one open connection, hence from one state of the store."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection

    @contextmanager
    def _asking(self) -> Iterator[DuckDBPyConnection]:
        yield self._connection


@dataclass(frozen=True)
class Opened:
    """An in-memory connection with the store attached as `store`; `schema` is None where there is no store file yet."""

    connection: DuckDBPyConnection
    schema: int | None

    @property
    def is_old(self) -> bool:
        return self.schema is not None and self.schema < migrations()[-1].number

    @cached_property
    def done(self) -> dict[str, int]:
        return {} if self.schema is None else offsets(self.connection, "store")


@contextmanager
def opened(file: Path, *, alone: bool = False) -> Iterator[Opened]:
    """The store, attached read-only; raises StoreError for a file that is none, damaged or of a newer program.

    `alone`: on an instance of its own, which may be shut in.
    """
    with explained(file), made(file) if alone else connected(file) as connection:
        if is_missing(file):
            yield Opened(connection, None)
            return
        attach(connection, file, "READ_ONLY")
        schema = version(connection, "store")
        refuse_newer(schema, str(file))
        yield Opened(connection, schema)


def attach(connection: DuckDBPyConnection, file: Path, access: Literal["READ_ONLY", "READ_WRITE"]) -> None:
    """Attach the store as `store`, in a block that is `explained`."""
    patiently(lambda: connection.execute(f"ATTACH {quoted(file)} AS store ({access})"))


def patiently(connect: Callable[[], T], seconds: float = _RELEASE_SECONDS) -> T:
    """What `connect` returns, tried again for so long while DuckDB's own lock is held.

    Our lock file keeps our processes apart, but DuckDB may let go of a closed file a moment after `close` returned.
    """
    import duckdb

    deadline = time.monotonic() + seconds
    while True:
        try:
            return connect()
        except duckdb.Error as error:
            if not is_busy(error) or time.monotonic() >= deadline:
                raise
        time.sleep(0.01)


def is_behind(store: Opened, journals: Path) -> bool:
    """Whether the store has an older schema or lacks rows that are journalled."""
    return store.is_old or has_pending(journals, store.done)


def prepare(store: Opened, journals: Path, problem: StoreError | None) -> None:
    """Make plain table names mean the store plus its pending rows.

    Raises `problem` where the store has an older schema, which cannot be read before it is upgraded.
    """
    if store.is_old:
        raise problem or StoreError("the store has an older schema and was not upgraded; try again")
    connection = store.connection
    if store.schema is None:
        _pending(connection, journals, {})
    elif has_pending(journals, store.done):
        _overlay(connection, journals, store.done)
    else:
        connection.execute("USE store")
    connection.execute(PROVENANCE)


def _overlay(connection: DuckDBPyConnection, journals: Path, done: Mapping[str, int]) -> None:
    """Views of every table with the rows that are pending added; a row that is stored already wins."""
    _pending(connection, journals, done)
    connection.execute("USE memory")
    for name in BOOKKEEPING:
        connection.execute(f"CREATE TEMP VIEW {name} AS FROM store.main.{name}")
    for name, table in tables().items():
        key = ", ".join(f'"{column}"' for column in table.key)
        connection.execute(
            f'CREATE TEMP VIEW "{name}" AS FROM store.main."{name}" UNION ALL BY NAME '
            f'SELECT * FROM pending.main."{name}" ANTI JOIN store.main."{name}" USING ({key})'
        )


def _pending(connection: DuckDBPyConnection, journals: Path, done: Mapping[str, int]) -> None:
    """What is journalled after `done`, as the default database `pending`."""
    connection.execute("ATTACH ':memory:' AS pending; USE pending")
    migrate(connection, "pending")
    insert_pending(connection, journal_files(journals), done)
