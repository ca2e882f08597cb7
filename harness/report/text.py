"""Text that is safe to print: nothing a model wrote can colour, move or break the terminal."""

from __future__ import annotations

from pathlib import Path

from harness.documents.visible import visible


def quoted(text: str, most: int = 600) -> str:
    """A reply as it is shown: visible, stripped, and cut after `most` characters with the number of those left out."""
    shown = visible(text).strip()
    if not shown:
        return "(empty)"
    if len(shown) <= most:
        return shown
    return f"{shown[:most].rstrip()} … ({len(shown) - most:,} more characters)"


def near(path: str) -> str:
    """A path as somebody in this folder would write it; one of another folder by its last two parts."""
    if not Path(path).is_absolute():
        return path
    if Path(path).is_relative_to(Path.cwd()):
        return str(Path(path).relative_to(Path.cwd()))
    return "/".join(("…", *Path(path).parts[-2:]))
