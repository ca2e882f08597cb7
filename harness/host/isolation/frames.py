"""What the harness and a worker say to each other: pickled messages, of which the harness reads plain records alone."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path, PurePath
from types import FunctionType
from typing import Any, TypeAlias

from harness import types as records


@dataclass(frozen=True, slots=True)
class Call:
    """Call a method of the component, or of the model it opened; `Item`s where it yields, then `Done` or `Raised`."""

    method: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Item:
    value: Any


@dataclass(frozen=True, slots=True)
class Done:
    value: Any = None


@dataclass(frozen=True, slots=True)
class Array:
    """Floats in the order of C, as bytes."""

    shape: tuple[int, ...]
    floats: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """What a model serves and says of itself, as soon as it is open."""

    answers: frozenset[str]
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """A trainer reports a step; the worker waits for the monitor's signal."""

    record: records.StepRecord


@dataclass(frozen=True, slots=True)
class Facts:
    """What the opened model says of itself from now on."""

    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """A message for the harness's log."""

    text: str


@dataclass(frozen=True, slots=True)
class Raised:
    """The method raised: the name of the error's class, its text and the traceback."""

    name: str
    text: str
    traceback: str


Reply: TypeAlias = Item | Done | Step | Facts | Said | Raised


class UnreadableError(Exception):
    """A worker sent what is no plain record."""


def sent(message: Any) -> bytes:
    """What the harness says; a worker believes it."""
    return pickle.dumps(message, protocol=5)


def told(reply: Any) -> bytes:
    """What a worker says, as `received` reads it: of subclasses of records and plain values, what they are made of."""
    out = io.BytesIO()
    _Teller(out, protocol=5).dump(reply)
    return out.getvalue()


def received(data: bytes) -> Reply:
    """What a worker said; UnreadableError where it holds anything but records and plain values.

    Nothing of a plugin runs, and no class is within reach of the bytes: all they can name makes records.
    """
    try:
        reply = _Listener(io.BytesIO(data)).load()
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(f"bytes that are no message: {error}") from error
    if not isinstance(reply, Reply):
        raise UnreadableError(f"a {type(reply).__name__}, which is no reply")
    return reply


class _Teller(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, FunctionType) and _MAKERS.get(value.__name__) is value:
            return NotImplemented  # by its name
        record = next((one for one in type(value).__mro__ if _RECORDS.get(one.__name__) is one), None)
        if record is not None:
            return _record, (record.__name__, *(getattr(value, field.name) for field in fields(record)))
        if isinstance(value, PurePath):
            return _path, (str(value),)
        for abstract, plain in _PLAIN:
            if isinstance(value, abstract):
                return _plain, (plain(value),)
        name = f"{type(value).__module__}.{type(value).__qualname__}"
        raise TypeError(f"gave a {name}, which is no record of harness.types and no plain value")


class _Listener(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        found = _MAKERS.get(name) if module == __name__ else None
        if found is None:
            raise UnreadableError(f"a {module}.{name}, which is no record of harness.types and no plain value")
        return lambda *values: found(*values)


def _record(name: str, *values: Any) -> Any:
    return _RECORDS[name](*values)


def _path(text: str) -> Path:
    return Path(text)


def _plain(value: Any) -> Any:
    return value


_PLAIN: Sequence[tuple[type, Callable[[Any], Any]]] = (
    *((one, one) for one in (str, float, int, list, tuple, set, frozenset)),
    (Mapping, dict),
)
_MAKERS = {one.__name__: one for one in (_record, _path, _plain)}
_PUBLIC = [getattr(records, name) for name in records.__all__]
_RECORDS: Mapping[str, Any] = {
    one.__name__: one
    for one in (Array, Done, Facts, Item, Opened, Raised, Said, Step, *_PUBLIC)
    if isinstance(one, type) and is_dataclass(one)
}
