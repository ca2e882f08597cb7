"""The rows of a split: JSON, CSV and Parquet files by ourselves, all else through the `datasets` library.

A row has every column of its split; what a file leaves out is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any, TypeAlias

from harness.documents.time_limits import OutOfTimeError, limited
from harness.errors import UsageError
from harness.suites.lmeval.readers import READERS, Row, alike
from harness.suites.lmeval.task import Task

Process: TypeAlias = Callable[[Any], Any]
_PACKAGED = "datasets.packaged_modules."
_WITHOUT_CODE = frozenset(["json", "csv", "parquet", "text", "cache"])
"""What the library reads without running code: of its own cache, which is Arrow, as of these files."""
_OF_LOADING = frozenset(["split", "keep_in_memory", "save_infos", "verification_mode", "num_proc", "streaming"])

_SECONDS = 5.0  # for looking through folders


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a split and the names of their columns."""

    columns: tuple[str, ...]
    rows: Sequence[Row]


class Splits:
    """The data of a task; a split is read when it is asked for."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._remote: Any = None
        self._files = _local_files(task)

    def table(self, key: str, split: str, process: Process | None = None) -> Table:
        """The split that `key` names, processed where the task says so; UsageError where there is none.

        What processes a split gets and gives it as a data set of the `datasets` library.
        """
        if self._files is not None:
            self._check(key, split, self._files)
            table = _read(self._task, self._files[split])
            return table if process is None else self._processed(process, self._library().Dataset.from_list(table.rows))
        if self._remote is None:
            self._remote = self._loaded()
        self._check(key, split, self._remote)
        return self._processed(process or _as_it_is, self._remote[split])

    def _processed(self, process: Process, dataset: Any) -> Table:
        try:
            processed = process(dataset)
            return Table(tuple(processed.column_names), list(processed))
        except Exception as error:  # the task's own code
            raise self._task.refuse("process_docs", f"{type(error).__name__}: {error}") from error

    def _loaded(self) -> Any:
        given = {**(self._task.keys.dataset_kwargs or {})}
        given.pop("trust_remote_code", None)
        path, name = self._task.keys.dataset_path, self._task.keys.dataset_name
        library = self._library()
        try:
            if not self._task.trusted:
                self._check_builder(library.load_dataset_builder(path=path, name=name, **_of_data(given)))
            return library.load_dataset(path=path, name=name, **given)
        except UsageError:
            raise
        except Exception as error:  # the library raises what it likes: its own, of the network, of pyarrow
            raise self._task.refuse("dataset_path", f"{path}: {type(error).__name__}: {error}") from error

    def _check_builder(self, builder: Any) -> None:
        """UsageError unless the files are of a kind that holds no code; nothing of them has been read yet."""
        modules = [one.__module__ for one in type(builder).__mro__]
        packaged = (one.removeprefix(_PACKAGED).split(".")[0] for one in modules if one.startswith(_PACKAGED))
        kind = next(packaged, modules[0])
        if kind not in _WITHOUT_CODE:
            raise self._task.refuse(
                "dataset_path",
                f"{self._task.keys.dataset_path}: is read as {kind!r}, which may run code out of its files; JSON, CSV, "
                "Parquet and text do not, in files, folders and on the hub; trusted files with --trust-code",
            )

    def _library(self) -> Any:
        try:
            import datasets
        except ImportError as error:
            raise self._task.refuse(
                "dataset_path",
                "this needs the library `datasets`: pip install 'finetune-harness[lm-eval-data]'; "
                "files of JSON, CSV and Parquet that no `process_docs` changes can be read without it",
            ) from error
        return datasets

    def _check(self, key: str, split: str, splits: Mapping[str, Any]) -> None:
        if split not in splits:
            raise self._task.refuse(key, f"the data has no split {split!r}; it has {', '.join(splits)}")


def _of_data(given: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords that say what the data is, without those that say how it is to be loaded."""
    return {key: value for key, value in given.items() if key not in _OF_LOADING}


def _as_it_is(dataset: Any) -> Any:
    return dataset


def _local_files(task: Task) -> dict[str, list[Path]] | None:
    """The files of each split; None where the data is no local JSON, CSV or Parquet."""
    given = (task.keys.dataset_kwargs or {}).get("data_files")
    if task.keys.dataset_path not in READERS or "://" in str(given):
        return None
    if not given:
        raise task.refuse("dataset_kwargs", "data_files is missing; name the file of each split")
    by_split: Mapping[str, Any] = given if isinstance(given, dict) else {"train": given}
    return {str(split): _found(task, named) for split, named in by_split.items()}


def _found(task: Task, named: str | Sequence[str]) -> list[Path]:
    """The files as lm-eval finds them, from the current folder; else beside the task file."""
    found = []
    names = [named] if isinstance(named, str) else named
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise task.refuse("dataset_kwargs", f"data_files: {named!r} is neither a file nor a list of files")
    for name in names:
        try:
            with limited(_SECONDS):
                here = _matching(name) or _matching(str(task.file.parent / name))
        except OutOfTimeError as error:
            raise task.refuse("dataset_kwargs", f"data_files: looking for {name!r} {error}; name the files") from error
        if not here:
            raise task.refuse("dataset_kwargs", f"data_files: {name!r} is neither here nor beside the task file")
        found += here
    return found


def _matching(pattern: str) -> list[Path]:
    return [Path(one) for one in sorted(glob(pattern, recursive=True))]  # noqa: PTH207 - takes absolute ones, too


def _read(task: Task, files: Sequence[Path]) -> Table:
    given = task.keys.dataset_kwargs or {}
    options = {key: value for key, value in given.items() if key not in ("data_files", "trust_remote_code")}
    reader, known = READERS[task.keys.dataset_path]
    unknown = next((key for key in options if key not in known), None)
    if unknown is not None:
        listed = ", ".join(["data_files", *known])
        raise task.refuse("dataset_kwargs", f"{unknown!r} is not supported for local files; known: {listed}")
    try:
        rows = [row for file in files for row in reader(file, **options)]
    except TypeError as error:  # an option of another type
        raise task.refuse("dataset_kwargs", str(error)) from error
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    by_column = {name: alike([row.get(name) for row in rows]) for name in columns}
    return Table(columns, [{name: by_column[name][at] for name in columns} for at in range(len(rows))])
