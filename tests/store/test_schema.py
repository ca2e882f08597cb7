from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from stored_rows import add_rows

from harness.errors import StoreError
from harness.store.lock import locked
from harness.store.schema import Migration, migrate, migrations, tables, version
from harness.store.store import Store

Score = Callable[..., dict[str, Any]]
SAMPLE = {
    "VARCHAR": "'t'",
    "INTEGER": "1",
    "DOUBLE": "0.25",
    "BOOLEAN": "true",
    "TIMESTAMP": "'2026-01-02 03:04:05'",
    "JSON": """'{"a": [1]}'""",
    "VARCHAR[]": "['t', NULL]",
    "INTEGER[]": "[1]",
    "DOUBLE[]": "[0.25]",
}
"""A value of each type, in SQL."""


def old_store(home: Path) -> None:
    home.mkdir()
    with duckdb.connect(home / "store.duckdb") as connection:
        migrate(connection, "store", migrations()[:1])
        connection.execute(
            "INSERT INTO scores (answer_key, content, metric, samples, statistics) VALUES ('old', 'c', 'm', 1, [1])"
        )


def test_migrations_are_numbered_from_one_without_gaps() -> None:
    assert [migration.number for migration in migrations()] == list(range(1, len(migrations()) + 1))
    assert migrations()[0].name == "0001_spine"


def test_the_tables_come_from_the_migrations() -> None:
    assert tables()["scores"].types["statistics"] == "DOUBLE[]"
    assert tables()["scores"].key == ("answer_key", "content", "metric", "samples")
    assert tables()["scores"].required == {"answer_key", "content", "metric", "samples", "statistics"}
    assert "ingested" not in tables()
    assert all(table.key for table in tables().values())


def test_an_old_store_is_upgraded_by_the_first_who_reads_it(home: Path, store: Store, score: Score) -> None:
    old_store(home)
    assert store.query("SELECT answer_key FROM scores")[1] == [("old",)]
    assert store.query("SELECT number FROM migrations ORDER BY ALL")[1] == [(one.number,) for one in migrations()]


def test_an_old_store_is_upgraded_by_the_first_who_writes(home: Path, store: Store, score: Score) -> None:
    old_store(home)
    add_rows(store, "scores", [score(1)])
    assert store.query("SELECT answer_key FROM scores ORDER BY ALL")[1] == [("k1",), ("old",)]


def test_every_row_stays_and_has_its_key_where_a_store_loses_its_indexes(home: Path, store: Store) -> None:
    home.mkdir()
    with duckdb.connect(home / "store.duckdb") as connection:
        migrate(connection, "store", migrations()[:7])
        columns = {
            name: {column: kind for column, kind, *_ in connection.execute(f'DESCRIBE "{name}"').fetchall()}
            for name in tables()
        }
        for name, types in columns.items():
            connection.execute(f'INSERT INTO "{name}" VALUES ({", ".join(SAMPLE[kind] for kind in types.values())})')
        before = {name: connection.execute(f'FROM "{name}"').fetchall() for name in tables()}
    row = {"answer_key": "t", "content": "t", "metric": "t", "samples": 1, "statistics": [0.5]}
    add_rows(store, "scores", [row, {**row, "content": "other"}, {**row, "content": "other", "statistics": [1.0]}])
    listed = {name: ", ".join(f'"{column}"' for column in types) for name, types in columns.items()}
    after = {name: store.query(f'SELECT {listed[name]} FROM "{name}"')[1] for name in tables()}
    assert after.pop("scores") == [*before.pop("scores"), ("t", "other", "t", 1, [0.5], None)]
    assert after == before


def test_a_run_of_an_old_store_gets_its_kind_from_its_command() -> None:
    commands = {"refine r.yaml --cycles 3": "refine", "demo": "run", "gate --suite s": "gate", "run r.yaml": "run"}
    with duckdb.connect(":memory:") as connection:
        migrate(connection, "memory", migrations()[:8])
        for command in commands:
            connection.execute(
                "INSERT INTO runs VALUES (?, ?, '{}', 'f', NULL, TIMESTAMP '2026-01-01')", [command, command]
            )
        migrate(connection, "memory")
        assert dict(connection.execute("SELECT command, kind FROM runs").fetchall()) == commands


def test_an_old_store_that_cannot_be_upgraded_now_says_why(home: Path, store: Store) -> None:
    old_store(home)
    with locked(home / "store.lock", exclusive=False, seconds=1), pytest.raises(StoreError, match=r"store\.lock"):
        store.runs()


def test_a_store_of_a_newer_program_is_refused(home: Path, store: Store, score: Score) -> None:
    newest = migrations()[-1].number
    add_rows(store, "scores", [score(1)])
    with duckdb.connect(home / "store.duckdb") as connection:
        migrate(connection, "store", [Migration(newest + 1, "later", "CREATE TABLE later (a INTEGER)")])
    message = rf"store\.duckdb: the store has schema {newest + 1}, this program knows up to {newest}; update"
    with pytest.raises(StoreError, match=message):
        store.runs()
    with pytest.raises(StoreError, match=message):
        add_rows(store, "scores", [score(2)])


def test_a_migration_that_fails_leaves_the_store_as_it_was() -> None:
    broken = Migration(1, "broken", "CREATE TABLE a (b INTEGER); CREATE TABLE a (b INTEGER)")
    with duckdb.connect(":memory:") as connection:
        with pytest.raises(duckdb.Error):
            migrate(connection, "memory", [broken])
        assert version(connection, "memory") == 0
        assert connection.execute("SELECT count(*) FROM duckdb_tables()").fetchone() == (0,)
