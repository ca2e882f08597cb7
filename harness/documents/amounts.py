"""Amounts of bytes as people write and read them."""

from __future__ import annotations

import re

from harness.errors import UsageError

_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def parse_size(text: str, where: str) -> int:
    """The bytes of "2GB", "1.5 TB", "512MiB" or "1000"; UsageError, which begins with `where`, on anything else."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(?:([KMGT])(I?)B?|B?)", text.strip().upper())
    if match is None:
        raise UsageError(f"{where}: {text!r} is no size; write a number of bytes, 500MB, 2GB or 1.5TiB")
    return int(float(match[1]) * (1024 if match[3] else 1000) ** _POWERS[match[2] or ""])


def size_text(size: int) -> str:
    """Three significant digits with a unit: 12.3 MB."""
    value, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            break
        value /= 1000
    return f"{value:.3g} {unit}"
