"""Values in the messages of rules: short enough to be read, whatever is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

_TEXT = 60
_ALL = 1500


def shown(value: Any) -> str:
    """The value without fields that are as by default; long texts are cut, and so is the whole."""
    text = _shown(value)
    return text if len(text) <= _ALL else f"{text[:_ALL]}…"


class Shown:
    """A value that prints in short. No dataclass, of which hypothesis would print the fields."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        return shown(self.value)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return repr(value) if len(value) <= _TEXT else f"{value[:_TEXT]!r}… ({len(value)} characters)"
    if is_dataclass(value) and not isinstance(value, type):
        given = [
            (one.name, getattr(value, one.name)) for one in fields(value) if getattr(value, one.name) != _default(one)
        ]
        return f"{type(value).__name__}({', '.join(f'{name}={_shown(inner)}' for name, inner in given)})"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_shown(key)}: {_shown(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list | tuple):
        inside = ", ".join(map(_shown, value))
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    return repr(value)


def _default(one: Field[Any]) -> Any:
    return one.default_factory() if one.default_factory is not MISSING else one.default
