from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stored_rows import add_rows

from harness.errors import UsageError
from harness.store.lock import locked
from harness.store.sql import _advice
from harness.store.store import Store

Score = Callable[..., dict[str, Any]]
_REFUSED = [
    "INSERT INTO scores VALUES ('a', 'b', 'c', 1, [1.0], NULL, '1')",
    "UPDATE scores SET metric = 'x'",
    "DELETE FROM scores",
    "CREATE TABLE x (a INTEGER)",
    "CREATE TEMP TABLE x (a INTEGER)",
    "DROP TABLE scores",
    "COPY scores TO 'out.csv'",
    "COPY (SELECT 1) TO 'out.csv'",
    "EXPORT DATABASE 'out'",
    "EXPLAIN ANALYZE COPY scores TO 'out.csv'",
    "ATTACH 'other.duckdb'",
    "ATTACH ':memory:' AS other",
    "DETACH store",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "PRAGMA threads = 1",
    "CALL pragma_version()",
    "CHECKPOINT",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_json('journal/*/*.jsonl')",
    "SELECT 1; DROP TABLE scores",
    "SELECT 1; SELECT 2",
    "",
    "-- nothing",
    "SELEC 1",
    "SELECT 'open",
    "SELECT nothing FROM scores",
    "SELECT * FROM local_variable",
]


@pytest.fixture(params=["all ingested", "rows pending"])
def reading(
    request: pytest.FixtureRequest, home: Path, store: Store, score: Score, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """A store in either state, and a working folder where anything written would show."""
    add_rows(store, "scores", [score(1)])
    (home.parent / "work").mkdir()
    monkeypatch.chdir(home.parent / "work")
    if request.param == "all ingested":
        yield store
        return
    with store.journal("r") as journal, locked(home / "store.lock", exclusive=False, seconds=1):
        journal.add("scores", [score(2)])
        yield store


@pytest.mark.parametrize("sql", _REFUSED)
def test_what_writes_or_reaches_other_files_is_a_usage_error(reading: Any, sql: str) -> None:
    local_variable = [1]
    before = reading.query("SELECT count(*) FROM scores")
    with pytest.raises(UsageError, match=r"^sql: \S"):
        reading.query(sql)
    assert reading.query("SELECT count(*) FROM scores") == before
    assert list(Path.cwd().iterdir()) == []
    assert local_variable == [1]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT answer_key FROM scores WHERE answer_key = 'k1'",
        "WITH a AS (SELECT 'k1' AS answer_key) FROM a",
        "SELECT DISTINCT answer_key FROM scores WHERE answer_key = 'k1' -- a comment;",
        "SELECT answer_key FROM (PIVOT scores ON samples USING count(*)) WHERE answer_key = 'k1'",
    ],
)
def test_questions_of_the_users_own_are_answered(reading: Any, sql: str) -> None:
    assert reading.query(sql) == (["answer_key"], [("k1",)])


def test_describe_explain_and_pivot_work(reading: Any) -> None:
    assert reading.query("DESCRIBE scores")[1][0][:2] == ("answer_key", "VARCHAR")
    assert reading.query("EXPLAIN SELECT 1")[1]
    assert reading.query("PIVOT scores ON samples USING count(*) GROUP BY metric")[1][0][0] == "m"


def test_an_error_carries_duckdbs_message(store: Store) -> None:
    with pytest.raises(UsageError, match='Did you mean "scores"'):
        store.query("SELECT * FROM score")


def test_a_time_with_a_zone_says_how_to_ask_for_it(store: Store) -> None:
    # what DuckDB 2.0.0 says without pytz; 2.0.1 needs it no more
    assert "column::TIMESTAMP" in _advice("Invalid Input Error: Required module 'pytz' failed to import")
    assert len(store.query("SELECT now()::TIMESTAMP")[1]) == 1
