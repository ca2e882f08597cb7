"""Moves of baselines and anchors as rows, there and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.evaluation.records import Anchor, Baseline
from harness.store.journal.values import plain_row
from harness.store.rows.evaluation_rows import fields_of


def baseline_row(move: Baseline) -> dict[str, Any]:
    """The row of a move."""
    return fields_of(move)


def baseline_from_row(row: Mapping[str, Any]) -> Baseline:
    """The inverse of `baseline_row`; StoreError for what no row can hold."""
    return Baseline(**plain_row("baselines", row))


def anchor_row(anchor: Anchor) -> dict[str, Any]:
    """The row of a move of a suite's anchor."""
    return fields_of(anchor)
