"""What identifies the code of a component: stored scores are found by it."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from itertools import accumulate, islice, takewhile
from pathlib import Path
from typing import Any, NamedTuple

from harness.documents.regular_files import file_hash
from harness.host.records import PluginInfo
from harness.types.hashing import content_hash

_MOST_FILES = 500  # of one package; one that is larger is a library, whose files do not change by themselves
_CORE = Path(str(sys.modules["harness"].__file__)).parent  # wherever in the package this module lies


def code_of(instance: Any, build: Callable[..., Any], plugin: PluginInfo) -> str:
    """The version that the instance declares; else the hash of the source of its class, its `build` and its plugin.

    The source of a module that is part of a package is the whole package: what it calls is there. Where there is no
    source, as of compiled code, the plugin's version stands for it.
    """
    declared = getattr(instance, "version", None)
    if isinstance(declared, str):
        return declared
    made = type(instance)
    modules = {*map(_module_of, (made, inspect.unwrap(build))), *_plugin_module(plugin)}
    # What a decorator of the harness makes is code of the harness, which every version changes.
    others = {one for one in modules if one.source is None or _CORE not in one.source.parents} or modules
    found = {_identity(one.name, one.source) for one in others if one.source is not None}
    if any(one.source is None for one in others):
        found.add(f"{made.__module__}.{made.__qualname__} of {plugin.distribution or plugin.name} {plugin.version}")
    return content_hash(sorted(found))


class _Module(NamedTuple):
    """A module by its name, with its source where there is one."""

    name: str
    source: Path | None


def _module_of(subject: Any) -> _Module:
    """Where a class or function comes from."""
    name = str(subject.__module__)
    try:
        source = inspect.getsourcefile(subject)
    except TypeError:  # of a built-in
        return _Module(name, None)
    return _Module(name, Path(source).absolute() if source is not None and Path(source).is_file() else None)


def _plugin_module(plugin: PluginInfo) -> Iterator[_Module]:
    """The module that offers the component, and maybe settles what `build` is given; none of an object."""
    name = plugin.source.partition("[")[0].partition(":")[0].strip()
    source = getattr(sys.modules.get(name), "__file__", None) if plugin.distribution else plugin.source
    if source is not None and source.endswith(".py") and Path(source).is_file():
        yield _Module(name if plugin.distribution else "", Path(source).absolute())


def _identity(module: str, source: Path) -> str:
    package = _package(module, source)
    if package is None:
        return file_hash(source)
    inside = source in _package_files(package)
    return _package_hash(package) if inside else content_hash([_package_hash(package), file_hash(source)])


def _package(module: str, source: Path) -> Path | None:
    """The first package on the way to the module that is no mere namespace, or where its folders say that it is in."""
    for name in accumulate(module.split("."), "{}.{}".format):
        file = Path(getattr(sys.modules.get(name), "__file__", None) or "")
        if file.stem == "__init__":
            return file.absolute().parent
    return next(reversed([*takewhile(_is_package, source.parents)]), None)


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").is_file()


@functools.cache
def _package_hash(package: Path) -> str:
    """Taken once a process, as a package is imported once."""
    return content_hash([[str(file.relative_to(package)), file_hash(file)] for file in _package_files(package)])


@functools.cache
def _package_files(package: Path) -> tuple[Path, ...]:
    return tuple(islice(_sources(package), _MOST_FILES))


def _sources(package: Path) -> Iterator[Path]:
    """Level by level, so that what lies deep, as an environment in a project that is a package, comes last."""
    folders = [package]
    while folders:
        entries = [one for folder in folders for one in sorted(folder.iterdir())]
        yield from (one for one in entries if one.suffix == ".py" and one.is_file())
        folders = [one for one in entries if not one.name.startswith((".", "__")) and _is_folder(one)]


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
