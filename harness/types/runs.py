"""What refiners read and propose, and what event hooks are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Cycle:
    """One finished train–evaluate round: what was tried, each `suite/metric`, whether it was kept, why not."""

    number: int
    patch: Mapping[str, Any]
    values: Mapping[str, float]
    verdicts: Mapping[str, str]
    accepted: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """All a refiner may know: the recipe it started from, the cycles so far, how many are planned, and the seed."""

    recipe: Mapping[str, Any]
    cycles: tuple[Cycle, ...] = ()
    planned: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the next cycle changes: dotted recipe keys to new values, and conversations to add or drop by id."""

    recipe_patch: Mapping[str, Any] = field(default_factory=dict)
    data_patch: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    expects: str = ""
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class RunStarted:
    run: str
    command: str
    recipe: Mapping[str, Any]
    folder: Path


@dataclass(frozen=True, slots=True)
class CycleFinished:
    run: str
    folder: Path
    cycle: Cycle


@dataclass(frozen=True, slots=True)
class RunFinished:
    run: str
    folder: Path
    state: str
    exit_code: int
    seconds: float
