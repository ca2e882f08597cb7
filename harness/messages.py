"""What the program says of errors, cut to what somebody reads: a file may hold megabytes in one value."""

from __future__ import annotations

import re

MOST_BYTES = 1_800
_MOST_OF_VALUE = 300
_MOST_OF_LINE = 1_000
_TAIL = 200  # of a cut line: what would work, or where the traceback is, stands last
_READ = 100_000  # characters of a message that are looked at
_QUOTED = re.compile(r"'[^'\n]{301,}'|\"[^\"\n]{301,}\"")  # escapes do not count, so that each letter is read but twice


def shortened(message: str) -> str:
    """The message within `MOST_BYTES`; values in quotes, lines and the number of lines are cut, and that is said."""
    message = _QUOTED.sub(lambda found: _cut_value(found[0]), _cut(message, _READ))
    lines = [_cut(line, _MOST_OF_LINE) for line in message.split("\n")]
    *first, last = lines
    room = MOST_BYTES - _size(last) - 40
    kept: list[str] = []
    for line in first:
        room -= _size(line) + 1
        if room < 0:
            break
        kept.append(line)
    left_out = len(first) - len(kept)
    more = [f"… ({left_out:,} lines are left out) …"] if left_out else []
    return "\n".join([*kept, *more, last])


def _cut_value(quoted: str) -> str:
    inner = quoted[1:-1]
    return f"{quoted[0]}{inner[:_MOST_OF_VALUE]}…{quoted[0]} ({len(inner):,} characters)"


def _cut(text: str, most: int) -> str:
    """The text with its middle left out where it is longer; bytes count, as some letters have four."""
    size = _size(text)
    if size <= most:
        return text
    head = text.encode("utf-8", "replace")[: most - _TAIL].decode("utf-8", "ignore")
    tail = text.encode("utf-8", "replace")[-_TAIL:].decode("utf-8", "ignore")
    return f"{head} … ({len(text) - len(head) - len(tail):,} characters) … {tail}"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
