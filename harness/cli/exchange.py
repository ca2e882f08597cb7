"""A baseline as one file: identity, provenance, the cases it was asked and what it answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.errors import NoBaselineError, UsageError
from harness.records import Evaluation
from harness.store import Store, evaluation_row, prediction_row, suite_rows
from harness.suites import split

SCHEMA = "finetune-harness/baseline/1"


def export_evaluation(store: Store, evaluation: Evaluation, file: Path) -> int:
    """Write the evaluation with its suite and predictions; returns how many predictions."""
    found = store.find_suite(evaluation.suite_version)
    if found is None:
        raise NoBaselineError(f"evaluation {evaluation.id[:12]}: its suite version is not in the store")
    suite, _ = found
    cases = store.evaluation_cases(evaluation.id)
    predictions = store.predictions([case.answer_key for case in cases])
    rows = [prediction_row(key, one, evaluation.run) for key, found in predictions.items() for one in found]
    pairs = [
        {
            "evaluation": evaluation.id,
            "position": c.position,
            "content": c.content,
            "kind": c.kind,
            "answer_key": c.answer_key,
        }
        for c in cases
    ]
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "tables": {
            **suite_rows(suite, split(suite)),
            "evaluations": [evaluation_row(evaluation)],
            "evaluation_cases": pairs,
            "predictions": rows,
        },
    }
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, default=str)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", errors="replace")
    return len(rows)


def import_evaluation(store: Store, file: Path, suite: str) -> Evaluation:
    """Take an exported baseline into the store (once) and return its evaluation.

    UsageError where the file is something else, NoBaselineError where it measured another suite.
    """
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA:
            raise UsageError(f"{file}: has schema {content['schema']!r}, expected {SCHEMA!r}")
        tables = content["tables"]
        (row,) = tables["evaluations"]
        measured = row["suite"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file}: is no baseline of `harness baselines export`: {error}") from error
    if measured != suite:
        raise NoBaselineError(f"{file}: measured suite {measured!r}, not {suite!r}")
    for table, rows in tables.items():
        store.add(table, rows)
    return store.evaluation(row["id"])
