"""Both sides of a comparison, case by case: joined where the scores are, and handed over as arrays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from harness.evaluation.records import Evaluation, MetricRecord
from harness.store.queries.asking import Asks
from harness.store.rows.suite_part import SuitePart
from harness.types import Kind

if TYPE_CHECKING:
    import numpy as np
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

MOST_VALUES = 50
"""A slice key with more values than this names single cases rather than groups of them; it has no slices."""

# A case that the candidate should have been asked is on its side, answered or not; one that the suite no longer has is
# on neither. What both sides have comes first, by content.
_CASES = """
    CREATE OR REPLACE TEMP TABLE paired_cases AS
    WITH suite AS ({suite}),
    before AS (SELECT content, answer_key FROM evaluation_cases WHERE evaluation = $baseline AND kind = $kind),
    after AS (SELECT content, answer_key FROM evaluation_cases WHERE evaluation = $candidate AND kind = $kind)
    SELECT (row_number() OVER (ORDER BY on_baseline AND on_candidate DESC, content) - 1)::INTEGER AS number, *
    FROM (
        SELECT content, cluster, slices, before.answer_key AS baseline, after.answer_key AS candidate,
            before.answer_key IS NOT NULL AS on_baseline, selected OR after.answer_key IS NOT NULL AS on_candidate
        FROM suite LEFT JOIN before USING (content) LEFT JOIN after USING (content)
        WHERE on_baseline OR on_candidate)"""
_COUNTS = """
    SELECT count(*) FILTER (on_baseline AND on_candidate), count(*) FILTER (on_candidate), count(*) FILTER (on_baseline)
    FROM paired_cases"""
# md5, because DuckDB's own hash may change with its version; a thousand contents, because a million cost a second.
_SEED = "SELECT bit_xor(md5_number_lower(content)) FROM paired_cases WHERE number < least($n, 1000)"
_SCORES = """
    SELECT list_position($metrics, metric) - 1 AS metric, number, {columns}
    FROM paired_cases JOIN scores ON scores.answer_key = paired_cases.{side} AND scores.content = paired_cases.content
    WHERE number < $n AND samples = $samples AND list_contains($metrics, metric)"""
_ROWS = """
    SELECT content, number FROM paired_cases SEMI JOIN (SELECT unnest($named::VARCHAR[]) AS content) USING (content)
    WHERE number < $n"""
# Only clusters of several cases are fetched: most suites have none.
_CLUSTERS = """
    SELECT number, first FROM paired_cases JOIN (
        SELECT cluster, min(number) AS first FROM paired_cases WHERE number < $n GROUP BY cluster HAVING count(*) > 1
    ) USING (cluster) WHERE number < $n"""
_SLICES = """
    CREATE OR REPLACE TEMP TABLE sliced_cases AS
    SELECT number, slice.key AS key, slice.value AS value FROM (
        SELECT number, unnest(map_entries(from_json(slices, '"MAP(VARCHAR, VARCHAR)"'))) AS slice
        FROM paired_cases WHERE number < $n AND slices <> '{}')"""
_VALUES = """
    SELECT key, value FROM sliced_cases GROUP BY key, value
    QUALIFY count(*) OVER (PARTITION BY key) <= $most ORDER BY key, value"""


@dataclass(frozen=True)
class PairedScores:
    """The n cases that both sides share, ordered by content, with the scores of every metric on either side.

    `scores`: by metric key the baseline's and the candidate's statistics (n × k, NaN where there is no score).
    `clusters` (n) are numbered by their first row. `slices`: by key and value, which rows (n) are in the slice.
    `contents`: of the rows in which a metric lacks a score. `rows`: of the contents that were named. `seed` depends on
    the first contents alone.
    """

    added: int
    removed: int
    seed: int
    clusters: NDArray[np.int64]
    slices: Mapping[tuple[str, str], NDArray[np.bool_]]
    scores: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]]
    contents: Mapping[int, str]
    rows: Mapping[str, int]


class PairQuestions(Asks):
    """What a comparison is made of."""

    def paired(
        self,
        part: SuitePart,
        kind: Kind,
        baseline: Evaluation,
        candidate: Evaluation,
        metrics: Sequence[MetricRecord],
        named: Collection[str] = (),
    ) -> PairedScores:
        """The cases of a stored suite that were asked on both sides, with the metrics' scores of answers of that kind.

        Cases that the suite no longer has are left out; of those it has, the candidate should have been asked the part.
        """
        sides = {"baseline": baseline, "candidate": candidate}
        samples = {side: one.samples(kind) for side, one in sides.items()}
        with self._asking() as connection:
            asked = {"baseline": baseline.id, "candidate": candidate.id, "kind": kind, **part.values}
            connection.execute(_CASES.format(suite=part.sql), asked)
            n, after, before = connection.execute(_COUNTS).fetchall()[0]
            scores: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
            for width, alike in groupby(sorted(metrics, key=_width), key=_width):
                keys = [metric.key for metric in alike]
                both = [_statistics(connection, side, samples[side], keys, width, n) for side in sides]
                scores.update({key: (both[0][i], both[1][i]) for i, key in enumerate(keys)})
            return PairedScores(
                added=after - n,
                removed=before - n,
                seed=connection.execute(_SEED, {"n": n}).fetchall()[0][0] or 0,
                clusters=_clusters(connection, n),
                slices=dict(_slices(connection, n)),
                scores=scores,
                contents=_contents(connection, scores, n),
                rows=dict(connection.execute(_ROWS, {"named": list(named), "n": n}).fetchall()) if named else {},
            )


def _width(metric: MetricRecord) -> int:
    return len(metric.names)


def _statistics(
    connection: DuckDBPyConnection, side: str, samples: int, metrics: Sequence[str], width: int, n: int
) -> NDArray[np.float64]:
    """The scores of one side (metrics × n × width); metrics of one width share the way through the table."""
    import numpy as np

    figures = np.full((len(metrics), n, width), np.nan)
    if not width:
        return figures
    columns = [f"statistics[{i + 1}] AS s{i}" for i in range(width)]
    sql = _SCORES.format(side=side, columns=", ".join(columns))
    found = connection.execute(sql, {"metrics": list(metrics), "samples": samples, "n": n}).fetchnumpy()
    for i in range(width):
        figures[found["metric"], found["number"], i] = np.ma.filled(found[f"s{i}"], np.nan)
    return figures


def _clusters(connection: DuckDBPyConnection, n: int) -> NDArray[np.int64]:
    import numpy as np

    found = connection.execute(_CLUSTERS, {"n": n}).fetchnumpy()
    first = np.arange(n, dtype=np.int64)
    if not len(found["number"]):
        return first
    first[found["number"]] = found["first"]
    return np.unique(first, return_inverse=True)[1].astype(np.int64)


def _slices(connection: DuckDBPyConnection, n: int) -> Iterator[tuple[tuple[str, str], NDArray[np.bool_]]]:
    import numpy as np

    connection.execute(_SLICES, {"n": n})
    for key, value in connection.execute(_VALUES, {"most": MOST_VALUES}).fetchall():
        sql = "SELECT number FROM sliced_cases WHERE key = ? AND value = ?"
        rows = np.zeros(n, bool)
        rows[connection.execute(sql, [key, value]).fetchnumpy()["number"]] = True
        yield (key, value), rows


def _contents(
    connection: DuckDBPyConnection,
    scores: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]],
    n: int,
) -> dict[int, str]:
    """Contents are long, so that only those are fetched which somebody will ask for."""
    import numpy as np

    lacking = np.zeros(n, bool)
    for sides in scores.values():
        for figures in sides:
            lacking |= ~np.isfinite(figures).all(axis=1)
    sql = "SELECT number, content FROM paired_cases WHERE number IN (SELECT unnest($rows::INTEGER[]))"
    rows: Any = {"rows": np.flatnonzero(lacking).tolist()}
    return dict(connection.execute(sql, rows).fetchall()) if rows["rows"] else {}
