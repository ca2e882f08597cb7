"""The plugin host: knows every plugin, imports those that are needed, and notifies them of events."""

from __future__ import annotations

import inspect
import logging
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

from harness import hookspecs
from harness.errors import PluginError, UsageError, describe, did_you_mean
from harness.host.hooks import Hooks, deprecated_arguments, hook_functions
from harness.host.indexing.index import look_again, plugin_index
from harness.host.isolation.silence import quiet
from harness.host.loading import import_plugin, plugin_files
from harness.host.records import Indexed, Offer, PluginInfo, Problem, Registered
from harness.host.time_limit import fault_of as kind_of
from harness.host.time_limit import import_seconds, in_time
from harness.types.component import Component, ComponentKind

_log = logging.getLogger("harness")


class PluginHost:
    """The plugins of one process. Made in `cli.main` and passed on; there is no global one.

    Files are imported at once, as they were named by hand. An installed plugin is imported when a component or a hook
    of it is needed; until then the index says what it offers. `problems` are those of what was imported.
    """

    def __init__(
        self,
        *,
        files: Sequence[Path] = (),
        disabled: Collection[str] = (),
        allowed: Collection[str] | None = None,
        isolates: bool = True,
        installed: Sequence[Indexed] | None = None,
        specs: ModuleType = hookspecs,
    ) -> None:
        """`isolates`: whether components of other distributions may run in processes of their own.

        `installed` are the plugins of the index unless given.
        """
        self.isolates = isolates
        self.files, self.disabled, self.allowed = files, disabled, allowed
        self.problems: list[Problem] = []
        self._specs = specs
        self._manager = pluggy.PluginManager(hookspecs.PROJECT)
        self._manager.add_hookspecs(specs)
        self._loaded: dict[str, PluginInfo] = {}
        self._registered: dict[tuple[ComponentKind, str], list[Registered]] = {}
        found = plugin_index() if installed is None else installed
        named = plugin_files(files)
        _check_names([*disabled, *(allowed or ())], {*(one.plugin.name for one in found), *(one.name for one in named)})
        self.installed = [
            one for one in found if one.plugin.name not in disabled and (allowed is None or one.plugin.name in allowed)
        ]
        self._waiting = {one.plugin.name: one for one in self.installed if one.loads}
        self._looked_again = False
        self._found = {*(one.plugin for one in found), *named}
        for info in named:
            # A file was named by hand, so an allow-list of installed plugins does not concern it.
            if info.name not in disabled:
                self.load(info, import_seconds() if isolates else None)  # a worker is watched from outside

    @property
    def plugins(self) -> list[PluginInfo]:
        """The plugins that can be used, imported or not."""
        return [*(one.plugin for one in self._waiting.values()), *self._loaded.values()]

    def load(self, info: PluginInfo, limit_seconds: float | None = None) -> None:
        """Import a plugin, in `limit_seconds` if given, and register it; what is wrong becomes a problem."""
        try:
            with self._quiet(info), in_time(limit_seconds) if limit_seconds else nullcontext():
                plugin = import_plugin(info)
        except (Exception, SystemExit) as error:
            self._problem(Problem(info, f"cannot be imported: {describe(error)}", kind=kind_of(error)))
            return
        self.add(plugin, info)

    def add(self, plugin: object, info: PluginInfo) -> None:
        """Register a module or an object as a plugin; what is wrong with it becomes a problem, never an exception."""
        other = self._named(info.name)
        if other is not None:
            self._problem(Problem(info, f"another plugin has this name: {other}", kind="name"))
            return
        try:
            with self._quiet(info):  # an object's attributes may be code
                functions = hook_functions(plugin, info, self._specs, self.problems)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", hookspecs.Deprecated)  # a problem says it, with the plugin's name
                self._manager.register(Hooks(functions), name=info.name)
        except (Exception, SystemExit) as error:
            self._problem(Problem(info, f"cannot be registered: {describe(error)}", kind=kind_of(error)))
            return
        self._loaded[info.name] = info

    def hooks_of(self, name: str) -> tuple[str, ...]:
        """The hooks that a plugin implements; none where it is not loaded."""
        plugin = self._manager.get_plugin(name)
        return tuple(sorted(vars(plugin))) if plugin is not None else ()

    def components(self, kind: ComponentKind) -> list[Registered]:
        """All components of a kind, by name. A hook that raises, or yields something else, becomes a problem."""
        for one in list(self._waiting.values()):
            if any(offer.kind == kind for offer in one.offers):
                self._need(one.plugin.name)
        found = [one for info in self._loaded.values() for one in self._components_of(kind, info)]
        return sorted(found, key=lambda one: (one.component.name, one.plugin.name))

    def suite_folders(self) -> list[Path]:
        """The folders of suite files that plugins offer."""
        folders = [Path(folder) for one in self._waiting.values() for folder in one.folders]
        for info in self._loaded.values():
            folders += self._folders_of(info)
        return folders

    def find(self, kind: ComponentKind, name: str, where: str = "") -> Registered:
        """The one component of this name, of a plugin that is imported now; UsageError where there is none or more.

        PluginError where the plugin that offers it fails now.
        """
        place = f"{where}: " if where else ""
        offering = self._offering(kind, name)
        if not offering and self._look_again():
            offering = self._offering(kind, name)
        if len(offering) > 1:
            both = " and ".join(map(str, offering))
            raise UsageError(f"{place}{kind} {name!r} is offered by {both}; switch one off with --disable-plugin NAME")
        for plugin in offering:
            return self._made(plugin, kind, name, place)
        names = sorted({other for other, _ in self._offered(kind)})
        available = f"{did_you_mean(name, names)}; available: {', '.join(names) or 'none'}"
        raise UsageError(f"{place}unknown {kind} {name!r}{available}{self._not_loaded()}")

    def offers(self) -> list[Offer]:
        """Every component as text, by kind and name; imports no installed plugin."""
        from harness.host.listing import offer_of

        found = [offer for one in self.installed for offer in one.offers]
        for kind in self._specs.HOOK_OF_KIND:
            found += [offer_of(one) for info in self._by_hand() for one in self._components_of(kind, info)]
        order = list(self._specs.HOOK_OF_KIND)
        return sorted(found, key=lambda one: (order.index(one.kind), one.name, one.plugin.name))

    def duplicates(self) -> list[tuple[Offer, Offer]]:
        """Pairs of components of one kind and one name."""
        return [(a, b) for a, b in pairwise(self.offers()) if (a.kind, a.name) == (b.kind, b.name)]

    def all_problems(self) -> list[Problem]:
        """The problems of every plugin that is on: as the index has them, and as they came up here."""
        return list(dict.fromkeys([*(problem for one in self.installed for problem in one.problems), *self.problems]))

    def can_make_anew(self, plugin: PluginInfo) -> bool:
        """Whether another process finds the plugin: it is installed or a file, not an object of this process."""
        return plugin in self._found

    def notify(self, event_name: str, *values: object) -> None:
        """Tell every plugin; one that raises is logged and changes nothing. Each gets the arguments that it names."""
        for one in list(self._waiting.values()):
            if event_name in one.hooks:
                self._need(one.plugin.name)
        arguments = self._arguments(event_name, values)
        for implementation in getattr(self._manager.hook, event_name).get_hookimpls():
            info = self._loaded[implementation.plugin_name]
            before = len(self.problems)
            try:
                with self._quiet(info, event_name):
                    implementation.function(*(arguments[name] for name in implementation.argnames))
            except (Exception, SystemExit) as error:
                _log.warning("plugin %s: %s: %s", info, event_name, describe(error))
            self._warn_of(before)

    def _arguments(self, hook: str, values: Sequence[object]) -> Mapping[str, object]:
        """The values by the names that the hook gives them, and by those that it gave them before."""
        old = deprecated_arguments(self._specs, hook)
        names = [name for name in inspect.signature(getattr(self._specs, hook)).parameters if name not in old]
        arguments = dict(zip(names, values, strict=True))
        return {**arguments, **{name: arguments[one.instead] for name, one in old.items()}}

    def _need(self, name: str) -> None:
        """Import an installed plugin, unless it is; what is wrong with it is a warning, as something needs it."""
        one = self._waiting.pop(name, None)
        if one is None:
            return
        before = len(self.problems)
        self.load(one.plugin)
        self._warn_of(before)

    def _warn_of(self, before: int) -> None:
        for problem in self.problems[before:]:
            _log.warning("%s", problem)

    def _not_loaded(self) -> str:
        """A line for each reason why something may be missing."""
        lines = [f"\n  not loaded: {problem}" for problem in self.all_problems() if problem.fatal]
        if any(problem.fatal for one in self.installed for problem in one.problems):
            lines.append("\n  `harness plugins --refresh` imports them again")
        return "".join(lines)

    def _look_again(self) -> bool:
        """Look once more at what failed when the index was made, as that may have passed; whether there was any."""
        failed = [one for one in self.installed if one.fails and one.plugin not in self._loaded.values()]
        if self._looked_again or not failed:
            return False
        self._looked_again = True
        _log.info("looking again at plugins that failed: %s", ", ".join(one.plugin.name for one in failed))
        found = {one.plugin: one for one in look_again(failed)}
        self.installed = [found.get(one.plugin, one) for one in self.installed]
        self._waiting.update({info.name: one for info, one in found.items() if one.loads})
        return True

    def _made(self, plugin: PluginInfo, kind: ComponentKind, name: str, place: str) -> Registered:
        """The component, of a plugin that offers it."""
        self._need(plugin.name)
        found = next((one for one in self._components_of(kind, plugin) if one.component.name == name), None)
        if found is not None:
            return found
        hook = self._specs.HOOK_OF_KIND[kind]
        failed = [one for one in self.problems if one.plugin == plugin and one.fatal and one.hook in ("", hook)]
        reasons = [f"{one.hook}: {one.message}" if one.hook else one.message for one in failed]
        why = "; ".join(reasons) or f"{hook} does not yield it now"
        more = f"`harness plugins doctor {plugin.name}` says more"
        raise PluginError(f"{place}{kind} {name!r} cannot be used: plugin {plugin} offers it, but {why}; {more}")

    def _named(self, name: str) -> PluginInfo | None:
        waiting = self._waiting.get(name)
        return waiting.plugin if waiting is not None else self._loaded.get(name)

    def _by_hand(self) -> list[PluginInfo]:
        indexed = {one.plugin for one in self.installed}
        return [info for info in self._loaded.values() if info not in indexed]

    def _offered(self, kind: ComponentKind) -> list[tuple[str, PluginInfo]]:
        """Name and plugin of each component of a kind."""
        found = [(offer.name, offer.plugin) for one in self.installed for offer in one.offers if offer.kind == kind]
        by_hand = [one for info in self._by_hand() for one in self._components_of(kind, info)]
        return [*found, *((one.component.name, one.plugin) for one in by_hand)]

    def _offering(self, kind: ComponentKind, name: str) -> list[PluginInfo]:
        return [plugin for other, plugin in self._offered(kind) if other == name]

    def _components_of(self, kind: ComponentKind, info: PluginInfo) -> list[Registered]:
        if (kind, info.name) not in self._registered:
            self._registered[kind, info.name] = list(self._collected(kind, info))
        return self._registered[kind, info.name]

    def _collected(self, kind: ComponentKind, info: PluginInfo) -> Iterator[Registered]:
        hook = self._specs.HOOK_OF_KIND[kind]
        for component in self._called(hook, info):
            if not isinstance(component, Component):
                message = f"yielded {component!r}, which is no Component"
                self._problem(Problem(info, message, hook=hook, kind="no component"))
            elif not callable(component.build):
                message = "its build is not callable"
                self._problem(Problem(info, message, hook=hook, component=component.name, kind="build"))
            else:
                yield Registered(kind, component, info)

    def _folders_of(self, info: PluginInfo) -> Iterator[Path]:
        for folder in self._called("register_suites", info):
            if isinstance(folder, Path) and folder.is_dir():
                yield folder
            else:
                self._problem(Problem(info, f"{folder!r} is no folder", hook="register_suites", kind="no folder"))

    def _called(self, hook: str, info: PluginInfo) -> list[Any]:
        """All that a plugin's registration hook yields; nothing where it fails halfway."""
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            if implementation.plugin_name == info.name:
                try:
                    with self._quiet(info, hook):
                        return list(implementation.function())
                except (Exception, SystemExit) as error:
                    self._problem(Problem(info, describe(error), hook=hook, kind=kind_of(error)))
        return []

    def _quiet(self, info: PluginInfo, hook: str = "") -> AbstractContextManager[None]:
        """Code of the plugin runs in this; that it prints, or changes the process, is a problem."""
        return quiet(lambda kind, text: self._problem(Problem(info, text, hook=hook, fatal=False, kind=kind)))

    def _problem(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


def _check_names(asked: Iterable[str], known: Collection[str]) -> None:
    for name in asked:
        if name not in known:
            raise UsageError(f"plugins: no plugin is called {name!r}{did_you_mean(name, known)}")
