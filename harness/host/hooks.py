"""The hook functions of a plugin, checked: what is misspelt, unmarked, deprecated or a wrapper is a problem."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any, TypeAlias

from harness import hookspecs
from harness.errors import did_you_mean
from harness.hookspecs import EVENTS, Deprecated
from harness.host.records import PluginInfo, Problem
from harness.types.component import Component, why_not_called

Function: TypeAlias = Callable[..., Any]
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_SPEC, _IMPL = f"{hookspecs.PROJECT}_spec", f"{hookspecs.PROJECT}_impl"


class Hooks:
    """What pluggy sees of a plugin: its checked hook functions and nothing else."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.__dict__.update(functions)


def specified(specs: ModuleType) -> Mapping[str, Function]:
    """The hooks that a module of specifications has, by name."""
    return {name: value for name, value in vars(specs).items() if hasattr(value, _SPEC)}


def deprecated_hooks(specs: ModuleType) -> Mapping[str, Deprecated]:
    """The hooks that go, by name."""
    found = {name: getattr(hook, _SPEC).get("warn_on_impl") for name, hook in specified(specs).items()}
    return {name: warning for name, warning in found.items() if isinstance(warning, Deprecated)}


def deprecated_arguments(specs: ModuleType, hook: str) -> Mapping[str, Deprecated]:
    """The arguments of a hook that go, by name."""
    found = getattr(specified(specs)[hook], _SPEC).get("warn_on_impl_args") or {}
    return {name: warning for name, warning in found.items() if isinstance(warning, Deprecated)}


def hook_functions(
    plugin: object, info: PluginInfo, specs: ModuleType, problems: list[Problem]
) -> Mapping[str, Function]:
    """The plugin's functions by the hook that calls them, decorated components included; the rest is in `problems`."""
    marked = dict(_marked(plugin, info, specified(specs), problems))
    sound = {name: one for name, one in marked.items() if _arguments_known(name, one, info, specs, problems)}
    return _with_decorated(_in_place_of_old(sound, info, specs, problems), plugin, specs.HOOK_OF_KIND)


def _marked(
    plugin: object, info: PluginInfo, hooks: Mapping[str, Function], problems: list[Problem]
) -> Iterator[tuple[str, Function]]:
    for name, value in inspect.getmembers(plugin, callable):
        marker = getattr(value, _IMPL, None)
        imported = isinstance(plugin, ModuleType) and not _is_from(plugin, getattr(value, "__module__", None) or "")
        if marker is None:
            if name in hooks and not imported:
                message = "is named like a hook but not marked with @hookimpl, so it is never called"
                problems.append(Problem(info, message, hook=name, fatal=False, kind="unmarked"))
        elif imported:
            continue
        elif name not in hooks:
            problems.append(Problem(info, f"is no hook{did_you_mean(name, hooks)}", hook=name, kind="no hook"))
        elif marker.get("wrapper") or marker.get("hookwrapper"):
            message = "is a wrapper; hooks here only yield or observe"
            problems.append(Problem(info, message, hook=name, kind="wrapper"))
        elif wrong := why_not_called(value, may_yield=name not in EVENTS):
            problems.append(Problem(info, wrong, hook=name, kind="async"))
        else:
            yield name, value


def _arguments_known(
    hook: str, function: Function, info: PluginInfo, specs: ModuleType, problems: list[Problem]
) -> bool:
    """Whether the hook has every argument that the function names; those that go are told."""
    known = list(inspect.signature(specified(specs)[hook]).parameters)
    old = deprecated_arguments(specs, hook)
    named = [one.name for one in inspect.signature(function).parameters.values() if _is_named(one)]
    unknown = [name for name in named if name not in known]
    for name in unknown:
        there = f"arguments: {', '.join(known) or 'none'}"
        message = f"has no argument {name!r}{did_you_mean(name, known)}; {there}"
        problems.append(Problem(info, message, hook=hook, kind="argument"))
    gone = [name for name in named if name in old]
    for name in gone:
        message = f"its argument {name!r} {old[name]}"
        problems.append(Problem(info, message, hook=hook, fatal=False, kind="deprecated"))
    return not unknown


def _is_named(parameter: inspect.Parameter) -> bool:
    """Whether pluggy fills the parameter; one with a default is the plugin's own affair."""
    return parameter.kind in _POSITIONAL and parameter.default is parameter.empty


def _in_place_of_old(
    functions: Mapping[str, Function], info: PluginInfo, specs: ModuleType, problems: list[Problem]
) -> dict[str, Function]:
    """The functions, those of deprecated hooks under the hook that takes its place.

    A plugin that has both, for old and new releases of the harness, is called through the new one alone.
    """
    old = deprecated_hooks(specs)
    kept = {name: function for name, function in functions.items() if name not in old}
    for name in functions.keys() & old.keys():
        problems.append(Problem(info, str(old[name]), hook=name, fatal=False, kind="deprecated"))
        kept.setdefault(old[name].instead, functions[name])
    return kept


def _with_decorated(
    functions: Mapping[str, Function], plugin: object, hook_of_kind: Mapping[str, str]
) -> Mapping[str, Function]:
    """The functions, with those that yield what decorators have made of the module's own functions."""
    decorated: dict[str, list[Component[Any]]] = {}
    for value in vars(plugin).values() if isinstance(plugin, ModuleType) else ():
        if isinstance(value, Component) and value.kind and _is_from(plugin, value.build.__module__):
            decorated.setdefault(hook_of_kind[value.kind], []).append(value)
    return {**functions, **{hook: _yields(functions.get(hook), found) for hook, found in decorated.items()}}


def _yields(function: Function | None, decorated: Sequence[Component[Any]]) -> Function:
    @hookspecs.hookimpl
    def register() -> Iterable[Any]:
        yielded = list(function()) if function is not None else []
        return [*yielded, *(one for one in decorated if not any(one is other for other in yielded))]

    return register


def _is_from(plugin: object, module: str) -> bool:
    """Whether the plugin's module, or one below it, is where something was made; what it imported is not its own."""
    home = getattr(plugin, "__name__", "")
    return module == home or module.startswith(f"{home}.")
