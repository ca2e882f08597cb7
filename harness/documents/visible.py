"""Text that is safe to show: nothing that a model, a server or a file says can colour, move or break a terminal."""

from __future__ import annotations

import json
import re
from typing import Any

# CSI (colours, cursor), then OSC, DCS, SOS, PM and APC up to their terminator, then the two-character escapes.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -~]?"
)
# Control characters but the line end, direction marks and overrides, line and paragraph separators, half pairs.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """The text without terminal escape sequences, control characters and direction overrides; line ends stay."""
    if not _CONTROLS.search(text):
        return text
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\t", "    ")))


def json_text(value: Any) -> str:
    """The value as JSON for people and programs; what `visible` leaves out is escaped and so comes back when read."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False, default=str)
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
