"""The suites that ship: a support assistant for an invented product."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.hookspecs import hookimpl


@hookimpl
def register_suites() -> Iterator[Path]:
    yield Path(__file__).parent
