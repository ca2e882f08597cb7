"""Where a process was when it ended, of what Python's fault handler wrote down."""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path
from typing import IO

_FRAME = re.compile(r'^  File "(.+)", line (\d+) in (\S+)$', re.MULTILINE)


def where(fault: IO[bytes]) -> str:
    """The innermost place outside the standard library, ", in score (my_metric.py line 9)"; "" where none is known."""
    fault.seek(0)
    frames = _FRAME.findall(fault.read().decode(errors="replace"))
    library = sysconfig.get_path("stdlib")
    for file, line, function in frames:
        if not file.startswith((library, "<")) or "site-packages" in file:
            return f", in {function} ({Path(file).name} line {line})"
    return ""
