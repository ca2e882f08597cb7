"""The plugin host: finds plugins, loads each in isolation, lists their components, notifies them of events."""

from __future__ import annotations

import importlib.util
import inspect
import logging
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pluggy

from harness import hookspecs
from harness.component import Component, ComponentKind
from harness.errors import UsageError
from harness.suggest import did_you_mean

HOOK_OF_KIND: Mapping[ComponentKind, str] = {
    "dataset": "register_datasets",
    "cleaner": "register_cleaners",
    "trainer": "register_trainers",
    "metric": "register_metrics",
    "safety check": "register_safety_checks",
    "backend": "register_backends",
    "refiner": "register_refiners",
}
EVENTS = ("run_started", "cycle_finished", "run_finished")
_HOOKS = (*HOOK_OF_KIND.values(), "register_suites", *EVENTS)
_log = logging.getLogger("harness")


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
    """Why a plugin, or a part of it, is not there. `hook` and `component` are empty where the import failed."""

    plugin: PluginInfo
    message: str
    hook: str = ""
    component: str = ""
    fatal: bool = True

    def __str__(self) -> str:
        where = ": ".join(part for part in (f"plugin {self.plugin}", self.hook, self.component) if part)
        return f"{where}: {self.message}"


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


class PluginHost:
    """The plugins of one process. Made in `cli.main` and passed on; there is no global one."""

    def __init__(
        self,
        *,
        files: Sequence[Path] = (),
        disabled: Collection[str] = (),
        allowed: Collection[str] | None = None,
        isolates: bool = True,
    ) -> None:
        """`isolates`: whether components of other distributions may run in processes of their own."""
        self.isolates = isolates
        self.files, self.disabled, self.allowed = files, disabled, allowed
        self.problems: list[Problem] = []
        self.plugins: list[PluginInfo] = []
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._info_of: dict[str, PluginInfo] = {}
        self._registered: dict[ComponentKind, list[Registered]] = {}
        found = [*_installed(), *_from_files(files)]
        self._found = {info for info, _ in found}
        names = {info.name for info in self._found}
        for name in [*disabled, *(allowed or ())]:
            if name not in names:
                raise UsageError(f"plugins: no plugin is called {name!r}{did_you_mean(name, names)}")
        for info, load in found:
            # A file was named by hand, so an allow-list of installed plugins does not concern it.
            if info.name not in disabled and (allowed is None or info.name in allowed or not info.distribution):
                self._load(info, load)

    def add(self, plugin: object, info: PluginInfo) -> None:
        """Register a module or an object as a plugin; what is wrong with it becomes a problem, never an exception."""
        if self._manager.has_plugin(info.name):
            other = self._info_of[info.name]
            self.problems.append(Problem(info, f"another plugin has this name: {other}"))
            return
        marked = _with_decorated(dict(self._marked(plugin, info)), plugin)
        try:
            self._manager.register(_Hooks(marked), name=info.name)
        except Exception as error:
            self.problems.append(Problem(info, f"cannot be registered: {_said(error)}"))
            return
        self._info_of[info.name] = info
        self.plugins.append(info)
        self._registered.clear()

    def components(self, kind: ComponentKind) -> list[Registered]:
        """All components of a kind, by name. A hook that raises, or yields something else, becomes a problem."""
        if kind not in self._registered:
            found = list(self._collect(kind))
            self._registered[kind] = sorted(found, key=lambda one: (one.component.name, one.plugin.name))
        return self._registered[kind]

    def suite_folders(self) -> list[Path]:
        """The folders of suite files that plugins offer."""
        folders = []
        for info, offered in self._call_all("register_suites"):
            for folder in offered:
                if isinstance(folder, Path) and folder.is_dir():
                    folders.append(folder)
                else:
                    self._problem(Problem(info, f"{folder!r} is no folder", hook="register_suites"))
        return folders

    def find(self, kind: ComponentKind, name: str, where: str = "") -> Registered:
        """The one component of this name; UsageError where there is none or more than one."""
        place = f"{where}: " if where else ""
        found = [one for one in self.components(kind) if one.component.name == name]
        if len(found) > 1:
            both = " and ".join(str(one.plugin) for one in found)
            raise UsageError(f"{place}{kind} {name!r} is offered by {both}; switch one off with --disable-plugin NAME")
        if found:
            return found[0]
        names = [one.component.name for one in self.components(kind)]
        broken = "".join(f"\n  not loaded: {problem}" for problem in self.problems if problem.fatal)
        available = ", ".join(sorted(set(names))) or "none"
        raise UsageError(f"{place}unknown {kind} {name!r}{did_you_mean(name, names)}; available: {available}{broken}")

    def duplicates(self) -> list[tuple[Registered, Registered]]:
        """Pairs of components of one kind and one name."""
        pairs = []
        for kind in HOOK_OF_KIND:
            ordered = self.components(kind)
            pairs += [(a, b) for a, b in pairwise(ordered) if a.component.name == b.component.name]
        return pairs

    def can_make_anew(self, plugin: PluginInfo) -> bool:
        """Whether another process finds the plugin: it is installed or a file, not an object of this process."""
        return plugin in self._found

    def notify(self, event_name: str, event: object) -> None:
        """Tell every plugin; one that raises is logged and changes nothing."""
        for implementation in getattr(self._manager.hook, event_name).get_hookimpls():
            try:
                implementation.function(event)
            except (Exception, SystemExit) as error:
                info = self._info_of[implementation.plugin_name]
                _log.warning("plugin %s: %s: %s", info, event_name, _said(error))

    def _load(self, info: PluginInfo, load: Callable[[], object]) -> None:
        try:
            plugin = load()
        except (Exception, SystemExit) as error:
            self.problems.append(Problem(info, f"cannot be imported: {_said(error)}"))
            return
        self.add(plugin, info)

    def _marked(self, plugin: object, info: PluginInfo) -> Iterable[tuple[str, Callable[..., Any]]]:
        """The plugin's own hook functions; what is misspelt, unmarked or a wrapper is reported."""
        for name, value in inspect.getmembers(plugin, callable):
            marker = getattr(value, f"{hookspecs.PROJECT}_impl", None)
            imported = isinstance(plugin, ModuleType) and not _is_from(plugin, value.__module__)
            if marker is None:
                if name in _HOOKS and not imported:
                    message = "is named like a hook but not marked with @hookimpl, so it is never called"
                    self.problems.append(Problem(info, message, hook=name, fatal=False))
            elif imported:
                continue
            elif name not in _HOOKS:
                self.problems.append(Problem(info, f"is no hook{did_you_mean(name, _HOOKS)}", hook=name))
            elif marker.get("wrapper") or marker.get("hookwrapper"):
                self.problems.append(Problem(info, "is a wrapper; hooks here only yield or observe", hook=name))
            else:
                yield name, value

    def _collect(self, kind: ComponentKind) -> Iterable[Registered]:
        hook = HOOK_OF_KIND[kind]
        for info, offered in self._call_all(hook):
            for component in offered:
                if not isinstance(component, Component):
                    self._problem(Problem(info, f"yielded {component!r}, which is no Component", hook=hook))
                elif not callable(component.build):
                    self._problem(Problem(info, "its build is not callable", hook=hook, component=component.name))
                else:
                    yield Registered(kind, component, info)

    def _call_all(self, hook: str) -> Iterable[tuple[PluginInfo, list[Any]]]:
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            info = self._info_of[implementation.plugin_name]
            try:
                yield info, list(implementation.function())
            except (Exception, SystemExit) as error:
                self._problem(Problem(info, _said(error), hook=hook))

    def _problem(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


class _Hooks:
    """What pluggy sees of a plugin: its checked hook functions and nothing else."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self.__dict__.update(functions)


def _with_decorated(marked: Mapping[str, Callable[..., Any]], plugin: object) -> Mapping[str, Callable[..., Any]]:
    """The hook functions, with those that yield what decorators have made of the module's own functions."""
    decorated: dict[str, list[Component[Any]]] = {}
    for value in vars(plugin).values() if isinstance(plugin, ModuleType) else ():
        if isinstance(value, Component) and value.kind and _is_from(plugin, value.build.__module__):
            decorated.setdefault(HOOK_OF_KIND[value.kind], []).append(value)
    return {**marked, **{hook: _yields(marked.get(hook), found) for hook, found in decorated.items()}}


def _yields(function: Callable[..., Any] | None, decorated: Sequence[Component[Any]]) -> Callable[..., Any]:
    @hookspecs.hookimpl
    def register() -> Iterable[Any]:
        yielded = list(function()) if function is not None else []
        return [*yielded, *(one for one in decorated if not any(one is other for other in yielded))]

    return register


def _is_from(plugin: object, module: str) -> bool:
    """Whether the plugin's module, or one below it, is where something was made; what it imported is not its own."""
    home = getattr(plugin, "__name__", "")
    return module == home or module.startswith(f"{home}.")


def _installed() -> list[tuple[PluginInfo, Callable[[], object]]]:
    found = []
    for point in sorted(entry_points(group=hookspecs.PROJECT), key=lambda one: one.name):
        distribution = point.dist
        info = PluginInfo(
            name=point.name,
            source=point.value,
            distribution=distribution.name if distribution else "?",
            version=distribution.version if distribution else "?",
        )
        found.append((info, cast(Callable[[], object], point.load)))
    return found


def _from_files(files: Sequence[Path]) -> list[tuple[PluginInfo, Callable[[], object]]]:
    found: list[tuple[PluginInfo, Callable[[], object]]] = []
    for file in files:
        if not file.is_file():
            raise UsageError(f"--plugin {file}: no such file")
        if file.suffix != ".py":
            raise UsageError(f"--plugin {file}: a plugin file is a Python module, NAME.py")
        found.append((PluginInfo(file.stem, str(file)), lambda file=file: _import_file(file)))  # type: ignore[misc]
    return found


def _import_file(file: Path) -> ModuleType:
    name = f"harness_plugin_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file.resolve())
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look their module up
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _said(error: BaseException) -> str:
    text = str(error) or "no message"
    return f"{type(error).__name__}: {text}"
