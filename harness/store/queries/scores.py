"""Questions about predictions, scores and findings; all of them answer for 100,000 cases at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from harness.errors import StoreError
from harness.evaluation.records import Evaluation, MetricRecord, PredictionKey
from harness.store.queries.asking import Asks, fetch, readable
from harness.store.rows.evaluation_rows import metric_from_row, prediction_from_row
from harness.store.rows.listed import EvaluationCase, SizeRow
from harness.store.rows.suite_part import SuitePart
from harness.types import Finding, Kind, Prediction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# At most what a row takes in the file, where texts of ordinary words shrink to half.
ANSWER_BYTES = """(96 + strlen(array_to_string(replies, '')) + coalesce(strlen(error), 0)
    + 12 * coalesce(len(log_likelihoods), 0))"""
_CASES = """
    FROM evaluation_cases AS cases
    LEFT JOIN scores ON scores.answer_key = cases.answer_key AND scores.content = cases.content
        AND scores.metric = $metric AND scores.samples = $samples
    WHERE cases.evaluation = $evaluation AND cases.kind = $kind"""
# What the suite still has of an evaluation; `keys` are metrics or checks.
_ASKED = """
    SELECT position, evaluation_cases.content, kind, answer_key, key
    FROM evaluation_cases SEMI JOIN ({suite}) AS suite USING (content), (SELECT unnest($keys::VARCHAR[]) AS key)
    WHERE evaluation = $evaluation AND kind = $kind"""
_REPLIES = f"SELECT *, unnest(range($samples)) AS sample FROM ({_ASKED})"
_CHECK_TOLD = """
    WITH asked AS (SELECT * FROM evaluation_cases WHERE evaluation = $evaluation AND kind = 'text'),
    wanted AS (
        SELECT content, answer_key, unnest(range($samples)) AS sample
        FROM ({suite}) AS suite LEFT JOIN asked USING (content) WHERE selected OR answer_key IS NOT NULL),
    told AS (
        FROM wanted LEFT JOIN (
            SELECT *, json_array_length(findings) AS hits, coalesce(len(list_filter(
                json_extract_string(findings, '$[*].partial'), lambda partial: partial = 'true')), 0) AS parts
            FROM checked WHERE "check" = $check) USING (answer_key, content, sample)
        LEFT JOIN (SELECT answer_key, sample, error IS NULL AS came FROM predictions) USING (answer_key, sample))"""
_WANTED = "(SELECT DISTINCT unnest($keys::VARCHAR[]) AS answer_key)"


class ScoreQuestions(Asks):
    """What was answered, and what the answers are worth."""

    def predictions(self, answer_keys: Collection[str]) -> dict[str, list[Prediction]]:
        """The stored predictions of each answer key that has any, by sample."""
        sql = f"SELECT predictions.* FROM predictions JOIN {_WANTED} USING (answer_key) ORDER BY answer_key, sample"
        found: dict[str, list[Prediction]] = {}
        with self._asking() as connection:
            for row in fetch(connection, sql, {"keys": list(answer_keys)}):
                found.setdefault(row["answer_key"], []).append(readable("prediction", prediction_from_row, row))
        return found

    def known_keys(self, answer_keys: Collection[str]) -> set[PredictionKey]:
        """The prediction keys that are stored, of those answer keys."""
        sql = f"SELECT answer_key, sample FROM predictions JOIN {_WANTED} USING (answer_key)"
        with self._asking() as connection:
            return {PredictionKey(*row) for row in connection.execute(sql, {"keys": list(answer_keys)}).fetchall()}

    def stored_sizes(self) -> list[SizeRow]:
        """How many answers and scores are stored, and about how many bytes they take."""
        score = "(96 + 8 * len(statistics) + strlen(answer_key) + strlen(content) + strlen(metric))"
        with self._asking() as connection:
            return [
                SizeRow(what, *connection.execute(sql).fetchall()[0])
                for what, sql in (
                    ("answers", f"SELECT count(*), coalesce(sum({ANSWER_BYTES}), 0)::BIGINT FROM predictions"),
                    ("scores", f"SELECT count(*), coalesce(sum({score}), 0)::BIGINT FROM scores"),
                )
            ]

    def metric(self, key: str) -> MetricRecord | None:
        """The metric of that key."""
        with self._asking() as connection:
            rows = fetch(connection, "SELECT * FROM metrics WHERE key = ?", [key])
        return readable("metric", metric_from_row, rows[0]) if rows else None

    def statistics(
        self, evaluation: str, metric: str, samples: int
    ) -> tuple[list[str], NDArray[np.float64], list[str | None]]:
        """Contents, statistics and errors of the evaluation's cases of the metric's kind, in the order of the suite.

        The matrix is cases × statistics in the stored order of names; a row without a score is NaN. An error is that of
        the first sample that has one. Raises StoreError for a metric that is not stored.
        """
        with self._asking() as connection:
            known = self.metric(metric)
            if known is None:
                raise StoreError(f"metric key {metric!r}: not in the store; evaluate with this metric first")
            wanted = {"evaluation": evaluation, "metric": metric, "samples": samples, "kind": known.reads}
            rows = connection.execute(
                f"""
                WITH failed AS (
                    SELECT answer_key, min_by(error, sample) AS error FROM predictions
                    WHERE error IS NOT NULL AND sample < $samples GROUP BY answer_key)
                SELECT cases.content, (SELECT error FROM failed WHERE failed.answer_key = cases.answer_key)
                {_CASES} ORDER BY cases.position""",
                wanted,
            ).fetchall()
            figures = connection.execute(
                f"""
                SELECT value FROM (
                    SELECT cases.position, unnest(list_resize(coalesce(statistics, []), $width)) AS value,
                        generate_subscripts(list_resize(coalesce(statistics, []), $width), 1) AS number
                    {_CASES}) ORDER BY position, number""",
                {**wanted, "width": len(known.names)},
            ).fetchnumpy()["value"]
        return [row[0] for row in rows], _matrix(figures, len(rows), len(known.names)), [row[1] for row in rows]

    def scored_keys(self, metric: str, samples: int, answer_keys: Collection[str]) -> set[tuple[str, str]]:
        """The (answer key, content) pairs among `answer_keys` that the metric has scored."""
        sql = f"""
            SELECT answer_key, content FROM scores JOIN {_WANTED} USING (answer_key)
            WHERE metric = $metric AND samples = $samples"""
        with self._asking() as connection:
            values = {"keys": list(answer_keys), "metric": metric, "samples": samples}
            return {(key, content) for key, content in connection.execute(sql, values).fetchall()}

    def unscored(
        self, part: SuitePart, evaluation: Evaluation, kind: Kind, metrics: Collection[str]
    ) -> list[EvaluationCase]:
        """The answered cases of the suite that one of the metrics has not scored, in the order of the evaluation."""
        sql = f"""
            WITH lacking AS MATERIALIZED (
                SELECT DISTINCT position, content, kind, answer_key FROM ({_ASKED.format(suite=part.sql)})
                ANTI JOIN (SELECT answer_key, content, metric AS key FROM scores WHERE samples = $samples)
                USING (answer_key, content, key))
            SELECT position, content, answer_key FROM lacking SEMI JOIN (
                SELECT answer_key FROM predictions SEMI JOIN lacking USING (answer_key)
                WHERE error IS NULL AND sample < $samples GROUP BY answer_key HAVING count(*) = $samples
            ) USING (answer_key) ORDER BY position"""
        wanted = {"evaluation": evaluation.id, "kind": kind, "samples": evaluation.samples(kind), "keys": list(metrics)}
        with self._asking() as connection:
            rows = connection.execute(sql, {**wanted, **part.values}).fetchall()
        return [EvaluationCase(position, content, kind, key) for position, content, key in rows]

    def replied_choices(self, part: SuitePart, evaluation: Evaluation) -> list[EvaluationCase]:
        """The cases of the suite whose choices were answered by a reply, in the order of the evaluation."""
        sql = f"""
            SELECT position, content, kind, answer_key FROM evaluation_cases
            SEMI JOIN ({part.sql}) AS suite USING (content)
            SEMI JOIN (
                SELECT answer_key FROM predictions WHERE kind = 'choice' AND error IS NULL AND len(replies) > 0
            ) USING (answer_key)
            WHERE evaluation = $evaluation AND kind = 'choice' ORDER BY position"""
        with self._asking() as connection:
            rows = connection.execute(sql, {"evaluation": evaluation.id, **part.values}).fetchall()
        return [EvaluationCase(*row) for row in rows]

    def unchecked(self, part: SuitePart, evaluation: Evaluation, checks: Collection[str]) -> list[EvaluationCase]:
        """The cases of the suite with a reply that one of the checks has not seen, in the order of the evaluation."""
        sql = f"""
            SELECT DISTINCT position, content, kind, answer_key FROM ({_REPLIES.format(suite=part.sql)})
            ANTI JOIN (SELECT *, "check" AS key FROM checked) USING (answer_key, content, key, sample)
            SEMI JOIN (SELECT answer_key, sample FROM predictions WHERE error IS NULL) USING (answer_key, sample)
            ORDER BY position"""
        wanted = {"evaluation": evaluation.id, "kind": "text", "samples": evaluation.samples("text")}
        with self._asking() as connection:
            rows = connection.execute(sql, {**wanted, **part.values, "keys": list(checks)}).fetchall()
        return [EvaluationCase(*row) for row in rows]

    def check_outcomes(
        self, part: SuitePart, evaluation: Evaluation, check: str
    ) -> list[tuple[bool, bool, bool, str | None, bool]]:
        """Of each reply to the suite's cases: does the check apply, find, lack it; why unchecked; found in part only.

        What the check lacks is a reply that it could not judge. Replies that never came are `lacking_replies`.
        """
        sql = f"""{_CHECK_TOLD.format(suite=part.sql)}
            SELECT coalesce(applies, true), coalesce(hits > parts, false), applies IS NULL, unchecked,
                coalesce(parts > 0 AND hits = parts, false)
            FROM told WHERE applies IS NOT NULL OR came"""
        with self._asking() as connection:
            return connection.execute(sql, _of_check(part, evaluation, check)).fetchall()

    def lacking_replies(self, part: SuitePart, evaluation: Evaluation, check: str) -> list[tuple[str, bool]]:
        """The content of each of the suite's cases whose reply never came to the check, once a sample.

        True where the answer failed, False where there is none.
        """
        sql = f"""{_CHECK_TOLD.format(suite=part.sql)}
            SELECT content, came IS NOT NULL FROM told
            WHERE applies IS NULL AND NOT coalesce(came, false) ORDER BY ALL"""
        with self._asking() as connection:
            return connection.execute(sql, _of_check(part, evaluation, check)).fetchall()

    def findings(self, evaluation: str, check: str) -> list[tuple[str, Finding]]:
        """What the check found in the evaluation's replies, each with the id of its case, in the order of the suite."""
        sql = """
            SELECT coalesce(case_id, content) AS name, findings FROM (SELECT * EXCLUDE (version) FROM checked)
            JOIN evaluation_cases USING (answer_key, content)
            JOIN (SELECT id AS evaluation, suite_version AS version FROM evaluations) USING (evaluation)
            LEFT JOIN (SELECT version, content, case_id FROM suite_cases) USING (version, content)
            WHERE evaluation = ? AND "check" = ? AND json_array_length(findings) > 0
            ORDER BY evaluation_cases.position, sample"""
        with self._asking() as connection:
            rows = fetch(connection, sql, [evaluation, check])
        return [(row["name"], Finding(**one)) for row in rows for one in row["findings"]]

    def checked_keys(self, check: str, answer_keys: Collection[str]) -> set[tuple[str, str, int]]:
        """The (answer key, content, sample) triples among `answer_keys` that the check has looked at."""
        sql = f"""
            SELECT answer_key, content, sample FROM checked JOIN {_WANTED} USING (answer_key)
            WHERE "check" = $check"""
        with self._asking() as connection:
            values = {"keys": list(answer_keys), "check": check}
            return {(key, content, sample) for key, content, sample in connection.execute(sql, values).fetchall()}


def _of_check(part: SuitePart, evaluation: Evaluation, check: str) -> dict[str, Any]:
    wanted = {"evaluation": evaluation.id, "samples": evaluation.samples("text"), "check": check}
    return {**wanted, **part.values}


def _matrix(figures: NDArray[np.float64] | np.ma.MaskedArray, cases: int, width: int) -> NDArray[np.float64]:
    import numpy as np

    return np.ma.filled(figures.astype(np.float64), np.nan).reshape(cases, width)
