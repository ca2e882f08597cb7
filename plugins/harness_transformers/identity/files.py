"""Files of a model before a library opens them: regular ones, JSON objects of a sane size, weights that are whole."""

from __future__ import annotations

import json
import math
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.documents.regular_files import open_regular
from harness.errors import UsageError

MOST_BYTES = 64_000_000
"""Of a JSON file of settings, or the head of a file of weights; the largest known have a few million."""
MOST_DEPTH = 50
MOST_TENSORS = 200_000


@dataclass(frozen=True, slots=True)
class Head:
    """What a safetensors file says that it holds: how many tensors, and how many numbers these have together."""

    tensors: int
    numbers: int


def check_regular(folder: Path) -> None:
    """Raises UsageError where something in the folder is a pipe, a socket or a device, which may never end."""
    for file in sorted(folder.iterdir()):
        try:
            mode = file.stat().st_mode
        except OSError:  # a link to nowhere: what is needed and not there is named as that
            continue
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            raise UsageError(f"{file}: is no regular file; a model's folder holds files alone")


def read_json(file: Path) -> dict[str, Any]:
    """The JSON object in `file`, empty where there is no such file.

    Raises UsageError where it is no object, is nested too deeply, or holds a number that is none.
    """
    try:
        text = _text(file)
        content = json.loads(text)
        if "\\ud" in text.lower():
            json.dumps(content, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{file}: is not JSON: {error}") from error
    except RecursionError:
        raise UsageError(f"{file}: is nested too deeply") from None
    if not isinstance(content, dict):
        raise UsageError(f"{file}: must hold a JSON object, not {type(content).__name__}")
    if _is_deep(content):
        raise UsageError(f"{file}: is nested too deeply")
    for key, value in _settings(content):
        if isinstance(value, float) and not math.isfinite(value):
            raise UsageError(f"{file}: {key[:100]}: must be a finite number, not {value!r}")
    return content


def read_text(file: Path) -> str:
    """The text in `file`. Raises UsageError where it cannot be read."""
    try:
        return _text(file)
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: is not UTF-8: {error}") from error


def objects(content: Any) -> Iterator[dict[str, Any]]:
    """Every object in a JSON value."""
    level = [content]
    while level:
        yield from (value for value in level if isinstance(value, dict))
        level = _inner(level)


def text_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the language part of a model that has others, too."""
    nested = config.get("text_config")
    return nested if isinstance(nested, dict) else {}


def key_of(content: Any, value: Any) -> str | None:
    """The key, with those above it, of the first setting that has this value; None where none has."""
    return next((key for key, found in _settings(content) if type(found) is type(value) and found == value), None)


def read_head(file: Path) -> Head:
    """What the file of weights holds. Raises UsageError where it is torn or no safetensors file."""
    size = file.stat().st_size
    with open_regular(file) as opened:
        length = int.from_bytes(opened.read(8), "little")
        if size < 8 or length > size - 8:
            raise UsageError(f"{file}: is torn, or no safetensors file: its head is longer than the file")
        if length > MOST_BYTES:
            raise UsageError(f"{file}: has a head of {length:,} bytes; models have a few million at most")
        entries = _entries(file, opened.read(length))
    if len(entries) > MOST_TENSORS:
        raise UsageError(f"{file}: holds {len(entries):,} tensors; models have {MOST_TENSORS:,} at most")
    try:
        ends = max((entry["data_offsets"][1] for entry in entries), default=0)
        head = Head(len(entries), sum(math.prod(entry["shape"]) for entry in entries))
        torn = ends != size - 8 - length
    except (KeyError, IndexError, TypeError) as error:
        raise UsageError(f"{file}: is no safetensors file: its head does not say where each tensor lies") from error
    if torn:
        raise UsageError(f"{file}: is torn: its tensors take {ends:,} bytes, and {size - 8 - length:,} are there")
    return head


def _entries(file: Path, head: bytes) -> list[Any]:
    try:
        content = json.loads(head)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise UsageError(f"{file}: is torn, or no safetensors file: its head is no JSON object")
    return [entry for name, entry in content.items() if name != "__metadata__"]


def _text(file: Path) -> str:
    with open_regular(file) as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UsageError(f"{file}: is larger than {MOST_BYTES:,} bytes")
    return content.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def _settings(content: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of a JSON value that is neither object nor list, with its key and those above it."""
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _settings(value, f"{above}.{key}" if above else key)
    elif isinstance(content, list):
        for at, value in enumerate(content):
            yield from _settings(value, f"{above}[{at}]")
    else:
        yield above, content


def _is_deep(content: Any) -> bool:
    level = [content]
    for _ in range(MOST_DEPTH):
        level = _inner(level)
    return bool(level)


def _inner(level: list[Any]) -> list[Any]:
    """The objects and lists that lie directly in these."""
    inner = (one for value in level for one in (value.values() if isinstance(value, dict) else value))
    return [one for one in inner if isinstance(one, dict | list)]
