"""What libraries say of a model's files, as an error with the file and, where it can be told, the key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.errors import HarnessError, UsageError, disk_refusal
from harness_transformers.identity.files import key_of, read_json, text_settings

_MOST_CHARACTERS = 300
_NAMED = re.compile(r"field '(\w+)'")
_SIZES = (
    *("num_attention_heads", "num_key_value_heads", "n_head", "n_heads", "head_dim"),
    *("hidden_size", "n_embd", "d_model", "intermediate_size", "vocab_size"),
)
"""Settings that are 1 or more in every model that has them."""


@contextmanager
def refusing(file: Path, what: str) -> Iterator[None]:
    """What a library says of the file becomes a UsageError; what the machine lacks passes."""
    try:
        yield
    except (HarnessError, MemoryError, ImportError):
        raise
    except BaseException as error:
        if not _is_refusal(error):
            raise
        raise UsageError(f"{file}: {what}: {_brief(error)}") from error


@contextmanager
def refusing_settings(folder: Path) -> Iterator[None]:
    """The same for config.json; the setting that the library stumbled over is named where it can be told."""
    file = folder / "config.json"
    try:
        with refusing(file, "describes no model that transformers can make"):
            yield
    except UsageError as error:
        setting = _setting_of(folder, error.__cause__)
        if setting is None:
            raise
        raise UsageError(str(error).replace(f"{file}: ", f"{file}: {setting}: ", 1)) from error.__cause__


@contextmanager
def quantization_named(folder: Path) -> Iterator[None]:
    """A library of quantization that is missing or too old becomes a UsageError: it is the model that asks for it."""
    file = folder / "config.json"
    try:
        yield
    except ImportError as error:
        if "quantization_config" not in read_json(file):
            raise
        raise UsageError(f"{file}: quantization_config: {_brief(error)}") from error


def _setting_of(folder: Path, error: BaseException | None) -> str | None:
    """The setting that the library names, whose value it looked for in vain, or that is a size of 0 or less."""
    if error is None:
        return None
    config = read_json(folder / "config.json")
    if named := _NAMED.search(str(error)):
        return named[1]
    sought = error.name if isinstance(error, AttributeError) else error.args[0] if isinstance(error, KeyError) else None
    if sought is not None and (key := key_of(config, sought)):
        return key
    sizes = ((key, (config | text_settings(config)).get(key)) for key in _SIZES)
    return next((f"{key} {size}" for key, size in sizes if isinstance(size, int) and size < 1), None)


def _is_refusal(error: BaseException) -> bool:
    """Whether a library may have raised this because of what it read; Rust's own failures are no Exception."""
    panicked = type(error).__name__ == "PanicException"
    return (isinstance(error, Exception) or panicked) and disk_refusal(error) is None


def _brief(error: BaseException) -> str:
    """The first line of an error, with the next where it only announces that, cut where it is long."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [""]
    text = " ".join(lines[:2]) if lines[0].endswith(":") else lines[0]
    return f"{type(error).__name__}: {text[:_MOST_CHARACTERS]}"
