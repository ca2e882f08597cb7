"""Whether a record that a plugin gave holds what its annotations say: Python itself never looks."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from math import isfinite
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

_Misfit: TypeAlias = tuple[str, str]
"""Where, as `.messages[0].content`, and what is wrong there."""
_Check: TypeAlias = Callable[[Any], _Misfit | None]


def misfit(value: Any, annotation: Any) -> str | None:
    """What is wrong with the value, as "messages[0].content: expected str, got None"; None where it fits.

    Numbers must be finite, and what is annotated `Any` must be plain JSON.
    """
    found = _check(annotation)(value)
    if found is None:
        return None
    where, wrong = found
    return f"{where.lstrip('.')}: {wrong}" if where else wrong


def statistics_of(result: Any) -> dict[str, float]:
    """What a metric's `score` or `worst` returned, as plain floats; TypeError says what else it is."""
    if not isinstance(result, Mapping):
        raise TypeError(f"returned {_shown(result)}, expected a mapping of names to numbers")
    return {
        str(name): figure if type(figure) is float else number_of(figure, f"as statistic {name!r}")
        for name, figure in result.items()
    }


def number_of(result: Any, place: str = "") -> float:
    """A number of any library as a plain float; TypeError where it is none."""
    try:
        if isinstance(result, str):
            raise TypeError
        return float(result)
    except (TypeError, ValueError):
        where = f" {place}" if place else ""
        raise TypeError(f"returned {_shown(result)}{where}, expected a number") from None


@cache
def _check(annotation: Any) -> _Check:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        return _is_json
    if origin is Literal:
        return _one_of(arguments)
    if origin in (Union, types.UnionType):
        return _any_of(annotation, [_check(one) for one in arguments])
    if origin is tuple:
        return _each(_check(arguments[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(_check(arguments[1]))
    if origin is frozenset:
        return lambda value: None if isinstance(value, frozenset) else _wrong("frozenset", value)
    if is_dataclass(annotation):
        return _record(annotation)
    if annotation in (float, int):
        return _number(annotation)
    return _instance(annotation)


def _wrong(expected: str, value: Any) -> _Misfit:
    return "", f"expected {expected}, got {_shown(value)}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _one_of(allowed: tuple[Any, ...]) -> _Check:
    listed = ", ".join(repr(one) for one in allowed)
    return lambda value: None if isinstance(value, str) and value in allowed else _wrong(f"one of {listed}", value)


def _any_of(annotation: Any, checks: list[_Check]) -> _Check:
    name = " or ".join(getattr(one, "__name__", str(one)) for one in get_args(annotation))

    def check(value: Any) -> _Misfit | None:
        found = [one(value) for one in checks]
        if None in found:
            return None
        nearest = max((one for one in found if one is not None), key=lambda one: (len(one[0]), one[1].startswith("is")))
        return nearest if nearest[0] or nearest[1].startswith("is") else _wrong(name, value)

    return check


def _each(inner: _Check) -> _Check:
    def check(value: Any) -> _Misfit | None:
        if not isinstance(value, tuple):
            return _wrong("a tuple", value)
        for number, one in enumerate(value):
            if (found := inner(one)) is not None:
                return f"[{number}]{found[0]}", found[1]
        return None

    return check


def _mapping(inner: _Check) -> _Check:
    def check(value: Any) -> _Misfit | None:
        if not isinstance(value, Mapping):
            return _wrong("a mapping", value)
        for key, one in value.items():
            if (found := inner(one)) is not None:
                return f"[{key!r}]{found[0]}", found[1]
        return None

    return check


def _record(kind: Any) -> _Check:
    hints = get_type_hints(kind)
    checks: list[tuple[str, _Check]] = []

    def check(value: Any) -> _Misfit | None:
        if not isinstance(value, kind):
            return _wrong(f"a {kind.__name__}", value)
        if not checks:  # made when first used, as a record may hold others of its kind
            checks.extend((field.name, _check(hints[field.name])) for field in fields(kind))
        for name, inner in checks:
            if (found := inner(getattr(value, name))) is not None:
                return f".{name}{found[0]}", found[1]
        return None

    return check


def _number(kind: type) -> _Check:
    accepted = (int,) if kind is int else (int, float)

    def check(value: Any) -> _Misfit | None:
        if isinstance(value, bool) or not isinstance(value, accepted):
            return _wrong(kind.__name__, value)
        return None if isfinite(value) else ("", f"is {value}")

    return check


def _instance(kind: type) -> _Check:
    return lambda value: None if isinstance(value, kind) else _wrong(kind.__name__, value)


def _is_json(value: Any) -> _Misfit | None:
    if isinstance(value, Mapping):
        for key, one in value.items():
            if not isinstance(key, str):
                return f"[{key!r}]", f"expected a text as key, got {_shown(key)}"
            if (found := _is_json(one)) is not None:
                return f"[{key!r}]{found[0]}", found[1]
        return None
    if isinstance(value, list | tuple):
        return _each(_is_json)(tuple(value))
    if value is None or isinstance(value, str | bool):
        return None
    return _number(float)(value) if isinstance(value, int | float) else _wrong("a JSON value", value)
