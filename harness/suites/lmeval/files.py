"""A task file with what it includes -> its keys, and the file that each comes from."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

from harness.documents.bounded_yaml import BoundedLoader, YamlError, parse_yaml
from harness.documents.reading import read_text
from harness.documents.regular_files import resolved
from harness.errors import UsageError

_log = logging.getLogger("harness")

_MOST_FILES = 200  # that a task includes, each as often as it is named


@dataclass(frozen=True, slots=True)
class Function:
    """`!function module.name` as the file says it; nothing has been imported."""

    file: Path
    name: str

    def __str__(self) -> str:
        return f"!function {self.name}"


@dataclass(frozen=True, slots=True)
class Written:
    """The keys of a task, its own before those that it includes, and the file of each."""

    file: Path
    keys: Mapping[str, Any]
    file_of_key: Mapping[str, Path]

    def where(self, key: str) -> str:
        """File and key as an error names them."""
        return f"{self.file_of_key.get(key, self.file)}: {key}"


def read_task(file: Path) -> Written:
    """The file with all that it includes; UsageError where one of them is missing, no YAML or includes itself."""
    keys, files = _read(file, (), [])
    return Written(file, keys, files)


def load_function(function: Function) -> Any:
    """Import the module, beside the task file or installed, and give what the name stands for; UsageError."""
    module_name, _, name = function.name.rpartition(".")
    beside = function.file.parent / f"{module_name.replace('.', '/')}.py"
    try:
        module = _module(beside) if beside.is_file() else import_module(module_name)
        return getattr(module, name)
    except (Exception, SystemExit) as error:
        raise UsageError(f"{function.file}: {function}: {type(error).__name__}: {error}") from error


def _module(file: Path) -> ModuleType:
    name = f"lm_eval_task:{resolved(file)}"
    if name not in sys.modules:
        spec = spec_from_file_location(name, file)
        if spec is None or spec.loader is None:
            raise ImportError(f"{file} is no Python module")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module
    return sys.modules[name]


def _read(file: Path, including: tuple[Path, ...], read: list[Path]) -> tuple[dict[str, Any], dict[str, Path]]:
    if resolved(file) in including:
        raise UsageError(f"{including[-1]}: include: {file} includes itself")
    read.append(file)
    if len(read) > _MOST_FILES:  # two that include the same two, and so on, are as many as 2 ** their depth
        raise UsageError(f"{read[0]}: include: leads to more than {_MOST_FILES} files")
    own = _keys(file)
    keys: dict[str, Any] = {}
    files: dict[str, Path] = {}
    included = own.pop("include", [])
    for name in included if isinstance(included, list) else [included]:
        more, where = _read(file.parent / str(name), (*including, resolved(file)), read)
        more.pop("task_list", None)
        keys |= more
        files |= where
    return keys | own, files | dict.fromkeys(own, file)


def _keys(file: Path) -> dict[str, Any]:
    class Loader(BoundedLoader):
        """Safe: a `!function` is a name until somebody trusts it."""

    Loader.add_constructor("!function", lambda _, node: Function(file, str(node.value)))
    try:
        parsed = parse_yaml(read_text(file), Loader)
    except YamlError as error:
        raise UsageError(error.at(file)) from error
    content = parsed.value
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise UsageError(f"{file}: is no task file: it holds no mapping of keys to values")
    for repeat in parsed.repeats:
        _not_in_silence(file, repeat)
    return content


def _not_in_silence(file: Path, repeat: str) -> None:
    """Refuse a key that stands twice; in a file of lm-eval itself, which nobody here can mend, do as lm-eval does."""
    if "/lm_eval/tasks/" not in resolved(file).as_posix():
        raise UsageError(f"{file}:{repeat}")
    _log.warning("%s:%s; the last one counts, as in lm-eval", file, repeat)
