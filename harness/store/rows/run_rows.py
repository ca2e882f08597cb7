"""Runs, their states and what they made, as rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from harness.store.journal.values import now
from harness.store.rows.evaluation_rows import checkpoint_record, fields_of

if TYPE_CHECKING:
    from harness.data.prepare import PrepareSummary
    from harness.data.records import LedgerEntry
    from harness.store.rows.listed import RunKind
    from harness.types import Checkpoint, Cycle, RunStarted


def run_row(started: RunStarted, kind: RunKind, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a run that starts now."""
    return {
        "id": started.run,
        "kind": kind,
        "command": started.command,
        "recipe": started.recipe,
        "folder": str(started.folder),
        "facts": facts,
        "started_at": now(),
    }


def state_row(subject: str, identifier: str, state: str, detail: Mapping[str, Any] | None) -> dict[str, Any]:
    """The row of a state that begins now."""
    return {"subject": subject, "id": identifier, "state": state, "at": now(), "detail": dict(detail or {})}


def cleaning_row(run: str, entry: LedgerEntry) -> dict[str, Any]:
    """The row of a conversation that did not simply pass."""
    return {**fields_of(entry), "run": run}


def preparation_row(run: str, summary: PrepareSummary) -> dict[str, Any]:
    """The row of a preparation, its body as JSON gives it back: counts by number get text keys."""
    return {"run": run, "at": now(), "body": json.loads(json.dumps(asdict(summary)))}


def training_row(run: str, key: str, checkpoint: Checkpoint) -> dict[str, Any]:
    """The row of a training that is finished now."""
    return {"key": key, "run": run, "checkpoint": checkpoint_record(checkpoint), "finished_at": now()}


def run_training_row(run: str, key: str) -> dict[str, Any]:
    """The row that says which training a run uses."""
    return {"run": run, "training": key, "at": now()}


def cycle_row(run: str, cycle: Cycle) -> dict[str, Any]:
    """The row of a cycle that is finished now."""
    return {"run": run, "number": cycle.number, "body": asdict(cycle), "at": now()}
