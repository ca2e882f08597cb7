"""What the questions share: a connection to ask, rows as dicts, and addresses by prefix."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from harness.errors import UsageError, describe, did_you_mean
from harness.store.damage import foreign
from harness.store.journal.values import stamp

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LISTED = 5

T = TypeVar("T")


class Asks(ABC):
    """Has a connection to one state of the store, for as long as a question takes."""

    @abstractmethod
    def _asking(self) -> AbstractContextManager[DuckDBPyConnection]: ...


def fetch(
    connection: DuckDBPyConnection, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()
) -> list[dict[str, Any]]:
    """The rows by column name: JSON parsed, times as text. StoreError on a time that no calendar has."""
    result = connection.execute(sql, values)
    columns = [(column[0], str(column[1])) for column in result.description or ()]
    try:
        return [
            {name: _value(kind, value) for (name, kind), value in zip(columns, row, strict=True)}
            for row in result.fetchall()
        ]
    except (ValueError, OverflowError) as error:
        raise foreign("row", describe(error)) from error


def readable(what: str, convert: Callable[..., T], *given: Any) -> T:
    """What `convert` makes of a stored row; StoreError where something else than this program has written it."""
    try:
        return convert(*given)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise foreign(what, describe(error)) from error


def resolve(what: str, address: str, identifiers: Sequence[str], named: Mapping[str, str] | None = None) -> str:
    """The identifier that an id, a name or a unique prefix of an id stands for; raises UsageError otherwise."""
    if address in identifiers:
        return address
    if named and address in named:
        return named[address]
    found = [identifier for identifier in identifiers if address and identifier.startswith(address)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{what} {address!r} is ambiguous: {_listed(found)}; give more of the id")
    known = [*(named or {}), *identifiers]
    there_is = f"there are: {_listed(known)}" if known else "there is none yet"
    raise UsageError(f"unknown {what} {address!r}{did_you_mean(address, known)}; {there_is}")


def _value(kind: str, value: Any) -> Any:
    if kind == "JSON" and value is not None:
        return json.loads(value)
    return stamp(value) if isinstance(value, datetime) else value


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
