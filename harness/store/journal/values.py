"""Checks a row against its table before it is journalled, so that a journal can always be ingested."""

from __future__ import annotations

import math
import operator
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from pydantic_core import SchemaValidator, ValidationError, core_schema

from harness.errors import StoreError
from harness.store.damage import foreign
from harness.store.schema import tables

_STEP = timedelta(microseconds=1)
_LATEST = datetime(2500, 1, 1)  # of any clock, however wrong it is
_turn = threading.Lock()
_given = datetime.min  # the latest time that was given here, or is stored


def now() -> str:
    """The time in UTC with microseconds, as the store writes and returns it.

    It never goes back, as what comes later is told by it: where the clock was set back, it goes on by microseconds.
    """
    global _given
    with _turn:
        _given = max(_clock(), _given + _STEP)
        return stamp(_given)


def not_before(moment: str | None) -> None:
    """Let every later `now` come after the time, which the store holds; StoreError for one that no clock has shown."""
    global _given
    if moment is None:
        return
    try:
        stored = datetime.fromisoformat(moment)
    except ValueError as error:  # DuckDB's years are longer
        raise foreign("time", moment) from error
    if stored > _LATEST:
        raise foreign("time", moment)
    with _turn:
        _given = max(_given, stored)


def _clock() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def stamp(moment: datetime) -> str:
    """A time as text; one with a time zone is turned into UTC, one without is UTC."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(" ", "microseconds")


def plain_row(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with every column of its table, as JSON values; numbers that are not finite become null.

    Raises StoreError for an unknown table or column, a value of another type, and a missing value that is needed.
    """
    if table not in tables():
        raise StoreError(f"unknown table {table!r}; there are: {', '.join(sorted(tables()))}")
    try:
        return _validator(table).validate_python(row)  # type: ignore[no-any-return]  # a third of the time
    except (ValidationError, TypeError):
        return _converted(table, row)


def _converted(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with values that have to be converted, or that have something wrong with them."""
    known = tables()[table]
    if not row.keys() <= known.types.keys():
        unknown = sorted(row.keys() - known.types.keys())
        raise StoreError(f"table {table!r}: unknown columns {unknown!r}; it has: {', '.join(known.types)}")
    plain: dict[str, Any] = {}
    for column, kind in known.types.items():
        value = row.get(column)
        try:
            plain[column] = None if value is None else _CONVERT[kind](value)
        except (TypeError, ValueError, OverflowError) as error:
            raise StoreError(f"{table}.{column}: {value!r} is no {kind}: {error}") from error
        if plain[column] is None and column in known.required:
            raise StoreError(f"{table}.{column}: needs a value, got {value!r}")
    return plain


@cache
def _validator(table: str) -> SchemaValidator:
    """What takes the rows of the table that are plain already, and completes them."""
    known = tables()[table]
    fields = {}
    for column, kind in known.types.items():
        schema = _schema(kind)
        if column not in known.required:
            schema = core_schema.with_default_schema(core_schema.nullable_schema(schema), default=None)
        fields[column] = core_schema.typed_dict_field(schema)
    return SchemaValidator(core_schema.typed_dict_schema(fields, extra_behavior="forbid"))


def _schema(kind: str) -> core_schema.CoreSchema:
    if kind.endswith("[]"):
        return core_schema.list_schema(core_schema.nullable_schema(_schema(kind.removesuffix("[]"))), strict=True)
    if kind in _PLAIN:
        return _PLAIN[kind]
    return core_schema.no_info_plain_validator_function(_some(_CONVERT[kind]))


def _some(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def convert_some(value: Any) -> Any:
        plain = convert(value)
        if plain is None:  # a number that is not finite
            raise ValueError("has no value")
        return plain

    return convert_some


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {type(value).__name__}")
    return value


def _integer(value: Any) -> int:
    number = operator.index(value)
    if isinstance(value, bool) or not -(2**31) <= number < 2**31:
        raise ValueError("expected a whole number of at most 32 bits")
    return number


def _double(value: Any) -> float | None:
    if isinstance(value, (str, bytes, bool)):
        raise TypeError(f"expected a number, got {type(value).__name__}")
    number = float(value)
    return number if math.isfinite(number) else None


def _boolean(value: Any) -> bool:
    plain = value.tolist() if hasattr(value, "tolist") else value
    if not isinstance(plain, bool):
        raise TypeError(f"expected True or False, got {type(value).__name__}")
    return plain


def _timestamp(value: Any) -> str:
    return stamp(value if isinstance(value, datetime) else datetime.fromisoformat(_text(value)))


def _json(value: Any) -> Any:
    """Mappings, sequences and numpy values as JSON values."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [_json(item) for item in value]
    if isinstance(value, (dict, Mapping)):  # a dict is known as one sooner than as a mapping
        return {_text(key): _json(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return _json(value.tolist())
    raise TypeError(f"{type(value).__name__} has no JSON")


def _list_of(convert: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    def convert_list(value: Any) -> list[Any]:
        if isinstance(value, (str, bytes, Mapping)):
            raise TypeError(f"expected a sequence, got {type(value).__name__}")
        return [None if item is None else convert(item) for item in value]

    return convert_list


_PLAIN: Mapping[str, core_schema.CoreSchema] = {
    "VARCHAR": core_schema.str_schema(strict=True),
    "BOOLEAN": core_schema.bool_schema(strict=True),
    "INTEGER": core_schema.int_schema(strict=True, ge=-(2**31), lt=2**31),
    "DOUBLE": core_schema.float_schema(strict=True, allow_inf_nan=False),
}
"""What is stored as it is."""
_CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "VARCHAR": _text,
    "INTEGER": _integer,
    "DOUBLE": _double,
    "BOOLEAN": _boolean,
    "TIMESTAMP": _timestamp,
    "JSON": _json,
    "VARCHAR[]": _list_of(_text),
    "INTEGER[]": _list_of(_integer),
    "DOUBLE[]": _list_of(_double),
}
