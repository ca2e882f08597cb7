"""Every row of the table as a contract test."""

from __future__ import annotations

from collections.abc import Mapping

from planted import any_kind, backends, checks, metrics, preparation, refiners, trainers
from planted.table import Planted

TABLE: Mapping[str, Planted] = {
    **dict(any_kind.rows()),
    **metrics.ROWS,
    **preparation.ROWS,
    **checks.ROWS,
    **backends.ROWS,
    **trainers.ROWS,
    **refiners.ROWS,
}

globals().update({f"Test {name}": planted.contract(f"Test {name}") for name, planted in TABLE.items()})
