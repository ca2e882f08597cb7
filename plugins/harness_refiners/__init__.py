"""What proposes the next cycle of `harness refine`."""

from __future__ import annotations

from collections.abc import Iterator

from harness.hookspecs import hookimpl
from harness.protocols import Refiner
from harness.types.component import Component
from harness_refiners.grid import Grid


@hookimpl
def register_refiners() -> Iterator[Component[Refiner]]:
    yield Component("grid", Grid, "every combination of the listed settings, once")
