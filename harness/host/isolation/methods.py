"""Which methods the harness calls on a component, and an object that stands for a component with other methods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from harness.types.component import KINDS

MODEL_METHODS = ("answer", "variant")
"""Of what a backend's `open` gives."""

STREAMS = frozenset({"answer", "scores"}.union(*(kind.streams for kind in KINDS.values())))
"""The methods that yield, of components, of a model, and of a worker that scores many answers at a time."""

_TRAITS = ("scope", "reads", "higher_is_better", "bounds", "comparable_on", "answers", "facts", "accuracy")
"""What a component declares and others read."""


def methods_of(instance: Any, names: tuple[str, ...]) -> list[str]:
    """Those of the methods that it has; the others are optional."""
    return [name for name in names if callable(getattr(instance, name, None))]


def standing_for(instance: Any, methods: Mapping[str, Callable[..., Any]]) -> Any:
    """An object with these methods, and with what the instance declares: protocols are looked up on its class."""
    traits = {name: _trait(instance, name) for name in _TRAITS if hasattr(instance, name)}
    functions = {name: staticmethod(function) for name, function in methods.items()}
    others = {"__getattr__": lambda _, name: getattr(instance, name)}
    return type(type(instance).__name__, (), {**traits, **functions, **others})()


def _trait(instance: Any, name: str) -> Any:
    return property(lambda _: getattr(instance, name))
