"""A named thing that a plugin offers. Its options are the keyword arguments of `build`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

T_co = TypeVar("T_co", covariant=True)

ComponentKind: TypeAlias = Literal["dataset", "cleaner", "trainer", "metric", "safety check", "backend", "refiner"]
"""What type checkers know of `KINDS`; a test holds the two together."""

_OF_SUITES = frozenset({"name", "role", "margin", "floor", "cap", "per_case", "limit"})

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


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of component: all that the harness has to know of it.

    `word` names it on a command line, and the folder of its templates. `hook` registers it. `protocols` names what an
    instance may be; an option takes such a component where it is annotated with the first, and the contract is called
    after that. `methods` are those that the harness calls, `streams` those of them that yield. `isolated`: it runs in
    a process of its own unless a use says otherwise. `reserved`: keys that a suite reads itself, so no option has them.
    `needs_model`: its contract needs a small model.
    """

    name: ComponentKind
    word: str
    hook: str
    protocols: tuple[str, ...]
    methods: tuple[str, ...]
    streams: tuple[str, ...] = ()
    isolated: bool = False
    reserved: frozenset[str] = frozenset()
    needs_model: bool = False

    @property
    def contract(self) -> str:
        return f"{self.protocols[0]}Contract"


KINDS: Mapping[ComponentKind, Kind] = {
    kind.name: kind
    for kind in (
        Kind("dataset", "dataset", "register_datasets", ("Dataset",), methods=("load",), streams=("load",)),
        Kind("cleaner", "cleaner", "register_cleaners", ("Cleaner",), methods=("clean",), streams=("clean",)),
        Kind(
            "trainer",
            "trainer",
            "register_trainers",
            ("Trainer",),
            methods=("train", "check_data"),
            streams=("check_data",),
            needs_model=True,
        ),
        Kind(
            "metric",
            "metric",
            "register_metrics",
            ("Metric", "WholeMetric"),
            methods=("prepare", "warnings", "chosen", "score", "score_each", "value", "worst", "compute"),
            streams=("warnings", "score_each"),
            isolated=True,
            reserved=_OF_SUITES,
        ),
        Kind(
            "safety check",
            "safety",
            "register_safety_checks",
            ("SafetyCheck",),
            methods=("check",),
            streams=("check",),
            isolated=True,
            reserved=_OF_SUITES,
        ),
        Kind(
            "backend",
            "backend",
            "register_backends",
            ("Backend",),
            methods=("identify", "open", "count_tokens", "check_requests", "choose_threads", "explain"),
            streams=("explain",),
            needs_model=True,
        ),
        Kind(
            "refiner",
            "refiner",
            "register_refiners",
            ("Refiner",),
            methods=("propose", "possible_patches"),
            streams=("possible_patches",),
        ),
    )
}
"""Every kind of component, in the order of listings. A new one is a row here, a hook, a protocol and a contract."""


def why_not_called(function: Callable[..., object], *, may_yield: bool) -> str:
    """Why a call of the function would do nothing: it is async, or a generator where no items are read; else ""."""
    forms = (function, getattr(type(function), "__call__", None))  # noqa: B004 - an object that is called as a function
    if any(inspect.iscoroutinefunction(form) or inspect.isasyncgenfunction(form) for form in forms):
        return "is async, and nothing awaits it; write a plain `def`, with asyncio.run inside where it has to wait"
    if any(map(inspect.isgeneratorfunction, forms)) and not may_yield:
        return "yields, and nothing reads what it yields; write `return`"
    return ""
