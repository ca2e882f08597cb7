"""Imports plugins: entry points by what they point at, files by their path."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from types import ModuleType

from harness.errors import UsageError
from harness.host.records import PluginInfo


def import_plugin(info: PluginInfo) -> object:
    """The module of a plugin file, or what the value of an entry point, `module` or `module:attribute`, points at."""
    if not info.distribution:
        return _import_file(info)
    module, _, attribute = info.source.partition("[")[0].strip().partition(":")
    names = [name for name in attribute.strip().split(".") if name]
    return reduce(getattr, names, importlib.import_module(module.strip()))


def plugin_files(files: Sequence[Path]) -> list[PluginInfo]:
    """The plugins that are files named by hand; UsageError where one is not there or no module."""
    for file in files:
        if not file.is_file():
            raise UsageError(f"--plugin {file}: no such file")
        if file.suffix != ".py":
            raise UsageError(f"--plugin {file}: a plugin file is a Python module, NAME.py")
    return [PluginInfo(file.stem, str(file)) for file in files]


def _import_file(info: PluginInfo) -> ModuleType:
    name = f"harness_plugin_{info.name}"
    spec = importlib.util.spec_from_file_location(name, Path(info.source).resolve())
    if spec is None or spec.loader is None:
        raise ImportError(f"{info.source} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickling look their module up
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
