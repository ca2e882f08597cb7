"""Takes journalled rows over into tables, in bulk: whole lines only, each exactly once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from harness.store.journal import CLOSED, journal_files, read_lines, remove
from harness.store.schema import tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH = 10_000  # rows held in memory at a time


def offsets(connection: DuckDBPyConnection, database: str) -> dict[str, int]:
    """How many bytes of each journal are in the store."""
    return dict(connection.execute(f'SELECT file, bytes FROM "{database}".main.ingested').fetchall())


def has_pending(journals: Path, done: Mapping[str, int]) -> bool:
    """Whether any journal holds a row that is not in the store."""
    for file in journal_files(journals):
        line = next(read_lines(file, done.get(_name(file), 0)), None)
        if line is not None and line.table in tables():
            return True
    return False


def is_stored(file: Path, done: Mapping[str, int]) -> bool:
    """Whether the store has every whole row of the journal."""
    line = next(read_lines(file, done.get(_name(file), 0)), None)
    return line is None or line.table == CLOSED


def take_over(connection: DuckDBPyConnection, journals: Path) -> int:
    """Insert what is pending, with how far it went, batch by batch in one transaction each; returns the rows read.

    Journals that are finished are then deleted. A crash in between leaves the rest to the next time.
    """
    done = offsets(connection, "store")
    files = journal_files(journals)
    gone = done.keys() - {_name(file) for file in files}
    if gone:
        connection.execute("DELETE FROM ingested WHERE file IN (SELECT unnest(?::VARCHAR[]))", [list(gone)])
    rows = 0
    for batch in _batches(files, done):
        with transaction(connection):
            _insert(connection, batch.rows)
            connection.execute(
                "INSERT OR REPLACE INTO ingested SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[])",
                [list(batch.reached), list(batch.reached.values())],
            )
        rows += batch.size
        for file in batch.finished:
            remove(file)
    return rows


def insert_pending(connection: DuckDBPyConnection, files: Sequence[Path], done: Mapping[str, int]) -> None:
    """Insert the rows after `done` into the default database."""
    for batch in _batches(files, done):
        _insert(connection, batch.rows)


@dataclass
class _Batch:
    """Rows by table, the offset of each file after them, and the files that end with them."""

    rows: dict[str, list[str]] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    finished: list[Path] = field(default_factory=list)
    size: int = 0


def _batches(files: Sequence[Path], done: Mapping[str, int]) -> Iterator[_Batch]:
    """What is pending. A closing line is never counted into an offset, so that a finished journal is known as such."""
    batch = _Batch()
    for file in files:
        name = _name(file)
        for line in read_lines(file, done.get(name, 0)):
            if line.table == CLOSED:
                batch.finished.append(file)
            if line.table not in tables():
                break
            batch.rows.setdefault(line.table, []).append(line.row)
            batch.reached[name] = line.end
            batch.size += 1
            if batch.size == _BATCH:
                yield batch
                batch = _Batch()
    if batch.size or batch.finished:
        yield batch


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    """All of the block's changes or, where it raises, none."""
    connection.begin()
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _insert(connection: DuckDBPyConnection, rows_by_table: Mapping[str, list[str]]) -> None:
    for table, rows in rows_by_table.items():
        structure = json.dumps({column: _json_type(kind) for column, kind in tables()[table].types.items()})
        # from_json turns what does not fit into NULL: rows are checked before they are journalled, never here
        connection.execute(
            f'INSERT INTO "{table}" BY NAME SELECT parsed.* FROM '
            f"(SELECT from_json(line, '{structure}') AS parsed FROM unnest(?::VARCHAR[]) AS lines(line)) "
            "ON CONFLICT DO NOTHING",
            [rows],
        )


def _json_type(kind: str) -> str | list[str]:
    return [kind.removesuffix("[]")] if kind.endswith("[]") else kind


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"
