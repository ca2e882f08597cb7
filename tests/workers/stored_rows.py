"""Rows written as they are, of things that no run of today writes so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.store.store import Store


def add_rows(store: Store, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Journal and ingest rows that belong to no run."""
    with store.facts() as journal:
        journal.add(table, rows)
