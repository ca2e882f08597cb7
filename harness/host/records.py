"""What the host knows of plugins: where one comes from, what it offers, what is wrong with it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from harness.errors import plugin_label
from harness.types.component import Component, ComponentKind

ProblemKind: TypeAlias = Literal[
    "raises", "leaves", "no module", "ends", "slow", "prints", "changes", "async", "name", "metadata",
    "requirement", "range",
    "no hook", "unmarked", "wrapper", "argument", "deprecated", "no component", "build", "no folder",
]  # fmt: skip
"""What sort of fault it is; `raises` is any error of the plugin's own, `ends` one that took the process along."""


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """Where a plugin comes from. A plugin that is one file has no distribution."""

    name: str
    source: str
    distribution: str = ""
    version: str = ""

    def __str__(self) -> str:
        return (
            f"{self.name} ({self.distribution} {self.version})" if self.distribution else f"{self.name} ({self.source})"
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a plugin, or a part of it, is not there. `hook` and `component` are empty where the import failed.

    `fatal`: it is not there; otherwise it is, and something is to be said of it.
    """

    plugin: PluginInfo
    message: str
    hook: str = ""
    component: str = ""
    fatal: bool = True
    kind: ProblemKind = "raises"

    def __str__(self) -> str:
        return plugin_label(self.plugin, self.hook, self.component, self.message)


@dataclass(frozen=True, slots=True)
class Registered:
    """A component and who offers it."""

    kind: ComponentKind
    component: Component[Any]
    plugin: PluginInfo

    @property
    def summary(self) -> str:
        text = self.component.summary or inspect.getdoc(self.component.build) or ""
        return text.strip().splitlines()[0] if text.strip() else ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A component as text: what can be said of it without importing its plugin.

    `options` are written `name: type = default`; `required` names those that have no default.
    """

    kind: ComponentKind
    name: str
    plugin: PluginInfo
    summary: str = ""
    options: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indexed:
    """What a plugin was found to offer when it was last imported. `requires` is its range of harness versions."""

    plugin: PluginInfo
    requires: str = ""
    hooks: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    folders: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[tuple[str, int, int], ...] = ()

    @property
    def loads(self) -> bool:
        """Whether the plugin can be imported; what is wrong with one hook takes the others not along."""
        return not any(problem.fatal and not problem.hook for problem in self.problems)

    @property
    def fails(self) -> bool:
        """Whether the plugin, or a hook of it, cannot be used."""
        return any(problem.fatal for problem in self.problems)

    @property
    def takes_too_long(self) -> bool:
        return any(problem.kind == "slow" for problem in self.problems)

    @property
    def lacks_a_module(self) -> bool:
        """Whether it could not be imported for want of a module, its own or another."""
        return any(problem.kind == "no module" for problem in self.problems)


def from_json(content: Mapping[str, Any]) -> Indexed:
    """A plugin as `dataclasses.asdict` has written it; KeyError or TypeError where that is something else."""
    plugin = PluginInfo(**content["plugin"])
    return Indexed(
        plugin=plugin,
        requires=content["requires"],
        hooks=tuple(content["hooks"]),
        offers=tuple(_offer(one, plugin) for one in content["offers"]),
        folders=tuple(content["folders"]),
        problems=tuple(Problem(**{**one, "plugin": plugin}) for one in content["problems"]),
        files=tuple((path, changed, size) for path, changed, size in content["files"]),
    )


def _offer(content: Mapping[str, Any], plugin: PluginInfo) -> Offer:
    lists = {name: tuple(content[name]) for name in ("options", "required", "needs")}
    return Offer(**{**content, **lists, "plugin": plugin})
