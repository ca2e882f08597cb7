"""Takes journalled rows over into tables, in bulk: whole lines only, each exactly once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from harness.store.journal import CLOSED, journal_files, read_lines, remove
from harness.store.schema import tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BATCH = 50_000  # rows held in memory at a time


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


def take_over(connection: DuckDBPyConnection, journals: Path) -> int:
    """Insert what is pending and remember how far it went, in one transaction; returns the rows read.

    Journals that are finished are then deleted. A crash in between leaves them to the next time.
    """
    done = offsets(connection, "store")
    files = journal_files(journals)
    connection.begin()
    try:
        rows, reached, finished = insert_pending(connection, files, done)
        names = {_name(file) for file in files}
        connection.execute(
            "DELETE FROM ingested WHERE file IN (SELECT unnest(?::VARCHAR[]))", [list(done.keys() - names)]
        )
        connection.execute(
            "INSERT OR REPLACE INTO ingested SELECT unnest(?::VARCHAR[]), unnest(?::BIGINT[])",
            [list(reached), list(reached.values())],
        )
    except BaseException:
        connection.rollback()
        raise
    connection.commit()
    for file in finished:
        remove(file)
    return rows


def insert_pending(
    connection: DuckDBPyConnection, files: list[Path], done: Mapping[str, int]
) -> tuple[int, dict[str, int], list[Path]]:
    """Insert the rows after `done` into the default database: rows read, new offset of each file, files finished.

    The closing line is never counted into an offset, so that a finished journal is known as such whenever it is read.
    """
    waiting: dict[str, list[str]] = {}
    reached: dict[str, int] = {}
    finished: list[Path] = []
    rows = held = 0
    for file in files:
        for line in read_lines(file, done.get(_name(file), 0)):
            if line.table == CLOSED:
                finished.append(file)
            if line.table not in tables():
                break
            waiting.setdefault(line.table, []).append(line.row)
            reached[_name(file)] = line.end
            rows, held = rows + 1, held + 1
            if held == _BATCH:
                _insert(connection, waiting)
                waiting, held = {}, 0
    _insert(connection, waiting)
    return rows, reached, finished


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
