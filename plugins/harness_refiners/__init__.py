"""What proposes the next cycle of `harness refine`."""

from __future__ import annotations

from collections.abc import Iterator

from harness.component import Component
from harness.hookspecs import hookimpl
from harness.protocols import Refiner
from harness_refiners.grid import Grid


@hookimpl
def register_refiners() -> Iterator[Component[Refiner]]:
    yield Component("grid", Grid, "every combination of the listed settings, once")
