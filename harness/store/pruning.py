"""Which stored answers go when there are too many, and a store file that gets smaller when they are gone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.documents.whole_files import sync_folder
from harness.errors import StoreError
from harness.store.journal.values import now
from harness.store.queries.evaluations import NAMES
from harness.store.queries.scores import ANSWER_BYTES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

RUNS_KEPT = 20
"""The answers that a comparison of one of so many latest runs rests on are never removed."""
_NEVER = 2**31 - 1
_LATEST = """
    FROM states WHERE subject = '{}'
    QUALIFY row_number() OVER (PARTITION BY id ORDER BY "at" DESC, state <> 'running' DESC) = 1"""
_KEPT = f"""
    SELECT evaluation FROM (
        FROM baselines QUALIFY row_number() OVER (PARTITION BY name, suite ORDER BY "at" DESC, evaluation) = 1)
    UNION SELECT evaluation FROM (
        FROM anchors QUALIFY row_number() OVER (PARTITION BY suite ORDER BY "at" DESC, evaluation) = 1)
    UNION SELECT evaluation FROM ({NAMES})
    UNION SELECT unnest([baseline, candidate]) FROM comparisons
        WHERE run IN (SELECT id FROM runs ORDER BY started_at DESC, id DESC LIMIT $runs)
    UNION SELECT id FROM ({_LATEST.format("evaluation")}) WHERE state <> 'complete'"""
# An answer goes with the evaluation that used it last; one that no evaluation asked for (a calibration's) goes first.
_TURNS = f"""
    CREATE OR REPLACE TEMP TABLE turns AS
    WITH used AS (
        SELECT id, max("at") AS "at" FROM (
            SELECT id, "at" FROM states WHERE subject = 'evaluation'
            UNION ALL SELECT unnest([baseline, candidate]), "at" FROM comparisons) GROUP BY id),
    evaluation_turns AS (
        SELECT id AS evaluation, row_number() OVER (ORDER BY "at" NULLS FIRST, id) AS turn
        FROM evaluations LEFT JOIN used USING (id) ANTI JOIN ({_KEPT}) AS kept ON kept.evaluation = evaluations.id),
    key_turns AS (
        SELECT answer_key, max(coalesce(turn, {_NEVER})) AS turn
        FROM evaluation_cases LEFT JOIN evaluation_turns USING (evaluation) GROUP BY answer_key),
    unfinished AS (SELECT id AS run FROM ({_LATEST.format("run")}) WHERE state <> 'complete')
    SELECT answer_key, sample, coalesce(turn, CASE WHEN run IN (FROM unfinished) THEN {_NEVER} ELSE 0 END) AS turn,
        {ANSWER_BYTES} AS bytes
    FROM predictions LEFT JOIN key_turns USING (answer_key)"""
_TOTAL = f"SELECT coalesce(sum({ANSWER_BYTES}), 0)::BIGINT FROM predictions"
_SIZES = "SELECT turn, count(*), sum(bytes)::BIGINT FROM turns GROUP BY turn ORDER BY turn"
_TOUCHED = "FROM evaluation_cases SEMI JOIN (FROM turns WHERE turn <= $last) AS gone USING (answer_key)"
_MARK = f"INSERT INTO states SELECT DISTINCT 'answers', evaluation, 'removed', $at::TIMESTAMP, NULL::JSON {_TOUCHED}"
_DELETE = """
    DELETE FROM predictions WHERE (answer_key, sample) IN (
        SELECT (answer_key, sample) FROM turns WHERE turn <= $last)"""
# Asked again, a model may answer otherwise: what is said of an answer goes with it.
_DELETE_SAID = "DELETE FROM {} WHERE answer_key NOT IN (SELECT answer_key FROM predictions)"


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many answers were removed of how many evaluations, and the bytes of all answers before and after."""

    answers: int
    evaluations: int
    before: int
    after: int


def prune(connection: DuckDBPyConnection, most_bytes: int, runs_kept: int, *, dry_run: bool) -> Pruned:
    """Remove answers, of the evaluations used longest ago first, until they take at most so many bytes, if that can be.

    Never removed are the answers of evaluations that a baseline, an anchor or a name stands for, that a comparison of
    one of the latest `runs_kept` runs rests on, or that are not complete. Scores and findings go with their answers,
    figures stay; evaluated again, an evaluation asks for what was removed.
    """
    ((before,),) = connection.execute(_TOTAL).fetchall()
    if before <= most_bytes:
        return Pruned(0, 0, before, before)
    connection.execute(_TURNS, {"runs": runs_kept})
    sizes = connection.execute(_SIZES).fetchall()
    last, after, answers = _last_turn(sizes, before, most_bytes)
    values = {"last": last}
    ((evaluations,),) = connection.execute(f"SELECT count(DISTINCT evaluation) {_TOUCHED}", values).fetchall()
    if answers and not dry_run:
        connection.execute(_MARK, {**values, "at": now()})
        connection.execute(_DELETE, values)
        for table in ("scores", "checked"):
            connection.execute(_DELETE_SAID.format(table))
    return Pruned(answers, evaluations, before, after)


def _last_turn(sizes: Sequence[tuple[int, int, int]], total: int, most: int) -> tuple[int, int, int]:
    """The last turn that has to go, what is left then, and how many answers go."""
    last, answers = -1, 0
    for turn, count, size in sizes:
        if total <= most or turn == _NEVER:
            break
        last, total, answers = turn, total - size, answers + count
    return last, total, answers


def owe_room(file: Path) -> None:
    """Note, beside the store, that it has room to give back: whatever happens until then, `owes_room` tells."""
    try:
        _note(file).touch()
    except OSError as error:
        raise StoreError(f"{_note(file)}: cannot be made: {error.strerror or error}") from error


def owes_room(file: Path) -> bool:
    """Whether rows were removed from the store and it was not made smaller since."""
    return _note(file).exists()


def compact(file: Path) -> None:
    """Write the store anew, without the room of rows that are gone, and put it in the old one's place.

    DuckDB does not give room back by itself. Whatever ends the process, the file is the old one or the new one; raises
    StoreError where it stays the old one. Only for who holds the store's lock, with no connection open.
    """
    import duckdb

    fresh = file.with_suffix(".compact")
    try:
        _remove(fresh)
        _copy(file, fresh)
        fresh.replace(file)
        sync_folder(file.parent)
    except (OSError, duckdb.Error) as error:
        said = "answers were removed, the file could not be made smaller; the next `harness store prune` tries again"
        raise StoreError(f"{file}: {said}: {error}") from error
    finally:
        _remove(fresh)
    _note(file).unlink()


def _note(file: Path) -> Path:
    return file.with_suffix(".pruned")


def _copy(file: Path, fresh: Path) -> None:
    import duckdb

    with duckdb.connect(":memory:") as connection:
        for path, options in ((file, "AS store (READ_ONLY)"), (fresh, "AS fresh")):
            quoted = str(path).replace("'", "''")
            connection.execute(f"ATTACH '{quoted}' {options}")
        connection.execute("COPY FROM DATABASE store TO fresh")
        connection.execute("DETACH fresh")
    with fresh.open("rb+") as written:
        os.fsync(written.fileno())


def _remove(fresh: Path) -> None:
    """Delete what there is of a store that was not put in place."""
    for leftover in (fresh, fresh.with_name(f"{fresh.name}.wal")):
        leftover.unlink(missing_ok=True)
