"""Questions about which models were compared, measured and tried on the same cases."""

from __future__ import annotations

from harness.store.queries.asking import Asks, fetch, readable
from harness.store.rows.comparison_rows import comparison_from_record
from harness.store.rows.listed import GateRow

# Comparisons without a run are those of a refinement's cycles, and `compare` leaves the anchor out: no gates.
_GATES = """
    SELECT comparisons.run, comparisons."at", comparisons.body FROM comparisons
    JOIN evaluations AS before ON before.id = comparisons.baseline
    JOIN evaluations AS after ON after.id = comparisons.candidate
    LEFT JOIN runs ON runs.id = comparisons.run
    WHERE comparisons.run IS NOT NULL AND coalesce(runs.command, '') NOT LIKE 'compare %'
        AND coalesce(comparisons.body ->> 'against', 'baseline') = 'baseline'
        AND comparisons.suite = ? AND before.fingerprint = ?"""


class ComparisonQuestions(Asks):
    """Who was compared with whom, and on what."""

    def gates(self, suite: str, baseline: str, candidate: str | None = None) -> list[GateRow]:
        """The comparisons of gates with the model of that fingerprint as baseline, newest first.

        `candidate`, a fingerprint, too, leaves those of one pair.
        """
        sql = f'{_GATES} AND after.fingerprint = coalesce(?, after.fingerprint) ORDER BY comparisons."at" DESC'
        with self._asking() as connection:
            rows = fetch(connection, sql, [suite, baseline, candidate])
        return [
            GateRow(row["run"], row["at"], readable("comparison", comparison_from_record, row["body"])) for row in rows
        ]

    def models_tried(self, evaluation: str, since: str | None) -> set[str]:
        """The fingerprints of models that were measured, or judged by a gate, on a case of the evaluation since then.

        All there ever were where `since` is None. What was only imported was not measured.
        """
        sql = """
            WITH mine AS (SELECT DISTINCT content FROM evaluation_cases WHERE evaluation = $evaluation),
            tried AS (
                SELECT id AS evaluation FROM states
                WHERE subject = 'evaluation' AND state = 'complete' AND coalesce("at" > $since::TIMESTAMP, true)
                UNION SELECT candidate FROM comparisons
                WHERE run IS NOT NULL AND coalesce("at" > $since::TIMESTAMP, true))
            SELECT DISTINCT fingerprint FROM evaluations WHERE id IN (
                SELECT evaluation FROM evaluation_cases
                SEMI JOIN tried USING (evaluation) SEMI JOIN mine USING (content))"""
        with self._asking() as connection:
            found = connection.execute(sql, {"evaluation": evaluation, "since": since}).fetchall()
        return {fingerprint for (fingerprint,) in found}

    def contents(self, evaluation: str) -> set[str]:
        """The cases of the evaluation, by content."""
        sql = "SELECT DISTINCT content FROM evaluation_cases WHERE evaluation = ?"
        with self._asking() as connection:
            return {content for (content,) in connection.execute(sql, [evaluation]).fetchall()}

    def contents_seen(self, suite: str, fingerprint: str, until: str) -> set[str]:
        """The cases of the suite that the model had been measured on by then, by content."""
        sql = """
            SELECT DISTINCT content FROM evaluation_cases WHERE evaluation IN (
                SELECT id FROM evaluations WHERE suite = ? AND fingerprint = ? AND created_at <= ?::TIMESTAMP)"""
        with self._asking() as connection:
            return {content for (content,) in connection.execute(sql, [suite, fingerprint, until]).fetchall()}
