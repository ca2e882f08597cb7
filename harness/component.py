"""A named thing that a plugin offers. Its options are the keyword arguments of `build`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Component(Generic[T_co]):
    """What a registration hook yields.

    `build` must be cheap: it is called to check options before anything is loaded, so heavy imports belong into the
    methods of what it returns. `summary` is one line for `harness plugins`; without it the docstring of `build` serves.
    """

    name: str
    build: Callable[..., T_co]
    summary: str = ""
