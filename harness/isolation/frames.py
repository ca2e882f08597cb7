"""What the harness and a worker say to each other: pickled messages, of which the harness reads plain records alone."""

from __future__ import annotations

import builtins
import io
import pickle
from dataclasses import dataclass
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
    return pickle.dumps(message, protocol=5)


def received(data: bytes) -> Reply:
    """What a worker said; UnreadableError where it holds another class than our records: no code of a plugin runs."""
    try:
        reply: Reply = _Records(io.BytesIO(data)).load()
    except UnreadableError:
        raise
    except Exception as error:
        raise UnreadableError(f"bytes that are no message: {error}") from error
    return reply


class _Records(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module == __name__ and name in _OWN:
            return _OWN[name]
        if module.startswith("harness.types.") and name in records.__all__:
            return getattr(records, name)
        if module == "pathlib" and name in ("Path", "PosixPath", "WindowsPath", "PurePosixPath"):
            return super().find_class(module, name)
        if module == "builtins" and name in ("set", "frozenset"):
            return getattr(builtins, name)
        raise UnreadableError(f"a {module}.{name}, which is no record of harness.types and no plain value")


_OWN = {one.__name__: one for one in (Array, Done, Facts, Item, Opened, Raised, Said, Step)}
