"""Text for a page: what could hide, move or reorder it is shown by its name, never obeyed."""

from __future__ import annotations

import re

# Controls but tab and line feed; what is invisible or turns the writing direction; line and paragraph separators, lone
# surrogates, noncharacters. The zero-width joiners stay: emoji and several scripts need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_PICTURES = 0x2400
_DELETE = 0x7F


def shown(text: str) -> str:
    """The text with every hidden character as a sign: escape as "␛", a direction override as "‹U+202E›"."""
    return _HIDDEN.sub(_sign, text.replace("\r\n", "\n"))


def cut(text: str, most: int) -> str:
    """The text stripped and as it is shown; after `most` characters, how many are left out; "(empty)" for none."""
    said = text.strip()
    if not said:
        return "(empty)"
    if len(said) <= most:
        return shown(said)
    return f"{shown(said[:most].rstrip())} … ({len(said) - most:,} more characters)"


def _sign(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(_PICTURES + code)
    return "␡" if code == _DELETE else f"‹U+{code:04X}›"
