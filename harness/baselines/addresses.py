"""What a baseline may be called."""

from __future__ import annotations

import re

from harness.errors import UsageError

_NAME = re.compile(r"[\w.-]+")


def check_name(name: str) -> None:
    """UsageError for a name that could be a path or a selection."""
    if not _NAME.fullmatch(name) or name.endswith(".json"):
        raise UsageError(f"baseline {name!r}: a name has letters, digits, '.', '_' and '-', and is no file's")
