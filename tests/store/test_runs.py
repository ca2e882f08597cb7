from __future__ import annotations

from typing import Any

import pytest
from stored_rows import add_rows

from harness.comparison.records import (
    CheckResult,
    Comparison,
    Decision,
    EvaluationResult,
    MetricComparison,
    MetricValue,
)
from harness.data.records import LedgerEntry
from harness.errors import ExitCode, UsageError
from harness.evaluation.records import Evaluation
from harness.store.rows.comparison_rows import (
    comparison_from_record,
    comparison_record,
    decision_from_record,
    decision_record,
    result_record,
)
from harness.store.rows.evaluation_rows import checkpoint_from_record, checkpoint_record
from harness.store.rows.listed import StateRow
from harness.store.store import Store
from harness.types import Checkpoint, DetectorAccuracy, ModelReference, StepRecord

_MODEL = ModelReference("/models/base", "/adapters/a", "main")
_EVALUATION = Evaluation(
    "e1", "support", "v1", "gate:100", 100, _MODEL, "f1", {"weights": "w"}, "float32 cpu", {"seed": 0}, {"threads": 2}
)
_METRIC = MetricComparison(
    "support",
    "accuracy",
    "primary",
    "improved",
    "gain",
    0.5,
    0.7,
    (0.4, 0.6),
    (0.6, 0.8),
    0.2,
    0.1,
    0.3,
    notes=("one",),
)
COMPARISON = Comparison(
    "c1",
    "support",
    _EVALUATION,
    _EVALUATION,
    (_METRIC,),
    (
        CheckResult("support", "pii", "no limit", 1, 40, 0.0, 0.1, accuracy=(DetectorAccuracy("letters", 3, 4, 5, 6),)),
        CheckResult("support", "terms", "no limit", 0, 40, 0.0, 0.1, accuracy="exact"),
    ),
    ("w",),
)
CHECKPOINT = Checkpoint(
    _MODEL,
    40,
    60,
    (StepRecord(1, 60, loss=2.5), StepRecord(2, 60, validation_loss=2.25, seconds=0.5)),
    True,
    {"rank": 8},
)
DECISION = Decision(ExitCode.REGRESSED, (ExitCode.REGRESSED, ExitCode.INCONCLUSIVE), ("accuracy fell", "f1 unclear"))


def run_row(identifier: str, started_at: str, **columns: Any) -> dict[str, Any]:
    row = {"id": identifier, "command": "run", "recipe": {"name": "demo", "seed": 1}, "folder": "reports/x"}
    return {**row, "started_at": started_at, **columns}


def state(identifier: str, name: str, at: str, detail: Any = None, subject: str = "run") -> dict[str, Any]:
    return {"subject": subject, "id": identifier, "state": name, "at": at, "detail": detail}


def test_a_run_has_its_latest_state_and_the_code_of_its_latest_decision(store: Store) -> None:
    add_rows(store, "runs", [run_row("r1", "2026-01-01", facts={"cores": 2})])
    add_rows(store, "states", [state("r1", "failed", "2026-01-02"), state("r1", "running", "2026-01-03")])
    add_rows(store, "states", [state("r1", "complete", "2026-01-03"), state("r1", "running", "2026-01-01")])
    later = decision_record(DECISION)
    add_rows(store, "decisions", [{"run": "r1", "at": "2026-01-02", "body": {"code": 0, "codes": [], "reasons": []}}])
    add_rows(store, "decisions", [{"run": "r1", "at": "2026-01-03", "body": later}])
    run = store.run("r1")
    assert (run.state, run.code, run.name) == ("complete", ExitCode.REGRESSED, "demo")
    assert (run.recipe, run.facts) == ({"name": "demo", "seed": 1}, {"cores": 2})
    assert store.decision("r1") == DECISION
    assert store.run_state("r1") == StateRow("complete", "2026-01-03 00:00:00.000000", {})


def test_what_a_run_measured_comes_back_the_latest_of_each_evaluation(store: Store) -> None:
    value = MetricValue("support", "accuracy", "primary", 0.8, 0.7, 0.9, n=50, clusters=50, notes=("skewed",))
    check = CheckResult(
        "support", "pii", "no limit", 0, 9, 0.0, 0.3, accuracy=(DetectorAccuracy("letters of 2025", 9, 10, 8, 10),)
    )
    first, later = EvaluationResult(_EVALUATION, (value,)), EvaluationResult(_EVALUATION, (value,), (check,))
    for day, one in ((2, later), (1, first)):
        at = f"2026-01-0{day}"
        add_rows(store, "results", [{"run": "r1", "evaluation": "e1", "at": at, "body": result_record(one)}])
    assert store.results("r1") == [later]
    assert store.results("r2") == []


