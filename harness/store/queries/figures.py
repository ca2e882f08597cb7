"""Questions about figures over time: values of metrics, how comparisons came out before, and noise floors."""

from __future__ import annotations

from harness.comparison.records import Comparison, Noise
from harness.store.queries.asking import Asks, fetch, readable
from harness.store.queries.evaluations import evaluations_of
from harness.store.rows.comparison_rows import comparison_from_record
from harness.store.rows.figure_rows import FigureRow, figure_from_row, noise_from_row


class FigureQuestions(Asks):
    """How a metric has moved, and how much it moves by itself."""

    def figures(
        self, metric: str, suite: str | None = None, selection: str | None = None, limit: int = 1000
    ) -> list[FigureRow]:
        """The values of the metric of that name, oldest evaluation first; of many the newest `limit`."""
        sql = """
            SELECT figures.* FROM figures JOIN evaluations ON evaluations.id = figures.evaluation
            WHERE figures.name = ? AND suite = coalesce(?, suite) AND selection = coalesce(?, selection)
            ORDER BY created_at DESC, figures.evaluation, metric LIMIT ?"""
        with self._asking() as connection:
            rows = fetch(connection, sql, [metric, suite, selection, limit])[::-1]
            of = evaluations_of(connection, {row["evaluation"] for row in rows})
        return [FigureRow(readable("figure", figure_from_row, row), of[row["evaluation"]]) for row in rows]

    def figure_names(self) -> list[tuple[str, str]]:
        """The suite and name of every metric that has a figure."""
        sql = """
            SELECT DISTINCT suite, figures.name FROM figures JOIN evaluations ON evaluations.id = figures.evaluation
            ORDER BY ALL"""
        with self._asking() as connection:
            return connection.execute(sql).fetchall()

    def past_comparisons(self, suite: str, baseline: str | None = None, limit: int = 10) -> list[Comparison]:
        """The latest comparisons of two models on the suite, newest first, each pair of evaluations once.

        `baseline`: only those with the model of that fingerprint on either side.
        """
        sql = """
            SELECT body FROM comparisons
            JOIN evaluations AS before ON before.id = comparisons.baseline
            JOIN evaluations AS after ON after.id = comparisons.candidate
            WHERE comparisons.suite = $suite AND before.fingerprint <> after.fingerprint
                AND ($baseline IS NULL OR $baseline IN (before.fingerprint, after.fingerprint))
            QUALIFY row_number() OVER (PARTITION BY baseline, candidate ORDER BY comparisons."at" DESC) = 1
            ORDER BY comparisons."at" DESC LIMIT $limit"""
        with self._asking() as connection:
            rows = fetch(connection, sql, {"suite": suite, "baseline": baseline, "limit": limit})
        return [readable("comparison", comparison_from_record, row["body"]) for row in rows]

    def noise(self, suite: str, key: str, fingerprint: str | None = None) -> Noise | None:
        """The metric's noise floor on the suite as it was measured last: of that model where it was, else of any."""
        sql = """
            SELECT * FROM noises WHERE suite = ? AND metric = ?
            ORDER BY fingerprint IS NOT DISTINCT FROM ? DESC, "at" DESC LIMIT 1"""
        with self._asking() as connection:
            rows = fetch(connection, sql, [suite, key, fingerprint])
        return readable("noise floor", noise_from_row, rows[0]) if rows else None
