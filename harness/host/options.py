"""The options of a component: the keyword arguments of its `build`, as its annotations say."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from harness import protocols
from harness.errors import PluginError, plugin_label
from harness.host.records import Registered
from harness.types.component import KINDS, ComponentKind

OF_ALL = frozenset({"use", "isolate"})
"""Keys that are read wherever a component is used, so no option may have these names."""
KIND_OF_PROTOCOL: Mapping[type, ComponentKind] = {
    getattr(protocols, kind.protocols[0]): name for name, kind in KINDS.items()
}


@dataclass(frozen=True, slots=True)
class Option:
    """One keyword argument of `build`; `default` is `inspect.Parameter.empty` where it must be given."""

    name: str
    annotation: Any
    default: Any

    @property
    def required(self) -> bool:
        return self.default is inspect.Parameter.empty

    def __str__(self) -> str:
        kind = getattr(self.annotation, "__name__", None) if isinstance(self.annotation, type) else None
        text = kind or str(self.annotation).replace("typing.", "").replace("collections.abc.", "").replace(
            "pathlib.", ""
        )
        return f"{self.name}: {text}" if self.required else f"{self.name}: {text} = {self.default!r}"


@dataclass(frozen=True, slots=True)
class Written:
    """A number or the like from the command line: `value` where that fits the option, else the `text` itself."""

    text: str
    value: Any


def options_of(registered: Registered) -> list[Option]:
    """The options of a component; PluginError where `build` cannot be read or takes a reserved name."""
    try:
        return _options(registered.component.build, OF_ALL | KINDS[registered.kind].reserved)
    except (TypeError, ValueError, NameError) as error:
        raise PluginError(f"{label_of(registered)}: its options cannot be read: {error}") from error


def kind_of(annotation: Any) -> ComponentKind | None:
    """The kind of component that an option of this annotation takes; None where it takes another value."""
    return KIND_OF_PROTOCOL.get(annotation) if isinstance(annotation, type) else None


def _options(function: Callable[..., Any], reserved: Collection[str]) -> list[Option]:
    # A class is called through its __init__, which holds the annotations.
    hints = get_type_hints(getattr(function, "__init__") if isinstance(function, type) else function)  # noqa: B009
    found = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise ValueError(f"argument {parameter.name!r} is not a plain keyword argument")
        if parameter.name in reserved:
            raise ValueError(f"{parameter.name!r} is a key of suites and cannot be an option")
        found.append(Option(parameter.name, hints.get(parameter.name, Any), parameter.default))
    return found


def label_of(registered: Registered) -> str:
    return plugin_label(registered.plugin, KINDS[registered.kind].hook, registered.component.name)
