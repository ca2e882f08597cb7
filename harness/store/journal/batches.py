"""Journal lines on their way into tables, and what becomes of those that do not fit."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import StoreError
from harness.store.journal.journal import Line, place_of
from harness.store.journal.values import plain_row
from harness.store.schema import tables

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_log = logging.getLogger("harness")
_JSON_TYPES = {
    "VARCHAR": {"VARCHAR"},
    "TIMESTAMP": {"VARCHAR"},
    "INTEGER": {"UBIGINT", "BIGINT"},
    "DOUBLE": {"UBIGINT", "BIGINT", "DOUBLE"},
    "BOOLEAN": {"BOOLEAN"},
}
"""What DuckDB calls the JSON values that a column takes: its casts would take a number for a text, and round."""


class MisfitError(Exception):
    """A row has other keys than its table, or a value of another type."""


@dataclass
class Batch:
    """Lines by table, the offset of each file after them, and the files that end with them.

    `bad` are those that no table takes, with the reasons.
    """

    lines: dict[str, list[Line]] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    finished: list[Path] = field(default_factory=list)
    bad: list[tuple[Line, str]] = field(default_factory=list)
    size: int = 0

    def add(self, line: Line) -> None:
        if line.damage or line.table not in tables():
            self.bad.append((line, line.damage or f"is for an unknown table {line.table[:40]!r}"))
        else:
            self.lines.setdefault(line.table, []).append(line)
            self.size += 1

    def warn(self) -> None:
        """Say which lines are left out."""
        for line, reason in self.bad:
            _warn(line.file, place_of(line)[0], f"{reason}; it is left out, the rest is read")

    def set_aside(self) -> None:
        """Keep the lines that are left out where nothing deletes them, and say so."""
        for line, reason in self.bad:
            number, raw = place_of(line)
            kept = line.file.parents[2] / "set-aside" / line.file.parent.name / line.file.name
            kept.parent.mkdir(parents=True, exist_ok=True)
            with kept.open("ab") as file:
                file.write(raw)
            _warn(line.file, number, f"{reason}; it is set aside in {kept}, the rest is taken over")


def misfits() -> tuple[type[Exception], ...]:
    """What is raised where a line does not fit its table."""
    import duckdb

    return (MisfitError, duckdb.InvalidInputException, duckdb.ConversionException, duckdb.ConstraintException)


def refuse_misfits(connection: DuckDBPyConnection, table: str, rows: Sequence[str]) -> None:
    """Raises one of `misfits()` where a row has other keys than its table, or a value that DuckDB would cast."""
    types = tables()[table].types
    paths = [f'$."{column}"' for column in types]
    shapes = connection.execute(
        "SELECT DISTINCT json_keys(line), json_type(line, ?::VARCHAR[]) FROM unnest(?::VARCHAR[]) AS lines(line)",
        [paths, list(rows)],
    ).fetchall()
    for keys, found in shapes:
        fits = zip(types.values(), found, strict=True)
        if set(keys or ()) != types.keys() or not all(_fits(kind, value) for kind, value in fits):
            raise MisfitError(table)


def without_misfits(batch: Batch) -> Batch:
    """The batch with each line checked by itself; those that do not fit are bad ones."""
    checked = Batch(reached=batch.reached, finished=batch.finished, bad=list(batch.bad))
    for table, lines in batch.lines.items():
        for line in lines:
            try:
                row = _checked(table, line.row)
            except (StoreError, ValueError, TypeError, RecursionError) as error:
                checked.bad.append((line, f"is no row of table {table!r}: {str(error)[:200]}"))
            else:
                checked.add(line._replace(row=row))
    return checked


def _checked(table: str, row: str) -> str:
    """The row as a journal should have it; raises an error that says what is wrong with it."""
    loaded = json.loads(row)
    if not isinstance(loaded, dict):
        raise TypeError(f"expected an object, got {type(loaded).__name__}")
    text = json.dumps(plain_row(table, loaded), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace").decode()


def _fits(kind: str, found: str | None) -> bool:
    if kind == "JSON" or found == "NULL":
        return True
    return found == "ARRAY" if kind.endswith("[]") else found in _JSON_TYPES[kind]


@cache
def _warn(file: Path, number: int, said: str) -> None:
    """Once, however often the line is met."""
    _log.warning("%s:%d: %s", file, number, said)
