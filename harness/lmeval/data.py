"""The rows of a split: JSON, CSV and Parquet files by ourselves, all else through the `datasets` library.

A row has every column of its split; what a file leaves out is None, and integers in a column with fractions are
fractions, as `datasets` has it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any, TypeAlias

from harness.documents import read_text
from harness.errors import UsageError
from harness.jsonlines import json_rows, raise_problems
from harness.lmeval.task import Task

Row: TypeAlias = Mapping[str, Any]
Process: TypeAlias = Callable[[Any], Any]

# What pandas, which reads CSV for `datasets`, takes for a missing value.
_MISSING = {"#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"}
_MISSING |= {"", "NULL", "NaN", "None", "n/a", "nan", "null"}
_BOOLEANS = {"True": True, "TRUE": True, "true": True, "False": False, "FALSE": False, "false": False}


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
        try:
            return self._library().load_dataset(path=path, name=name, **given)
        except UsageError:
            raise
        except Exception as error:  # the library raises what it likes: its own, of the network, of pyarrow
            raise self._task.refuse("dataset_path", f"{path}: {type(error).__name__}: {error}") from error

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


def _as_it_is(dataset: Any) -> Any:
    return dataset


def _local_files(task: Task) -> dict[str, list[Path]] | None:
    """The files of each split; None where the data is no local JSON, CSV or Parquet."""
    given = (task.keys.dataset_kwargs or {}).get("data_files")
    if task.keys.dataset_path not in _READERS or "://" in str(given):
        return None
    if not given:
        raise task.refuse("dataset_kwargs", "data_files is missing; name the file of each split")
    by_split: Mapping[str, Any] = given if isinstance(given, dict) else {"train": given}
    return {split: _found(task, named) for split, named in by_split.items()}


def _found(task: Task, named: str | Sequence[str]) -> list[Path]:
    """The files as lm-eval finds them, from the current folder; else beside the task file."""
    found = []
    for name in [named] if isinstance(named, str) else named:
        here = _matching(name) or _matching(str(task.file.parent / name))
        if not here:
            raise task.refuse("dataset_kwargs", f"data_files: {name!r} is neither here nor beside the task file")
        found += here
    return found


def _matching(pattern: str) -> list[Path]:
    return [Path(one) for one in sorted(glob(pattern, recursive=True))]  # noqa: PTH207 - takes absolute ones, too


def _read(task: Task, files: Sequence[Path]) -> Table:
    options = {key: value for key, value in (task.keys.dataset_kwargs or {}).items() if key != "data_files"}
    reader, known = _READERS[task.keys.dataset_path]
    unknown = next((key for key in options if key not in known), None)
    if unknown is not None:
        listed = ", ".join(["data_files", *known])
        raise task.refuse("dataset_kwargs", f"{unknown!r} is not supported for local files; known: {listed}")
    rows = [row for file in files for row in reader(file, **options)]
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    by_column = {name: _alike([row.get(name) for row in rows]) for name in columns}
    return Table(columns, [{name: by_column[name][at] for name in columns} for at in range(len(rows))])


def _alike(values: list[Any]) -> list[Any]:
    """Fractions, where some of the numbers are."""
    present = [value for value in values if value is not None]
    if {type(value) for value in present} != {int, float}:
        return values
    return [value if value is None else float(value) for value in values]


def _json(file: Path, field: str | None = None) -> Sequence[Row]:
    """An object a line, or one array of objects, which may be the value of a `field`."""
    text = read_text(file).lstrip()
    if field is None and not text.startswith("["):
        problems: list[str] = []
        rows = [row for _, row in json_rows(file, problems)]
        raise_problems(problems)
        return rows
    try:
        content = json.loads(text)
        found = content if field is None else content[field]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file}: holds no JSON array of objects{f' in {field!r}' if field else ''}") from error
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise UsageError(f"{file}: holds no JSON array of objects")
    return found


def _csv(
    file: Path,
    delimiter: str = ",",
    sep: str | None = None,
    header: int | None = 0,
    column_names: Sequence[str] | None = None,
) -> Sequence[Row]:
    """The rows with columns of numbers and truth values as such, by the rules of pandas."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        table = [line for line in csv.reader(lines, delimiter=sep or delimiter) if line]
    named_in_file = header is not None and column_names is None
    names = list(column_names) if column_names else table[0] if table and named_in_file else []
    body = table[1:] if named_in_file else table
    if not names:
        raise UsageError(f"{file}: names no columns; give `column_names`")
    columns = [_typed([line[at] if at < len(line) else "" for line in body]) for at in range(len(names))]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def _typed(texts: Sequence[str]) -> list[Any]:
    values = [None if text in _MISSING else text for text in texts]
    present = [value for value in values if value is not None]
    if present and all(value in _BOOLEANS for value in present):
        return [value if value is None else _BOOLEANS[value] for value in values]
    if present and all(re.fullmatch(r"\s*[+-]?\d+\s*", value) for value in present):
        whole = len(present) == len(values)  # pandas has no integer that is missing
        return [value if value is None else int(value) if whole else float(value) for value in values]
    if all(re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", value) for value in present):
        return [value if value is None else float(value) for value in values]
    return list(values)


def _parquet(file: Path) -> Sequence[Row]:
    import duckdb

    try:
        found = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(file)])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]
    except duckdb.Error as error:
        raise UsageError(f"{file}: is no Parquet file: {error}") from error


_READERS: Mapping[str, tuple[Callable[..., Sequence[Row]], Sequence[str]]] = {
    "json": (_json, ("field",)),
    "csv": (_csv, ("delimiter", "sep", "header", "column_names")),
    "parquet": (_parquet, ()),
}
