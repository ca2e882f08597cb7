"""What questions answer with: a line of a list, with the units its columns have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from harness.comparison.records import (
    Comparison,
)
from harness.errors import ExitCode
from harness.types import Checkpoint, Kind, ModelReference

RunKind: TypeAlias = Literal["run", "refine", "evaluate", "gate", "compare", "calibrate"]


@dataclass(frozen=True, slots=True)
class SuiteRow:
    """A stored suite version; `tiers` counts the cases in each tier, `source` is the file it was read from."""

    name: str
    version: str
    cases: int
    tiers: Mapping[str, int]
    added_at: str
    source: str | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with its latest state; `code` is the exit code of its latest decision, where there is one."""

    id: str
    kind: RunKind
    command: str
    recipe: Mapping[str, Any]
    folder: str
    facts: Mapping[str, Any]
    started_at: str
    state: str
    code: ExitCode | None

    @property
    def name(self) -> str | None:
        """What the recipe calls itself."""
        return self.recipe.get("name")


@dataclass(frozen=True, slots=True)
class GateRow:
    """A comparison that a gate has made, in which run and when."""

    run: str
    at: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class StateRow:
    """A state, when it began, and what was said about it."""

    state: str
    at: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EvaluationCase:
    """One thing that was asked in an evaluation: the case by content, and the key of the answers to it."""

    position: int
    content: str
    kind: Kind
    answer_key: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an evaluation has come that is not complete: `answered` of `wanted` answers; `run` measured it last."""

    run: str
    suite: str
    model: ModelReference
    answered: int
    wanted: int


@dataclass(frozen=True, slots=True)
class SizeRow:
    """How much room something takes in the store's folder, and in how many rows or files."""

    what: str
    count: int
    bytes: int


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """A training that a run used; `trained_in` is the run that paid for it."""

    key: str
    checkpoint: Checkpoint
    trained_in: str | None
    finished_at: str
