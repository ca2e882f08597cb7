"""SQL that people write: one SELECT, on a connection that reaches nothing but the store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.errors import UsageError
from harness.store.damage import is_damage

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def selected(connection: DuckDBPyConnection, sql: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Column names and rows of one SELECT; raises UsageError with DuckDB's message, and for all that writes.

    Its instance is shut in for good: from here on it opens no other file, and nothing that is asked can change that.
    """
    import duckdb

    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    try:
        statements = connection.extract_statements(sql)
        kinds = [statement.type.name for statement in statements]
        # PIVOT is several statements in one
        if len(kinds) != 1 or kinds[0] not in ("SELECT", "EXPLAIN", "MULTI"):
            raise UsageError(f"sql: needs one SELECT, got {' and '.join(kinds) or 'nothing'}: {sql.strip()!r}")
        result = connection.execute(statements[0])
        return [column[0] for column in result.description or ()], result.fetchall()
    except duckdb.Error as error:
        if is_damage(error):
            raise
        raise UsageError(f"sql: {_advice(str(error))}") from error


def _advice(message: str) -> str:
    if "pytz" in message:
        return "a column is TIMESTAMP WITH TIME ZONE; write column::TIMESTAMP or column::TEXT"
    return message
