"""Takes journalled rows over into tables, in bulk: whole lines only, each exactly once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harness.store.journal.batches import Batch, misfits, refuse_misfits, without_misfits
from harness.store.journal.journal import CLOSED, Line, journal_files, read_lines, remove
from harness.store.schema import tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH = 10_000  # rows held in memory at a time
_PARSE = """
    CREATE OR REPLACE TEMP TABLE arrived AS SELECT parsed.* FROM (
        SELECT from_json_strict(line, '{structure}') AS parsed FROM unnest(?::VARCHAR[]) AS lines(line))"""
# By joins and no index: one takes two thirds of the file and more time than all the rest of an insert, and at two
# million rows three times that of a join.
_ADD = """
    INSERT INTO "{table}" BY NAME FROM arrived
    WHERE rowid IN (SELECT min(rowid) FROM arrived GROUP BY {key})
        AND rowid NOT IN (SELECT arrived.rowid FROM arrived JOIN "{table}" USING ({key}))"""


def offsets(connection: DuckDBPyConnection, database: str) -> dict[str, int]:
    """How many bytes of each journal are in the store."""
    return dict(connection.execute(f'SELECT file, bytes FROM "{database}".main.ingested').fetchall())


def has_pending(journals: Path, done: Mapping[str, int]) -> bool:
    """Whether any journal holds a row that is not in the store."""
    return any(_rows_after(file, done) for file in journal_files(journals))


def is_stored(file: Path, done: Mapping[str, int]) -> bool:
    """Whether the store has every whole row of the journal."""
    return not _rows_after(file, done)


def _rows_after(file: Path, done: Mapping[str, int]) -> bool:
    return any(line.table in tables() for line in read_lines(file, done.get(_name(file), 0)))


def take_over(connection: DuckDBPyConnection, journals: Path) -> int:
    """Insert what is pending, with how far it went, batch by batch in one transaction each; returns the rows read.

    Journals that are finished are then deleted. A crash in between leaves the rest to the next time. A line that does
    not fit is set aside, with a warning.
    """
    done = offsets(connection, "store")
    files = journal_files(journals)
    gone = done.keys() - {_name(file) for file in files}
    if gone:
        connection.execute("DELETE FROM ingested WHERE file IN (SELECT unnest(?::VARCHAR[]))", [list(gone)])
    rows = 0
    for batch in _batches(files, done):
        try:
            _commit(connection, batch)
        except misfits():
            batch = without_misfits(batch)
            _commit(connection, batch)
        rows += batch.size
        for file in batch.finished:
            remove(file)
    return rows


def insert_pending(connection: DuckDBPyConnection, files: Sequence[Path], done: Mapping[str, int]) -> None:
    """Insert the rows after `done` into the default database; a line that does not fit is left out, with a warning."""
    for batch in _batches(files, done):
        try:
            _insert(connection, batch.lines)
        except misfits():
            batch = without_misfits(batch)
            _insert(connection, batch.lines)
        batch.warn()


def _commit(connection: DuckDBPyConnection, batch: Batch) -> None:
    with transaction(connection):
        _insert(connection, batch.lines)
        batch.set_aside()
        connection.execute(
            "INSERT OR REPLACE INTO ingested SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[])",
            [list(batch.reached), list(batch.reached.values())],
        )


def _batches(files: Sequence[Path], done: Mapping[str, int]) -> Iterator[Batch]:
    """What is pending. A closing line is never counted into an offset, so that a finished journal is known as such."""
    batch = Batch()
    for file in files:
        name = _name(file)
        for line in read_lines(file, done.get(name, 0)):
            if line.table == CLOSED:
                batch.finished.append(file)
                break
            batch.add(line)
            batch.reached[name] = line.end
            if batch.size == _BATCH:
                yield batch
                batch = Batch()
    if batch.reached or batch.finished:
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


def _insert(connection: DuckDBPyConnection, lines_by_table: Mapping[str, Sequence[Line]]) -> None:
    """Insert lines, in bulk; raises one of `misfits()` where one does not fit its table.

    Of rows with one key the first stays, the one that is there before all.
    """
    for table, lines in lines_by_table.items():
        rows = [line.row for line in lines]
        refuse_misfits(connection, table, rows)
        known = tables()[table]
        structure = json.dumps({column: _json_type(kind) for column, kind in known.types.items()})
        connection.execute(_PARSE.format(structure=structure), [rows])
        connection.execute(_ADD.format(table=table, key=", ".join(f'"{column}"' for column in known.key)))


def _json_type(kind: str) -> str | list[str]:
    return [kind.removesuffix("[]")] if kind.endswith("[]") else kind


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"
