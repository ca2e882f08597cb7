"""Questions about suites."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from harness.store.queries.asking import Asks, fetch, readable, resolve
from harness.store.rows.listed import SuiteRow
from harness.store.rows.stored_cases import StoredCases
from harness.store.rows.suite_part import SuitePart
from harness.store.rows.suite_rows import case_from_row, suite_from_row
from harness.suites.records import Suite
from harness.types import Case, Tier

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS = """
    SELECT name, version, count(content) AS cases, histogram(tier) AS tiers, added_at, source
    FROM suites LEFT JOIN suite_cases USING (version) WHERE name = coalesce(?, name) GROUP BY ALL
    ORDER BY added_at DESC, version"""

_CASES = "SELECT suite_cases.*, cases.body FROM suite_cases JOIN cases USING (content) WHERE version = $version"


class SuiteQuestions(Asks):
    """What suites there are, and each of them whole."""

    def suites(self) -> list[SuiteRow]:
        """The newest version of every suite, by name."""
        with self._asking() as connection:
            newest: dict[str, SuiteRow] = {}
            for row in _rows(connection, None):
                newest.setdefault(row.name, row)
        return [newest[name] for name in sorted(newest)]

    def suite_versions(self, name: str) -> list[SuiteRow]:
        """Every version of a suite, newest first."""
        with self._asking() as connection:
            return _rows(connection, name)

    def latest_suite(self, address: str) -> Suite | None:
        """The newest version of the suite of that name, or the suite of that unique version prefix.

        Its cases are fetched when they are first looked at. Raises UsageError where several versions begin with
        `address`.
        """
        with self._asking() as connection:
            suites = fetch(connection, "SELECT version, name FROM suites ORDER BY added_at DESC, version")
            versions = [row["version"] for row in suites]
            version = next((row["version"] for row in suites if row["name"] == address), None)
            if version is None and not any(one.startswith(address) for one in versions):
                return None
            version = version or resolve("suite version", address, versions)
            (row,) = fetch(connection, "SELECT * FROM suites WHERE version = ?", [version])
            sizes = "SELECT tier, count(*) FROM suite_cases WHERE version = ? GROUP BY tier"
            counted: dict[Tier, int] = dict(connection.execute(sizes, [version]).fetchall())
        return readable("suite", suite_from_row, row, StoredCases(counted, partial(self._suite_cases, version)))

    def find_suite(self, address: str) -> tuple[Suite, dict[str, Tier]] | None:
        """The suite that `latest_suite` finds with the tier of each of its cases, by content."""
        with self._asking() as connection:
            suite = self.latest_suite(address)
            if suite is None:
                return None
            tiers = "SELECT content, tier FROM suite_cases WHERE version = ? ORDER BY position"
            return suite, dict(connection.execute(tiers, [suite.version]).fetchall())

    def has_suite(self, version: str) -> bool:
        """Whether the suite of that version is in the store, with all its cases."""
        with self._asking() as connection:
            return bool(connection.execute("SELECT 1 FROM suites WHERE version = ?", [version]).fetchall())

    def cases_of(self, version: str, contents: Collection[str]) -> dict[str, Case]:
        """Those cases of a suite version, by content."""
        sql = f"{_CASES} AND content IN (SELECT unnest($contents::VARCHAR[])) ORDER BY position"
        with self._asking() as connection:
            rows = fetch(connection, sql, {"version": version, "contents": list(contents)})
        return {row["content"]: readable("case", case_from_row, row) for row in rows}

    def choice_counts(self, part: SuitePart) -> dict[int, int]:
        """How many of the part's cases have so many choices, fewest choices first."""
        sql = f"""
            SELECT json_array_length(body, '$.choices') AS choices, count(*) FROM ({part.sql}) AS part
            JOIN cases USING (content) WHERE selected GROUP BY choices ORDER BY choices"""
        with self._asking() as connection:
            rows = connection.execute(sql, part.values).fetchall()
        return {readable("case", int, choices): count for choices, count in rows}

    def _suite_cases(self, version: str) -> tuple[Case, ...]:
        with self._asking() as connection:
            rows = fetch(connection, f"{_CASES} ORDER BY position", {"version": version})
        return tuple(readable("case", case_from_row, row) for row in rows)


def _rows(connection: DuckDBPyConnection, name: str | None) -> list[SuiteRow]:
    return [SuiteRow(**{**row, "tiers": row["tiers"] or {}}) for row in fetch(connection, _ROWS, [name])]
