"""Questions about runs: their states, data, trainings, cycles, comparisons and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.comparison.records import Comparison, Decision, EvaluationResult
from harness.data.records import LedgerEntry
from harness.errors import ExitCode
from harness.store.queries.asking import Asks, fetch, readable, resolve
from harness.store.rows.comparison_rows import comparison_from_record, decision_from_record, result_from_record
from harness.store.rows.evaluation_rows import checkpoint_from_record
from harness.store.rows.listed import RunRow, StateRow, TrainingRow
from harness.store.schema import tables
from harness.types import Checkpoint

# The kind of a run that an earlier version had journalled, and this one took over, is told by its command.
_RUNS = """
    SELECT runs.* REPLACE (coalesce(kind, split_part(command, ' ', 1)) AS kind),
        coalesce(states.state, 'running') AS state, decisions.code
    FROM runs
    LEFT JOIN (
        FROM states WHERE subject = 'run'
        QUALIFY row_number() OVER (PARTITION BY id ORDER BY "at" DESC, state <> 'running' DESC) = 1
    ) AS states USING (id)
    LEFT JOIN (
        SELECT run AS id, (body ->> 'code')::INTEGER AS code FROM decisions
        QUALIFY row_number() OVER (PARTITION BY run ORDER BY "at" DESC) = 1
    ) AS decisions USING (id)"""


_CYCLES = """
    SELECT body FROM cycles WHERE run = ?
    QUALIFY row_number() OVER (PARTITION BY number ORDER BY "at" DESC) = 1 ORDER BY number"""


class RunQuestions(Asks):
    """What was done, and what came of it."""

    def run(self, address: str) -> RunRow:
        """The run of that id or unique prefix; raises UsageError that lists what there is."""
        with self._asking() as connection:
            known = fetch(connection, "SELECT id FROM runs ORDER BY started_at DESC, id DESC")
            found = resolve("run", address, [row["id"] for row in known])
            return _run(fetch(connection, f"{_RUNS} WHERE id = ?", [found])[0])

    def runs(self, limit: int = 50) -> list[RunRow]:
        """The latest runs, newest first."""
        with self._asking() as connection:
            rows = fetch(connection, f"{_RUNS} ORDER BY started_at DESC, id DESC LIMIT ?", [limit])
        return [_run(row) for row in rows]

    def latest_moment(self) -> str | None:
        """The latest time that is stored; None in a new store."""
        columns = [
            (table, column)
            for table, known in tables().items()
            for column, kind in known.types.items()
            if kind == "TIMESTAMP"
        ]
        asked = " UNION ALL ".join(f'SELECT max("{column}") AS latest FROM "{table}"' for table, column in columns)
        with self._asking() as connection:
            found: str | None = fetch(connection, f"SELECT max(latest) AS latest FROM ({asked})")[0]["latest"]
        return found

    def states(self, subject: str, identifier: str) -> list[StateRow]:
        """Every state that was written of a run, a stage or an evaluation, oldest first."""
        sql = (
            """SELECT state, "at", detail FROM states WHERE subject = ? AND id = ? ORDER BY "at", state <> 'running'"""
        )
        with self._asking() as connection:
            rows = fetch(connection, sql, [subject, identifier])
        return [StateRow(row["state"], row["at"], row["detail"] or {}) for row in rows]

    def run_state(self, run: str) -> StateRow | None:
        """The latest state of a run, or None for one that is not stored."""
        return next(iter(self.states("run", run)[::-1]), None)

    def run_threads(self, run: str) -> int | None:
        """The thread count that the run recorded last."""
        said = [state.detail["threads"] for state in self.states("run", run) if "threads" in state.detail]
        return said[-1] if said else None

    def interrupted_facts(self, evaluation: str) -> Mapping[str, Any]:
        """What the evaluation of that id recorded last of the opened model; nothing where it was completed since."""
        facts: Mapping[str, Any] = {}
        for state in self.states("evaluation", evaluation):
            facts = {} if state.state == "complete" else state.detail.get("facts", facts)
        return facts

    def runs_measuring(self, evaluation: str) -> list[str]:
        """The runs that began to measure the evaluation of that id since it was last complete, oldest first."""
        runs: list[str] = []
        for state in self.states("evaluation", evaluation):
            runs = [] if state.state == "complete" else [*runs, *filter(None, [state.detail.get("run")])]
        return list(dict.fromkeys(runs))

    def preparation(self, run: str) -> dict[str, Any] | None:
        """The summary of how the run's data was prepared."""
        return self._body('SELECT body FROM preparations WHERE run = ? ORDER BY "at" DESC LIMIT 1', run)

    def cleanings(self, run: str) -> list[LedgerEntry]:
        """What each cleaner changed or dropped in the run, by cleaner and conversation."""
        columns = "cleaner, conversation, outcome, reason, source"
        with self._asking() as connection:
            rows = fetch(connection, f"SELECT {columns} FROM cleanings WHERE run = ? ORDER BY ALL", [run])
        return [LedgerEntry(**row) for row in rows]

    def training(self, key: str) -> Checkpoint | None:
        """The checkpoint of a finished training."""
        record = self._body("SELECT checkpoint AS body FROM trainings WHERE key = ?", key)
        return None if record is None else readable("checkpoint", checkpoint_from_record, record)

    def trainings(self, run: str) -> list[TrainingRow]:
        """The trainings that the run used, its own or reused ones, in the order of their use."""
        sql = """
            SELECT key, checkpoint, trainings.run AS trained_in, finished_at
            FROM run_trainings JOIN trainings ON key = training WHERE run_trainings.run = ? ORDER BY "at", key"""
        with self._asking() as connection:
            rows = fetch(connection, sql, [run])
        return [
            TrainingRow(**{**row, "checkpoint": readable("checkpoint", checkpoint_from_record, row["checkpoint"])})
            for row in rows
        ]

    def cycles(self, run: str) -> list[dict[str, Any]]:
        """The bodies of the run's cycles, in order."""
        with self._asking() as connection:
            return [row["body"] for row in fetch(connection, _CYCLES, [run])]

    def comparisons(self, run: str) -> list[Comparison]:
        """The comparisons of the run, oldest first."""
        with self._asking() as connection:
            rows = fetch(connection, 'SELECT body FROM comparisons WHERE run = ? ORDER BY "at", suite, id', [run])
        return [readable("comparison", comparison_from_record, row["body"]) for row in rows]

    def comparison(self, identifier: str) -> Comparison | None:
        """The comparison of that id."""
        record = self._body("SELECT body FROM comparisons WHERE id = ?", identifier)
        return None if record is None else readable("comparison", comparison_from_record, record)

    def results(self, run: str) -> list[EvaluationResult]:
        """What the run measured of evaluations that are compared with nothing, the latest of each, oldest first."""
        sql = """
            SELECT body FROM results WHERE run = ?
            QUALIFY row_number() OVER (PARTITION BY evaluation ORDER BY "at" DESC) = 1 ORDER BY "at", evaluation"""
        with self._asking() as connection:
            rows = fetch(connection, sql, [run])
        return [readable("result", result_from_record, row["body"]) for row in rows]

    def decision(self, run: str) -> Decision | None:
        """The latest decision of the run's gate."""
        record = self._body('SELECT body FROM decisions WHERE run = ? ORDER BY "at" DESC LIMIT 1', run)
        return None if record is None else readable("decision", decision_from_record, record)

    def _body(self, sql: str, key: str) -> dict[str, Any] | None:
        with self._asking() as connection:
            rows = fetch(connection, sql, [key])
        return rows[0]["body"] if rows else None


def _run(row: dict[str, Any]) -> RunRow:
    code = None if row["code"] is None else ExitCode(row["code"])
    return RunRow(**{**row, "facts": row["facts"] or {}, "code": code})
