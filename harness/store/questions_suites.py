"""Questions about suites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.records import Suite
from harness.store.asking import Asks, fetch, resolve
from harness.store.rows import SuiteRow
from harness.store.suite_rows import suite_from_rows
from harness.types import Tier

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS = """
    SELECT name, version, count(content) AS cases, histogram(tier) AS tiers, added_at, source
    FROM suites LEFT JOIN suite_cases USING (version) WHERE name = coalesce(?, name) GROUP BY ALL
    ORDER BY added_at DESC, version"""

_CASES = """
    SELECT suite_cases.*, cases.body FROM suite_cases JOIN cases USING (content) WHERE version = ? ORDER BY position"""


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
        """The suite that `find_suite` finds, without its tiers."""
        found = self.find_suite(address)
        return found[0] if found else None

    def find_suite(self, address: str) -> tuple[Suite, dict[str, Tier]] | None:
        """The newest version of the suite of that name, or the suite of that unique version prefix; its cases' tiers.

        Raises UsageError where several versions begin with `address`.
        """
        with self._asking() as connection:
            suites = fetch(connection, "SELECT version, name FROM suites ORDER BY added_at DESC, version")
            versions = [row["version"] for row in suites]
            version = next((row["version"] for row in suites if row["name"] == address), None)
            if version is None and not any(one.startswith(address) for one in versions):
                return None
            version = version or resolve("suite version", address, versions)
            (suite,) = fetch(connection, "SELECT * FROM suites WHERE version = ?", [version])
            cases = fetch(connection, _CASES, [version])
        return suite_from_rows(suite, cases)


def _rows(connection: DuckDBPyConnection, name: str | None) -> list[SuiteRow]:
    return [SuiteRow(**{**row, "tiers": row["tiers"] or {}}) for row in fetch(connection, _ROWS, [name])]
