"""Local files as rows: JSON, CSV by the rules of pandas, Parquet."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Literal, TypeAlias

from harness.documents.json_lines import json_rows, raise_problems
from harness.documents.reading import read_text
from harness.documents.regular_files import open_regular
from harness.documents.strict_json import parse_json
from harness.errors import UsageError

Row: TypeAlias = Mapping[str, Any]

# What pandas, which reads CSV for `datasets`, takes for a missing value.
_MISSING = {"#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"}
_MISSING |= {"", "NULL", "NaN", "None", "n/a", "nan", "null"}
_BOOLEANS = {"True": True, "TRUE": True, "true": True, "False": False, "FALSE": False, "false": False}


def alike(values: list[Any]) -> list[Any]:
    """A column with its integers as fractions where it has fractions, as `datasets` has it."""
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
        content = parse_json(text)
    except ValueError as error:
        raise UsageError(f"{file}: {error}") from error
    try:
        found = content if field is None else content[field]
    except (KeyError, TypeError) as error:
        raise UsageError(f"{file}: holds no JSON array of objects{f' in {field!r}' if field else ''}") from error
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise UsageError(f"{file}: holds no JSON array of objects")
    return found


def _csv(
    file: Path,
    delimiter: str = ",",
    sep: str | None = None,
    header: Literal["infer", 0] | None = "infer",
    column_names: Sequence[str] | None = None,
) -> Sequence[Row]:
    """The rows; a column of nothing but numbers or truth values holds these. Names that are given need no header."""
    try:
        with TextIOWrapper(open_regular(file), encoding="utf-8-sig", newline="") as lines:
            table = [line for line in csv.reader(lines, delimiter=sep or delimiter) if line]
    except (OSError, UnicodeDecodeError, csv.Error, TypeError) as error:
        raise UsageError(f"{file}: cannot be read as CSV: {error}") from error
    has_header = header == 0 or (header == "infer" and column_names is None)
    names = list(column_names or (table[0] if table and has_header else ()))
    body = table[1:] if has_header else table
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
        open_regular(file).close()
        found = duckdb.connect().execute("SELECT * FROM read_parquet(?)", [str(file)])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]
    except (OSError, duckdb.Error) as error:
        raise UsageError(f"{file}: is no Parquet file: {error}") from error


READERS: Mapping[str, tuple[Callable[..., Sequence[Row]], Sequence[str]]] = {
    "json": (_json, ("field",)),
    "csv": (_csv, ("delimiter", "sep", "header", "column_names")),
    "parquet": (_parquet, ()),
}
