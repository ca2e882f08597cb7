"""Questions about answers that are worth more or less on the one side than on the other."""

from __future__ import annotations

from dataclasses import dataclass

from harness.evaluation.records import Evaluation, MetricRecord
from harness.store.queries.asking import Asks

# Of the statistics of a mean score, the value of one answer is sum / count.
_SCORED = """
    SELECT content, answer_key, statistics[$sum] / statistics[$count] AS score
    FROM evaluation_cases JOIN scores USING (answer_key, content)
    WHERE evaluation = ${side} AND kind = $kind AND metric = $metric AND samples = ${side}_samples
        AND statistics[$count] > 0"""
_CHANGES = f"""
    CREATE OR REPLACE TEMP TABLE changed_cases AS
    SELECT position, content, before.score AS before, after.score AS after,
        before.answer_key AS baseline, after.answer_key AS candidate,
        CASE WHEN $higher THEN after.score - before.score ELSE before.score - after.score END AS gain,
        least(before.score, after.score) = 0 AND greatest(before.score, after.score) = 1 AS flipped
    FROM suite_cases
    JOIN ({_SCORED.format(side="baseline")}) AS before USING (content)
    JOIN ({_SCORED.format(side="candidate")}) AS after USING (content)
    WHERE version = $version"""
_COUNTS = """
    SELECT count(*), count(*) FILTER (flipped AND gain < 0), count(*) FILTER (flipped AND gain > 0),
        count(*) FILTER (NOT flipped AND gain <> 0)
    FROM changed_cases"""
_MOST = """
    SELECT content, before, after, flipped, baseline, candidate FROM (
        (FROM changed_cases WHERE gain <> 0 ORDER BY gain, position LIMIT $most - $most // 2)
        UNION (FROM changed_cases WHERE gain <> 0 ORDER BY gain DESC, position DESC LIMIT $most // 2)
    ) ORDER BY gain, position"""


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """One case with what its answers are worth; `flipped`: from 0 to 1 or back. The keys find the answers."""

    content: str
    before: float
    after: float
    flipped: bool
    baseline: str
    candidate: str


@dataclass(frozen=True, slots=True)
class ScoreChanges:
    """Of `n` cases scored on both sides: how many went from right to wrong, back, or to another score; and the most."""

    n: int
    newly_wrong: int
    newly_right: int
    changed: int
    most: tuple[ScoreChange, ...]


class ChangeQuestions(Asks):
    """Where two evaluations differ."""

    def score_changes(
        self, version: str, baseline: Evaluation, candidate: Evaluation, metric: MetricRecord, most: int
    ) -> ScoreChanges:
        """How the scores of a mean metric (sum, count) changed on the cases of a suite version.

        Of the cases that changed, at most `most` are given, the worst first: those that lost most and gained most.
        """
        values = {
            "version": version,
            "baseline": baseline.id,
            "baseline_samples": baseline.samples(metric.reads),
            "candidate": candidate.id,
            "candidate_samples": candidate.samples(metric.reads),
            "kind": metric.reads,
            "metric": metric.key,
            "sum": metric.names.index("sum") + 1,
            "count": metric.names.index("count") + 1,
            "higher": metric.higher_is_better,
        }
        with self._asking() as connection:
            connection.execute(_CHANGES, values)
            n, wrong, right, changed = connection.execute(_COUNTS).fetchall()[0]
            rows = connection.execute(_MOST, {"most": most}).fetchall()
        return ScoreChanges(n, wrong, right, changed, tuple(ScoreChange(*row) for row in rows))
