"""A named thing that a plugin offers. Its options are the keyword arguments of `build`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

T_co = TypeVar("T_co", covariant=True)

ComponentKind: TypeAlias = Literal["dataset", "cleaner", "trainer", "metric", "safety check", "backend", "refiner"]

KindWord: TypeAlias = Literal["metric", "dataset", "cleaner", "trainer", "safety", "backend", "refiner"]
"""A kind as one word, for a command line."""

OWN_DISTRIBUTION = "finetune-harness"
"""The distribution of the harness and of the plugins that ship with it."""


@dataclass(frozen=True, slots=True)
class Component(Generic[T_co]):
    """What a registration hook yields.

    `build` must be cheap: it is called to check options before anything is loaded, so heavy imports belong into the
    methods of what it returns. `summary` is one line for `harness plugins`; without it the docstring of `build` serves.
    `needs` says what a machine must have for it to work: "network", "weights", "gpu", or an extra of the plugin's
    distribution, written "[name]". A component that has a `kind`, as those of the decorators do, needs no hook: it is
    found where it stands in the plugin's module.
    """

    name: str
    build: Callable[..., T_co]
    summary: str = ""
    kind: ComponentKind | None = None
    needs: tuple[str, ...] = ()


def why_not_called(function: Callable[..., object], *, may_yield: bool) -> str:
    """Why a call of the function would do nothing: it is async, or a generator where no items are read; else ""."""
    forms = (function, getattr(type(function), "__call__", None))  # noqa: B004 - an object that is called as a function
    if any(inspect.iscoroutinefunction(form) or inspect.isasyncgenfunction(form) for form in forms):
        return "is async, and nothing awaits it; write a plain `def`, with asyncio.run inside where it has to wait"
    if any(map(inspect.isgeneratorfunction, forms)) and not may_yield:
        return "yields, and nothing reads what it yields; write `return`"
    return ""
