"""A store file that cannot be read, made anew from what can be, and from the journals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.store.damage import explained, is_busy
from harness.store.instance import made
from harness.store.journal.ingest import insert_pending, transaction
from harness.store.journal.journal import journal_files
from harness.store.journal.values import now
from harness.store.making import drafted, put_in_place, quoted
from harness.store.schema import BOOKKEEPING, migrate, migrations, refuse_newer, tables, version

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ANSWERS = frozenset({"predictions", "scores", "checked"})
"""What may be lost alone: an evaluation without them is one whose answers were removed, and asks for them again."""
_MARK = """
    INSERT INTO states BY NAME SELECT DISTINCT 'answers' AS subject, evaluation AS id, 'removed' AS state,
        ?::TIMESTAMP AS "at", NULL AS detail
    FROM evaluation_cases ANTI JOIN predictions USING (answer_key)
    WHERE evaluation IN (SELECT id FROM states WHERE subject = 'evaluation' AND state = 'complete')
    ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair found: `kept` is where the damaged file is now, empty where it was whole.

    `rows` has the rows of each table that were got back; `lost` the tables that could not be read, or why the file
    could not be opened; `runs` those that are known by their locks alone.
    """

    kept: tuple[Path, ...]
    rows: Mapping[str, int]
    lost: tuple[str, ...]
    runs: tuple[str, ...]

    @property
    def lost_answers(self) -> bool:
        """Whether answers, or what was said of them, are among what was lost."""
        return not _ANSWERS.isdisjoint(self.lost)


def repair(file: Path, journals: Path) -> Repaired:
    """Replace a damaged store; one that is whole is left alone. Only for who holds the store's lock.

    Where a table of anything but answers cannot be read, nothing is taken from the file: what belongs together would
    not be there together. Raises StoreError where the file is of a newer program, busy, or cannot be written.
    """
    readable, lost = _looked_at(file)
    if not lost:
        return Repaired((), readable, (), ())
    taken = readable.keys() - _ANSWERS if _ANSWERS.issuperset(lost) else frozenset()
    with drafted(file) as connection:
        _fill(connection, file, taken)
        insert_pending(connection, journal_files(journals), {})
        connection.execute(_MARK, [now()])
        rows = {table: _count(connection, f'draft.main."{table}"') for table in _tables(connection, "draft")}
        found = {run for (run,) in connection.execute("SELECT id FROM runs").fetchall()}
    locks = {lock.stem for lock in (file.parent / "runs").glob("*.lock")}
    kept = put_in_place(file)
    return Repaired(tuple(kept), rows, tuple(lost), tuple(sorted(locks - found)))


def _looked_at(file: Path) -> tuple[dict[str, int], list[str]]:
    """The rows of each table that can be read to its end, and the tables that cannot; the whole file by its name."""
    import duckdb

    try:
        with made(file) as connection:
            found = _attached(connection, file)
            missing = _missing(connection)
    except duckdb.Error as error:
        _refuse_others(file, error)
        return {}, [f"{file.name} ({str(error).partition(chr(10))[0]})"]
    readable, lost = {}, [*missing]
    for table in (one for one in found if one not in missing):
        with made(file) as connection:  # one that has met an error may refuse what comes next
            try:
                _attached(connection, file)
                readable[table] = _count(connection, f'store.main."{table}"')
            except duckdb.Error as error:
                _refuse_others(file, error)
                lost.append(table)
    return readable, lost


def _refuse_others(file: Path, error: Exception) -> None:
    if is_busy(error):
        with explained(file):
            raise error


def _attached(connection: DuckDBPyConnection, file: Path) -> list[str]:
    """The tables of the store, which is attached as `store`."""
    connection.execute(f"ATTACH {quoted(file)} AS store (READ_ONLY)")
    refuse_newer(version(connection, "store"), str(file))
    return _tables(connection, "store")


def _tables(connection: DuckDBPyConnection, database: str) -> list[str]:
    found = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY 1", [database])
    return [name for (name,) in found.fetchall() if name not in BOOKKEEPING]


def _missing(connection: DuckDBPyConnection) -> list[str]:
    """The tables of this schema that the store lacks, or that lack columns; an older one gets its own by upgrades."""
    if version(connection, "store") != migrations()[-1].number:
        return []
    asked = "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'store'"
    found = set(connection.execute(asked).fetchall())
    return [name for name, table in tables().items() if any((name, column) not in found for column in table.types)]


def _count(connection: DuckDBPyConnection, table: str) -> int:
    """The rows of a table, each of whose values is read for it."""
    found = connection.execute(f"SELECT count(*), bit_xor(hash(one)) FROM {table} AS one").fetchall()
    return int(found[0][0])


def _fill(connection: DuckDBPyConnection, file: Path, taken: Iterable[str]) -> None:
    """Give the draft its tables, with the rows of those that are taken, in the schema that the file has."""
    if taken:
        _attached(connection, file)
        found = version(connection, "store")
        migrate(connection, "draft", [one for one in migrations() if one.number <= found])
        with transaction(connection):
            for table in taken:
                connection.execute(f'INSERT INTO "{table}" BY NAME FROM store.main."{table}"')
        connection.execute("DETACH store")
    migrate(connection, "draft")
