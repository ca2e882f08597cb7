"""Every hook of the harness. Registration hooks yield records; event hooks observe, and cannot change or fail a run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from harness.component import Component

if TYPE_CHECKING:
    from harness.protocols import Backend, Cleaner, Dataset, Metric, Refiner, SafetyCheck, Trainer, WholeMetric
    from harness.types import CycleFinished, RunFinished, RunStarted

PROJECT = "finetune_harness"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_datasets() -> Iterable[Component[Dataset]]:
    """Yield sources of conversations, used by a recipe's `data:`."""
    return ()


@hookspec
def register_cleaners() -> Iterable[Component[Cleaner]]:
    """Yield cleaners, used in order by a recipe's `cleaners:`."""
    return ()


@hookspec
def register_trainers() -> Iterable[Component[Trainer]]:
    """Yield trainers, one of which a recipe's `trainer:` uses."""
    return ()


@hookspec
def register_metrics() -> Iterable[Component[Metric | WholeMetric]]:
    """Yield metrics, used by a suite's `metrics:`."""
    return ()


@hookspec
def register_safety_checks() -> Iterable[Component[SafetyCheck]]:
    """Yield safety checks, used by a suite's `checks:`."""
    return ()


@hookspec
def register_backends() -> Iterable[Component[Backend]]:
    """Yield backends that open models; a model is written `BACKEND:REFERENCE`."""
    return ()


@hookspec
def register_refiners() -> Iterable[Component[Refiner]]:
    """Yield refiners, one of which a recipe's `refiner:` uses in `harness refine`."""
    return ()


@hookspec
def register_suites() -> Iterable[Path]:
    """Yield folders that hold suite files (`*.yaml` beside their `*.jsonl`)."""
    return ()


@hookspec
def run_started(event: RunStarted) -> None:
    """A run has its id and its folder; nothing is loaded yet."""


@hookspec
def cycle_finished(event: CycleFinished) -> None:
    """A cycle is trained, evaluated and compared."""


@hookspec
def run_finished(event: RunFinished) -> None:
    """A run has ended, with its state and the exit code it will return."""