def test_runs_come_newest_first_and_are_running_until_something_else_is_said(store: Store) -> None:
    add_rows(store, "runs", [run_row(f"r{day}", f"2026-01-0{day}") for day in (1, 3, 2)])
    assert [(run.id, run.state, run.code) for run in store.runs(limit=2)] == [
        ("r3", "running", None),
        ("r2", "running", None),
    ]
    assert store.decision("r1") is None
    assert store.run_state("r1") is None


def test_a_run_is_found_by_a_unique_prefix(store: Store) -> None:
    add_rows(store, "runs", [run_row("20260101-a", "2026-01-01"), run_row("20260102-b", "2026-01-02")])
    assert store.run("20260102").id == "20260102-b"
    with pytest.raises(UsageError, match=r"run '2026' is ambiguous: 20260102-b, 20260101-a; give more"):
        store.run("2026")
    with pytest.raises(UsageError, match=r"unknown run '20260103-b' \(did you mean '20260102-b'\?\); there are: 2"):
        store.run("20260103-b")
    with pytest.raises(UsageError, match="unknown run ''"):
        store.run("")


def test_an_unknown_run_of_an_empty_store_says_that_there_is_none(store: Store) -> None:
    with pytest.raises(UsageError, match="unknown run 'x'; there is none yet"):
        store.run("x")


def test_the_thread_count_of_a_run_is_the_one_said_last(store: Store) -> None:
    said = [state("r", "running", "2026-01-01", {"threads": 2}), state("r", "running", "2026-01-02", {"threads": 4})]
    add_rows(store, "states", [*said, state("r", "running", "2026-01-03", {})])
    assert store.run_threads("r") == 4
    assert store.run_threads("other") is None


def test_states_of_a_subject_come_oldest_first(store: Store) -> None:
    add_rows(
        store,
        "states",
        [
            state("r", "score", "2026-01-02", {"seconds": 1.5}, "stage"),
            state("r", "train", "2026-01-01", None, "stage"),
        ],
    )
    assert [(one.state, one.detail) for one in store.states("stage", "r")] == [
        ("train", {}),
        ("score", {"seconds": 1.5}),
    ]


def test_a_training_is_found_by_key_and_by_the_runs_that_used_it(store: Store) -> None:
    row = {"key": "t1", "run": "r1", "checkpoint": checkpoint_record(CHECKPOINT), "finished_at": "2026-01-01"}
    add_rows(store, "trainings", [row])
    add_rows(store, "run_trainings", [{"run": run, "training": "t1", "at": "2026-01-01"} for run in ("r1", "r2")])
    assert store.training("t1") == CHECKPOINT
    assert store.training("t2") is None
    (used,) = store.trainings("r2")
    assert (used.key, used.checkpoint, used.trained_in) == ("t1", CHECKPOINT, "r1")


def test_comparisons_come_back_as_they_were(store: Store) -> None:
    pair = {"run": "r1", "suite": "support", "baseline": "e1", "candidate": "e1", "body": comparison_record(COMPARISON)}
    add_rows(store, "comparisons", [{**pair, "id": "c1", "at": "2026-01-01"}])
    assert store.comparisons("r1") == [COMPARISON]
    assert store.comparison("c1") == COMPARISON
    assert store.comparison("c2") is None
    assert store.comparisons("r2") == []


def test_records_are_the_inverse_of_each_other() -> None:
    assert comparison_from_record(comparison_record(COMPARISON)) == COMPARISON
    assert checkpoint_from_record(checkpoint_record(CHECKPOINT)) == CHECKPOINT
    assert decision_from_record(decision_record(DECISION)) == DECISION
    assert decision_record(DECISION)["codes"] == [1, 3]


def test_what_was_done_to_the_data_is_kept(store: Store) -> None:
    add_rows(store, "preparations", [{"run": "r", "at": f"2026-01-0{n}", "body": {"kept": n}} for n in (3, 2)])
    outcome = {"run": "r", "cleaner": "dedupe", "conversation": "b", "outcome": "dropped", "reason": "same as a"}
    add_rows(store, "cleanings", [outcome])
    assert store.preparation("r") == {"kept": 3}
    assert store.preparation("other") is None
    assert store.cleanings("r") == [LedgerEntry("dedupe", "b", "dropped", "same as a", None)]


def test_cycles_come_in_order(store: Store) -> None:
    add_rows(store, "cycles", [{"run": "r", "number": n, "body": {"n": n}, "at": "2026-01-01"} for n in (2, 10, 1)])
    assert store.cycles("r") == [{"n": 1}, {"n": 2}, {"n": 10}]
