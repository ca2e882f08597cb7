"""A gate over many stored cases, as a whole process, next to what DuckDB alone needs to join and sum the scores.

    python tests/benchmarks/gate_scale.py --cases 100000 1000000 --repeat 3

Both run in turns on the same file, each in a process of its own. Seconds are medians; the machine's other load is in
the wall clock and hardly in the processor time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import duckdb
from stored_rows import add_rows

from harness.evaluation.records import Evaluation
from harness.host.host import PluginHost
from harness.runs.assembly.build import build_suite
from harness.runs.assembly.built import metric_record
from harness.store.journal.values import now
from harness.store.rows.evaluation_rows import evaluation_row, metric_row
from harness.store.rows.suite_rows import suite_rows
from harness.store.store import Store
from harness.suites.records import MetricUse, Suite
from harness.types import Case, ModelReference

METRICS = (
    MetricUse("exact-match", "exact-match", role="primary"),
    MetricUse("token-f1", "token-f1"),
    MetricUse("rouge-1", "rouge-1"),
    MetricUse("rouge-2", "rouge-2"),
    MetricUse("rouge-l", "rouge-l"),
)
SIDES = ("before", "after")

ALONE = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    connection.execute('''
        SELECT a.metric, count(*), sum(a.statistics[1]), sum(a.statistics[2]),
            sum(b.statistics[1]), sum(b.statistics[2])
        FROM evaluation_cases AS x JOIN evaluation_cases AS y USING (content, kind)
        JOIN scores AS a ON a.answer_key = x.answer_key AND a.content = x.content
        JOIN scores AS b ON b.answer_key = y.answer_key AND b.content = y.content AND b.metric = a.metric
        WHERE x.evaluation = ? AND y.evaluation = ? GROUP BY a.metric''', sys.argv[2:]).fetchall()
"""

# A case in twenty is scored otherwise by the candidate. The first metric is right or wrong, the others are graded.
FILL = """
    INSERT INTO cases SELECT md5('case' || i), json_object('prompt', 'Question ' || i || '?', 'follow_ups', [],
        'references', ['The answer to question ' || i], 'choices', [], 'answer', NULL, 'expect', NULL)
    FROM range(1, $cases) AS numbers(i);
    INSERT INTO suite_cases SELECT $version, i, md5('case' || i), 'case-' || i, 'gate',
        'group-' || (i // $cluster), CASE WHEN $slices > 0 THEN json_object('topic', 't' || (i % $slices)) ELSE '{}' END
    FROM range(1, $cases) AS numbers(i);
    INSERT INTO evaluation_cases SELECT evaluation, position, content, 'text', md5(evaluation || content)
    FROM (SELECT unnest([$before, $after]) AS evaluation), suite_cases;
    INSERT INTO predictions SELECT answer_key, 0, 'text', ['The answer of ' || answer_key], NULL, NULL, 'stop', 12, 9,
        0.1, NULL, NULL
    FROM evaluation_cases;
    INSERT INTO scores SELECT answer_key, content, metric, 1,
        [1, CASE WHEN number = 1 THEN (drawn < 800)::INTEGER ELSE drawn / 1000 END], '1'
    FROM (
        SELECT answer_key, content, metric, number, hash(
            content || number || CASE WHEN evaluation = $after AND hash(content) % 20 = 0 THEN 'new' ELSE '' END
        ) % 1000 AS drawn
        FROM (SELECT unnest($metrics) AS metric, generate_subscripts($metrics, 1) AS number), evaluation_cases)
"""


@dataclass(frozen=True, slots=True)
class Took:
    """What one process needed: seconds by the clock and of all processors, and the peak of its memory in MB."""

    wall: float
    processor: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--cluster", type=int, default=1, help="cases in each cluster")
    parser.add_argument("--slices", type=int, default=0, help="values of one slice key, 0 for none")
    parser.add_argument("--folder", type=Path, help="keep the stores here and use those that are there already")
    arguments = parser.parse_args()
    print(f"{'cases':>10} {'':>8} {'wall s':>8} {'cpu s':>8} {'peak MB':>8}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for cases in arguments.cases:
            name = f"{cases}-{arguments.cluster}-{arguments.slices}"
            home = (arguments.folder or Path(folder)) / name / ".harness"
            if not home.exists():
                # In a process of its own: what a parent has held counts into the peak of the children it starts.
                with get_context("spawn").Pool(1) as pool:
                    pool.apply(fill, (home, cases, arguments.cluster, arguments.slices))
            alone, gate = measure(home, arguments.repeat)
            for label, took in (("DuckDB", alone), ("gate", gate)):
                print(f"{cases:10,} {label:>8} {took.wall:8.2f} {took.processor:8.2f} {took.megabytes:8.0f}")
            print(
                f"{'':10} {'ratio':>8} {gate.wall / alone.wall:8.2f} {gate.processor / alone.processor:8.2f}",
                flush=True,
            )


def fill(home: Path, cases: int, cluster: int, slices: int) -> None:
    """A store with a suite of so many cases and two evaluations of it, five metrics each."""
    suite = Suite("scale", (Case("case-0", "Question 0?", references=("The answer",)),), METRICS, version=f"v{cases}")
    evaluations = [_evaluation(side, suite, cases) for side in SIDES]
    store, built = Store(home), build_suite(PluginHost(), suite, "gate")
    for table, rows in suite_rows(suite, built.tier_of).items():
        add_rows(store, table, rows)
    add_rows(store, "evaluations", [evaluation_row(one) for one in evaluations])
    state = {"subject": "evaluation", "state": "complete", "at": now()}
    add_rows(store, "states", [{**state, "id": side} for side in SIDES])
    records = [metric_record(metric.built, ("count", "sum")) for metric in built.metrics]
    add_rows(store, "metrics", [metric_row(record) for record in records])
    values = {"cases": cases, "version": suite.version, "cluster": cluster, "slices": slices}
    values |= {"before": SIDES[0], "after": SIDES[1], "metrics": [record.key for record in records]}
    with duckdb.connect(store.file) as connection:
        connection.execute("SET enable_progress_bar = false")
        for statement in connection.extract_statements(FILL):
            connection.execute(statement, {name: values[name] for name in statement.named_parameters})


def _evaluation(side: str, suite: Suite, cases: int) -> Evaluation:
    return Evaluation(
        id=side,
        suite=suite.name,
        suite_version=suite.version,
        selection="gate",
        cases=cases,
        model=ModelReference(f"models/{side}"),
        fingerprint=side,
        parts={},
        numerics="",
        settings={"samples": 1},
        created_at=now(),
    )


def measure(home: Path, repeat: int) -> tuple[Took, Took]:
    """DuckDB alone and the gate, in turns; the medians of each."""
    alone = [sys.executable, "-c", ALONE, str(home / "store.duckdb"), *SIDES]
    entry = "from harness.cli import entry; entry()"
    gate = [sys.executable, "-c", entry, "gate", "--suite", "scale", "--baseline", "before", "--candidate", "after"]
    turns = [(_run(alone, home.parent), _run(gate, home.parent)) for _ in range(repeat)]
    first, second = zip(*turns, strict=True)
    return _median(first), _median(second)


def _run(command: Sequence[str], folder: Path) -> Took:
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read().decode() if process.stderr else ""
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1, 3):
        raise RuntimeError(f"{command}: {said}")
    return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _median(turns: Sequence[Took]) -> Took:
    return Took(
        statistics.median(took.wall for took in turns),
        statistics.median(took.processor for took in turns),
        statistics.median(took.megabytes for took in turns),
    )


if __name__ == "__main__":
    main()
