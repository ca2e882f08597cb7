"""Whose fault it is: what a component raises names its plugin, what it gives is checked."""

from __future__ import annotations

from contextlib import AbstractContextManager

from harness.errors import blaming, plugin_label
from harness.host.building import Built
from harness.types.component import ComponentKind
from harness.types.validation import misfit


def fitting(value: object, kind: object) -> None:
    """TypeError where what a plugin gave is no proper record of this kind."""
    wrong = misfit(value, kind)
    if wrong is not None:
        raise TypeError(f"gave a misfit: {wrong}")


def label(built: Built, kind: ComponentKind, method: str = "", *, name: str = "") -> str:
    """What a message calls the component: plugin, kind, name and method; `name` where a suite gave it another."""
    return plugin_label(built.plugin, f"{kind} {name or built.use!r}", method)


def blamed(built: Built, kind: ComponentKind, method: str) -> AbstractContextManager[None]:
    """What the component raises becomes a PluginError that names it; the harness's own errors and Ctrl-C pass."""
    return blaming(label(built, kind, method))
