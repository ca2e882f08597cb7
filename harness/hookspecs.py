"""Every hook of the harness. Registration hooks yield records; event hooks observe, and cannot change or fail a run.

A hook goes in two releases. The first has the new hook, and marks the old one
`@hookspec(warn_on_impl=deprecated(instead="new_name", removed_in="0.4.0"))`: who implements the old one is called
through the new one, and told. An argument goes the same way, with
`@hookspec(warn_on_impl_args={"old": deprecated(instead="new", removed_in="0.4.0")})`; it stays in the signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from harness.types.component import KINDS, Component, ComponentKind

if TYPE_CHECKING:
    from harness.protocols import Backend, Cleaner, Dataset, Metric, Refiner, SafetyCheck, Trainer, WholeMetric
    from harness.types import CycleFinished, RunFinished, RunStarted

PROJECT = "finetune_harness"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)

HOOK_OF_KIND: Mapping[ComponentKind, str] = {name: kind.hook for name, kind in KINDS.items()}
EVENTS = ("run_started", "cycle_finished", "run_finished")


class Deprecated(DeprecationWarning):
    """What takes the place of a hook or an argument, and the release in which that is no longer there."""

    def __init__(self, instead: str, removed_in: str) -> None:
        super().__init__(f"is deprecated and goes in {removed_in}; use {instead}")
        self.instead = instead
        self.removed_in = removed_in


def deprecated(*, instead: str, removed_in: str) -> Deprecated:
    """What `warn_on_impl` and `warn_on_impl_args` get: until `removed_in` the old name stands for the new one."""
    return Deprecated(instead, removed_in)


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
