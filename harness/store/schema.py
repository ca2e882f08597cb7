"""The numbered migrations of the store, and the tables they add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from harness.errors import StoreError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_APPLIED = """CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TIMESTAMP NOT NULL)"""
BOOKKEEPING = frozenset({"migrations", "ingested"})
"""Tables that the store keeps for itself; nobody journals rows for them."""

PROVENANCE = """
CREATE TEMP VIEW provenance AS
    SELECT answer_key, content, 'metric' AS kind, use AS component, plugin, distribution, scores.version, code, options
    FROM scores JOIN metrics ON metrics.key = scores.metric
    UNION ALL BY NAME
    SELECT answer_key, content, 'safety check' AS kind, use AS component, plugin, distribution,
        coalesce(checked.version, checks.version) AS version, code, options
    FROM checked JOIN checks ON checks.key = checked."check"
    UNION ALL BY NAME
    SELECT evaluation, 'metric' AS kind, use AS component, plugin, distribution, metrics.version, code, options
    FROM figures JOIN metrics ON metrics.key = figures.metric WHERE len(names) = 0
"""
"""A view for readers: what gave each score and each finding, and each figure of a metric that has no scores."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One schema change, applied in one transaction."""

    number: int
    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table that rows are journalled for: the DuckDB type of each column, the columns that need a value, the key.

    The key is the primary one or, of a table without an index, its comment.
    """

    types: Mapping[str, str]
    required: frozenset[str]
    key: tuple[str, ...]


@cache
def migrations() -> tuple[Migration, ...]:
    """The migrations that ship, in order."""
    folder = files("harness.store").joinpath("migrations")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return tuple(
        Migration(int(name.partition("_")[0]), name.removesuffix(".sql"), folder.joinpath(name).read_text("utf-8"))
        for name in names
    )


def version(connection: DuckDBPyConnection, database: str) -> int:
    """The number of the last migration applied to an attached database, 0 for an empty one."""
    # not by trying: where the table is missing, DuckDB takes a Python variable of that name for it
    found = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND table_name = 'migrations'", [database]
    ).fetchone()
    if found is None:
        return 0
    last = connection.execute(f'SELECT coalesce(max(number), 0) FROM "{database}".main.migrations').fetchone()
    return int(last[0]) if last else 0


def refuse_newer(found: int, file: str) -> None:
    """Raises StoreError where a newer program has changed the schema."""
    newest = migrations()[-1].number
    if found > newest:
        raise StoreError(
            f"{file}: the store has schema {found}, this program knows up to {newest}; "
            "update finetune-harness, or set HARNESS_HOME to another folder"
        )


def migrate(connection: DuckDBPyConnection, database: str, wanted: Sequence[Migration] | None = None) -> None:
    """Bring the connection's default database, called `database`, up to date; what is applied already is left alone."""
    done = version(connection, database)
    missing = [one for one in (migrations() if wanted is None else wanted) if one.number > done]
    for migration in missing:
        applied = [migration.number, migration.name, datetime.now(UTC).replace(tzinfo=None)]
        connection.begin()
        try:
            connection.execute(_APPLIED)
            connection.execute(migration.sql)
            connection.execute("INSERT INTO migrations VALUES (?, ?, ?)", applied)
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


@cache
def tables() -> Mapping[str, Table]:
    """Every table that rows are journalled for, read from the migrations themselves."""
    import duckdb

    with duckdb.connect(":memory:") as connection:
        migrate(connection, "memory")
        columns = connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE NOT internal "
            "ORDER BY table_name, column_index"
        ).fetchall()
        keys = connection.execute(
            "SELECT table_name, constraint_column_names FROM duckdb_constraints() "
            "WHERE constraint_type = 'PRIMARY KEY' UNION ALL "
            "SELECT table_name, string_split(comment, ', ') FROM duckdb_tables() WHERE comment IS NOT NULL"
        ).fetchall()
    key_of = {name: tuple(columns) for name, columns in keys}
    return {
        table: Table(
            types={column: kind for name, column, kind, _ in columns if name == table},
            required=frozenset(column for name, column, _, nullable in columns if name == table and not nullable),
            key=key,
        )
        for table, key in key_of.items()
        if table not in BOOKKEEPING
    }
