"""Questions about evaluations and the names they go by."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from harness.evaluation.records import Evaluation
from harness.store.queries.asking import Asks, fetch, readable, resolve
from harness.store.rows.evaluation_rows import evaluation_from_row
from harness.store.rows.listed import EvaluationCase, Progress
from harness.types import Kind, ModelReference

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# A name belongs, in each suite, to the evaluation it was given last. What became known only when the model was opened
# (threads, device) is the `facts` of a state.
NAMES = """
    SELECT name, evaluation, suite, "at" FROM evaluation_names
    JOIN (SELECT id AS evaluation, suite FROM evaluations) USING (evaluation)
    QUALIFY row_number() OVER (PARTITION BY name, suite ORDER BY "at" DESC, evaluation) = 1"""
_EVALUATIONS = f"""
    SELECT evaluations.* REPLACE (coalesce(said.facts, evaluations.facts) AS facts), names.name,
        coalesce(states.state, 'running') AS state, coalesce(states."at", evaluations.created_at) AS measured_at
    FROM evaluations
    LEFT JOIN (
        FROM ({NAMES}) QUALIFY row_number() OVER (PARTITION BY evaluation ORDER BY "at" DESC, name) = 1
    ) AS names ON names.evaluation = evaluations.id
    LEFT JOIN (
        FROM states WHERE subject = 'evaluation'
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY "at" DESC, state <> 'running' DESC) = 1
    ) AS states ON states.id = evaluations.id
    LEFT JOIN (
        SELECT id, detail -> 'facts' AS facts FROM states
        WHERE subject = 'evaluation' AND (detail -> 'facts') IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY "at" DESC) = 1
    ) AS said ON said.id = evaluations.id"""

# Each answer that an evaluation asked for, and whether it came.
_WANTED = """
    SELECT evaluation, answer_key, unnest(range(CASE kind WHEN 'text' THEN $samples ELSE 1 END)) AS sample
    FROM evaluation_cases WHERE evaluation = $evaluation AND list_contains($kinds, kind)"""
_UNFINISHED = """
    WITH unfinished AS (
        SELECT id, detail ->> 'run' AS run FROM (
            FROM states WHERE subject = 'evaluation'
            QUALIFY row_number() OVER (PARTITION BY id ORDER BY "at" DESC, state <> 'running' DESC) = 1)
        WHERE state = 'running' AND list_contains($runs, detail ->> 'run')),
    asked AS (
        SELECT evaluation, answer_key, unnest(range(
            CASE kind WHEN 'text' THEN coalesce((settings ->> 'samples')::INTEGER, 1) ELSE 1 END)) AS sample
        FROM evaluation_cases JOIN evaluations ON evaluations.id = evaluation
        SEMI JOIN unfinished ON unfinished.id = evaluation),
    counted AS (
        SELECT evaluation AS id, count(kind) AS answered, count(*) AS wanted
        FROM asked LEFT JOIN predictions USING (answer_key, sample) GROUP BY evaluation)
    SELECT unfinished.run, suite, model, answered, wanted
    FROM unfinished JOIN counted USING (id) JOIN evaluations USING (id) ORDER BY created_at, id"""
# What the length of a reply depends on, besides the model and the case.
_LENGTH = "settings ->> ['max_new_tokens', 'temperature', 'top_p', 'stop']"


class EvaluationQuestions(Asks):
    """Which evaluations there are, and what was asked in each."""

    def evaluation(self, address: str, suite: str | None = None) -> Evaluation:
        """The evaluation of that id, name or unique prefix; raises UsageError that lists what there is.

        One name may stand for an evaluation in each of several suites: that of `suite`, or the one named last.
        """
        with self._asking() as connection:
            known = fetch(connection, "SELECT id FROM evaluations ORDER BY created_at DESC, id")
            names = fetch(
                connection, f'SELECT * FROM ({NAMES}) WHERE suite = coalesce(?, suite) ORDER BY "at"', [suite]
            )
            named = {row["name"]: row["evaluation"] for row in names}
            found = resolve("evaluation", address, [row["id"] for row in known], named)
            return _evaluation(fetch(connection, f"{_EVALUATIONS} WHERE evaluations.id = ?", [found])[0])

    def evaluations(self, suite: str | None = None, limit: int = 50) -> list[Evaluation]:
        """The evaluations measured last, of one suite or of all; measuring one again makes it the newest."""
        sql = f"""
            {_EVALUATIONS} WHERE evaluations.suite = coalesce(?, evaluations.suite)
            ORDER BY measured_at DESC, evaluations.id LIMIT ?"""
        with self._asking() as connection:
            return [_evaluation(row) for row in fetch(connection, sql, [suite, limit])]

    def same_model(self, evaluation: Evaluation) -> list[Evaluation]:
        """The evaluation and the complete ones of its model on the suite, drawn and computed alike; newest first."""
        sql = f"""
            {_EVALUATIONS} WHERE evaluations.suite = ? AND evaluations.fingerprint = ?
            ORDER BY measured_at DESC, evaluations.id"""
        with self._asking() as connection:
            rows = fetch(connection, sql, [evaluation.suite, evaluation.fingerprint])
        drawn = (evaluation.numerics, dict(evaluation.settings))
        return [
            one
            for one in map(_evaluation, rows)
            if one.id == evaluation.id or (one.state == "complete" and (one.numerics, dict(one.settings)) == drawn)
        ]

    def first_measured(self, evaluation: str) -> Evaluation | None:
        """The evaluation of that id as it was first begun, with its latest state and facts; None where it is new."""
        with self._asking() as connection:
            return evaluations_of(connection, [evaluation]).get(evaluation)

    def is_answered(self, evaluation: Evaluation, kinds: Collection[Kind]) -> bool:
        """Whether all of the evaluation's cases were asked for all of these kinds, and every sample has its answer."""
        sql = f"""
            SELECT count(*), count(kind) FROM ({_WANTED}) LEFT JOIN predictions USING (answer_key, sample)"""
        values = {"evaluation": evaluation.id, "kinds": list(kinds), "samples": evaluation.samples("text")}
        with self._asking() as connection:
            found = connection.execute(sql, values).fetchall()[0]
        wanted = evaluation.cases * sum(evaluation.samples(kind) for kind in kinds)
        return found == (wanted, wanted)

    def progress(self, runs: Collection[str]) -> list[Progress]:
        """The evaluations that these runs have begun and nobody has completed, in the order of their beginning."""
        with self._asking() as connection:
            rows = fetch(connection, _UNFINISHED, {"runs": list(runs)})
        return [Progress(**{**row, "model": ModelReference(**row["model"])}) for row in rows]

    def removed(self, evaluations: Collection[str]) -> dict[str, str]:
        """Of these evaluations, those whose answers were removed since they were measured, and when."""
        sql = """
            SELECT id, strftime(max("at") FILTER (subject = 'answers'), '%Y-%m-%d %H:%M:%S') FROM states
            WHERE list_contains($ids, id) AND subject IN ('answers', 'evaluation') GROUP BY id
            HAVING max("at") FILTER (subject = 'answers') > max("at") FILTER (subject = 'evaluation')"""
        with self._asking() as connection:
            return dict(connection.execute(sql, {"ids": list(evaluations)}).fetchall())

    def reply_lengths(self, evaluation: Evaluation) -> dict[str, int]:
        """By case content, the median of new tokens of any model's replies to the evaluation's cases, drawn alike.

        Only runs count that had ended before the evaluation was first begun: however often it is resumed, and whatever
        is measured meanwhile, it is told the same.
        """
        sql = f"""
            WITH mine AS (SELECT content FROM evaluation_cases WHERE evaluation = $evaluation AND kind = 'text'),
            alike AS (SELECT id AS evaluation FROM evaluations WHERE {_LENGTH} =
                (SELECT {_LENGTH} FROM evaluations WHERE id = $evaluation)),
            ended AS (SELECT id AS run FROM states WHERE subject = 'run' AND state = 'complete' AND "at" < $before),
            asked AS (
                SELECT DISTINCT content, answer_key FROM evaluation_cases SEMI JOIN mine USING (content)
                SEMI JOIN alike USING (evaluation) WHERE kind = 'text')
            SELECT content, quantile_disc(new_tokens, 0.5) FROM asked JOIN predictions USING (answer_key)
            SEMI JOIN ended USING (run) WHERE error IS NULL AND new_tokens > 0 GROUP BY content"""
        with self._asking() as connection:
            values = {"evaluation": evaluation.id, "before": evaluation.created_at}
            return dict(connection.execute(sql, values).fetchall())

    def kinds_asked(self, evaluation: str) -> set[str]:
        """What kinds of answers were asked for in the evaluation of that id."""
        with self._asking() as connection:
            found = connection.execute("SELECT DISTINCT kind FROM evaluation_cases WHERE evaluation = ?", [evaluation])
            return {kind for (kind,) in found.fetchall()}

    def evaluation_cases(self, evaluation: str) -> list[EvaluationCase]:
        """What was asked in the evaluation of that id, in the order of its suite."""
        sql = """
            SELECT position, content, kind, answer_key FROM evaluation_cases WHERE evaluation = ?
            ORDER BY position, kind"""
        with self._asking() as connection:
            return [EvaluationCase(*row) for row in connection.execute(sql, [evaluation]).fetchall()]


def evaluations_of(connection: DuckDBPyConnection, identifiers: Collection[str]) -> dict[str, Evaluation]:
    """The evaluations of these ids, by id."""
    rows = fetch(connection, f"{_EVALUATIONS} WHERE evaluations.id IN (SELECT unnest(?::VARCHAR[]))", [[*identifiers]])
    return {row["id"]: _evaluation(row) for row in rows}


def _evaluation(row: dict[str, Any]) -> Evaluation:
    """The evaluation of a row, without the time by which it was sorted."""
    del row["measured_at"]
    return readable("evaluation", evaluation_from_row, row)
