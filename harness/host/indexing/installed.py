"""The plugins of the installed distributions, read from their metadata; nothing is imported."""

from __future__ import annotations

import importlib.machinery
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from harness import hookspecs
from harness.errors import describe
from harness.host.indexing.api_range import range_problems, supported_range
from harness.host.records import Indexed, PluginInfo, Problem
from harness.types.component import OWN_DISTRIBUTION
from harness.types.hashing import content_hash

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

_METADATA = (".dist-info", ".egg-info", ".egg")
_MOST_FILES = 500  # of one plugin; a package larger than this is a library that also has a plugin


def fingerprint() -> str:
    """What changes when a distribution comes, goes or changes, or Python or the hooks do; reads no metadata.

    The current folder, an empty entry of `sys.path`, counts only while it holds distributions: projects would otherwise
    all have an index of their own.
    """
    hooks = Path(hookspecs.__file__).stat()
    return content_hash([sys.version, [hooks.st_mtime_ns, hooks.st_size], [_folder(entry) for entry in sys.path]])


def installed_plugins() -> list[Indexed]:
    """Every plugin by name, not yet imported: with its range of harness versions and what is wrong with that."""
    from importlib.metadata import entry_points

    found: dict[str, Indexed] = {}
    twice = []
    for point in sorted(entry_points(group=hookspecs.PROJECT), key=lambda one: one.name):
        plugin = _of_entry_point(point)
        if point.name in found:
            problem = Problem(plugin.plugin, f"another plugin has this name: {found[point.name].plugin}", kind="name")
            twice.append(Indexed(plugin.plugin, plugin.requires, problems=(problem,), files=plugin.files))
        else:
            found[point.name] = plugin
    return [*found.values(), *twice]


def unchanged(files: tuple[tuple[str, int, int], ...]) -> bool:
    """Whether the files are all as they were."""
    return all(_stated(path) == (path, time, size) for path, time, size in files)


def version_here() -> str:
    """The version of the harness that is installed."""
    from importlib.metadata import version

    return version(OWN_DISTRIBUTION)


def with_folders(plugin: Indexed) -> Indexed:
    """The plugin, with the folders in which the module may appear that it lacks."""
    source = {str(Path(path).parent) for path, _, _ in plugin.files if path.endswith(".py")}
    states = (_stated(folder) for folder in sorted(source) or sys.path if folder)
    return replace(plugin, files=(*plugin.files, *(state for state in states if state is not None)))


def _folder(entry: str) -> tuple[object, ...]:
    try:
        with os.scandir(entry or ".") as found:
            named = sorted((one.name, one.stat().st_mtime_ns) for one in found if one.name.endswith(_METADATA))
    except NotADirectoryError:  # an archive, which is changed as a whole
        return (entry, _stated(entry))
    except OSError:
        return (entry,)
    return (entry, *named) if entry or named else ()


def _of_entry_point(point: EntryPoint) -> Indexed:
    distribution = point.dist
    try:
        name, version = (distribution.name, distribution.version) if distribution else ("?", "?")
        requires = distribution.requires or [] if distribution else []
    except Exception as error:  # whatever a metadata file that is damaged or half removed makes of it
        info = PluginInfo(point.name, point.value, "?", "?")
        problem = Problem(info, f"its metadata cannot be read: {describe(error)}", kind="metadata")
        return Indexed(info, problems=(problem,))
    info = PluginInfo(point.name, point.value, name or "?", version or "?")
    files = tuple(_files(point.value, distribution))
    if name == OWN_DISTRIBUTION:
        return Indexed(info, files=files)
    supported, unreadable = supported_range(requires)
    problems = [Problem(info, one, fatal=False, kind="requirement") for one in unreadable]
    return Indexed(info, supported, problems=(*problems, *range_problems(info, supported, version_here())), files=files)


def _files(value: str, distribution: Distribution | None) -> Iterator[tuple[str, int, int]]:
    """The state of the files that say what a plugin is: its metadata and its source."""
    folder = getattr(distribution, "_path", None)  # what every distribution in a folder has; others are in the key
    own = [Path(folder) / name for name in ("METADATA", "entry_points.txt")] if isinstance(folder, Path) else []
    source = _source(value.partition("[")[0].partition(":")[0].strip())
    for path in (*own, *islice(source, _MOST_FILES)):
        stated = _stated(str(path))
        if stated is not None:
            yield stated


def _source(module: str) -> Iterator[Path]:
    """The module's file, or all of the first package on the way to it that is not a mere namespace."""
    parts = module.split(".")
    try:
        spec = find_spec(parts[0])
    except (ImportError, ValueError):
        return
    for depth in range(1, len(parts) + 1):
        if spec is None:
            return
        if spec.origin is not None or depth == len(parts):
            break
        spec = importlib.machinery.PathFinder.find_spec(".".join(parts[: depth + 1]), spec.submodule_search_locations)
    if spec is not None and spec.submodule_search_locations is not None:
        for folder in spec.submodule_search_locations:
            yield from sorted(Path(folder).rglob("*.py"))
    elif spec is not None and spec.origin is not None:
        yield Path(spec.origin)


def _stated(path: str) -> tuple[str, int, int] | None:
    try:
        state = os.stat(path)  # noqa: PTH116 - of hundreds of files at every start; a Path takes twice as long
    except OSError:
        return None
    return (path, state.st_mtime_ns, state.st_size)
