"""JSON Lines files that people write: every bad line is found, all of them are in one message."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from harness.documents.formats import head_of, not_json_lines
from harness.documents.reading import MOST_SHOWN, listed, read_text
from harness.documents.strict_json import parse_json
from harness.errors import UsageError, did_you_mean

_MOST_UNKNOWN = 5
_MOST_FOUND = 1_000  # problems of a file; then it is something else, and reading on only takes time


def json_rows(path: Path, problems: list[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Line number and object of each line that is one; the others go to `problems`. Blank lines are skipped.

    Raises UsageError when the file is not there, is no UTF-8 or in another format, or has no line.
    """
    text = read_text(path)
    other = not_json_lines(head_of(path))
    if other is not None:
        raise UsageError(f"{path}: {other}; write one JSON object a line")
    for number, line in enumerate(text.split("\n"), 1):
        if len(problems) >= _MOST_FOUND:
            return
        if not line.strip():
            continue
        try:
            yield number, parse_object(line)
        except ValueError as error:
            problems.append(f"{path}:{number}: {error}")


def parse_object(line: str) -> Mapping[str, Any]:
    """The JSON object of a line; ValueError says what is wrong with it."""
    row = parse_json(line)
    if not isinstance(row, dict):
        raise ValueError(f"holds {type(row).__name__} {line.strip()[:40]!r}, expected an object {{...}}")
    return row


def explain(error: ValidationError, model: type[BaseModel]) -> Iterator[str]:
    """What is wrong with a row, one text a mistake, with the key it is at."""
    known = list(model.model_fields)
    seen = set()
    unknown = [one["loc"][0] for one in error.errors() if one["type"] == "extra_forbidden"]
    for key in unknown[:_MOST_UNKNOWN]:
        yield f"unknown key {key!r}{did_you_mean(str(key), known)}; known keys: {', '.join(known)}"
    if len(unknown) > _MOST_UNKNOWN:
        yield f"… and {len(unknown) - _MOST_UNKNOWN:,} more unknown keys"
    for one in error.errors():
        key, *rest = one["loc"]
        if one["type"] == "extra_forbidden":
            continue
        if key not in seen:  # a union reports each of its branches
            said = one["msg"].removeprefix("Value error, ")
            index = "".join(f"[{part}]" for part in rest if isinstance(part, int))
            yield f"{key}{index}: {said[:1].lower()}{said[1:]}, got {one['input']!r}"
        seen.add(key)


def raise_problems(problems: Sequence[str]) -> None:
    """UsageError with the first 20 problems and the number of the others; nothing where there are none."""
    if len(problems) >= _MOST_FOUND:
        raise UsageError("\n".join([*problems[:MOST_SHOWN], "… and many more; the rest of the file was not read"]))
    if not problems:
        return
    raise UsageError(listed(problems[:MOST_SHOWN], len(problems)))
