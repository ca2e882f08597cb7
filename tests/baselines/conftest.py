"""A store in which models are measured and gated by writing rows: no model is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.comparison.records import Comparison, Decision, MetricComparison
from harness.errors import ExitCode
from harness.evaluation.records import Evaluation
from harness.evaluation.requests import evaluation_id
from harness.store.journal.values import now
from harness.store.rows.comparison_rows import comparison_record, decision_record
from harness.store.rows.evaluation_rows import evaluation_row
from harness.store.store import Store
from harness.types import ModelReference


@dataclass
class Laboratory:
    """Models are called by their fingerprints; case `c7` is number 7."""

    store: Store
    gates: int = 0

    def add(self, **rows_by_table: Sequence[Mapping[str, Any]]) -> None:
        with self.store.journal("facts") as journal:
            for table, rows in rows_by_table.items():
                journal.add(table, rows)

    def measure(self, model: str, cases: Iterable[int] = range(200), selection: str = "gate") -> Evaluation:
        numbers = list(cases)
        one = Evaluation(
            id=evaluation_id(model, "fake", "v1", selection),
            suite="teams",
            suite_version="v1",
            selection=selection,
            cases=len(numbers),
            model=ModelReference(model),
            fingerprint=model,
            parts={},
            numerics="fake",
            settings={"samples": 1},
            created_at=now(),
        )
        asked = [
            {"evaluation": one.id, "position": n, "content": f"c{n}", "kind": "choice", "answer_key": f"{model}{n}"}
            for n in numbers
        ]
        done = {"subject": "evaluation", "id": one.id, "state": "complete", "at": now()}
        self.add(evaluations=[evaluation_row(one)], evaluation_cases=asked, states=[done])
        return self.store.evaluation(one.id)

    def gate(
        self,
        before: Evaluation,
        after: Evaluation,
        gain: float = 0.1,
        code: ExitCode | None = ExitCode.PASS,
        looks: int = 1,
        keep: bool = True,
    ) -> str:
        """The run of a gate with this outcome, or cut before it; one that is not kept is a look on the way."""
        self.gates += 1
        run = f"run-{self.gates}"
        metric = MetricComparison("teams", "accuracy", "primary", "not worse", difference=gain, n=after.cases)
        comparison = Comparison(f"comparison-{self.gates}", "teams", before, after, (metric,))
        kept = {"run": run if keep else None, "baseline": before.id, "candidate": after.id}
        row = {"id": comparison.id, "suite": "teams", **kept, "body": comparison_record(comparison), "at": now()}
        run_row = {"id": run, "command": "gate", "recipe": {"looks": looks}, "folder": "reports", "started_at": now()}
        self.add(runs=[run_row], comparisons=[row])
        if code is not None:
            body = decision_record(Decision(code, (code,), ("teams accuracy",)))
            self.add(decisions=[{"run": run, "at": now(), "body": body}])
        return run


@pytest.fixture
def laboratory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Laboratory:
    monkeypatch.setenv("HARNESS_USER", "ada")
    return Laboratory(Store(tmp_path / ".harness"))
