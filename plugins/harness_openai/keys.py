"""Finds keys in what a server says, in whatever form it writes them: what it says is shown and stored."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from html.entities import html5

HIDDEN = "…"
"""What stands for a key."""
LEAST_LETTERS = 12
"""Of a key that is sought in every form. A shorter one, such as EMPTY, would be found in what is none."""

_GAP = (
    r"(?:[\x00-\x20\x7f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]"
    r"|\\{1,4}(?:[nrt]|u(?:00(?:0[0-9a-f]|20|ad)|20(?:0[b-f]|2[89a-e]|6[0-4])|feff))){0,4}?"
)
"""What may stand between two letters: a line end, white space, what has no width; as it is or escaped as in JSON."""


def hiding(keys: Iterable[str]) -> Callable[[str], str]:
    """A function that hides the keys in a text, however they are written.

    As they are, reversed, in other case, split by what cannot be seen; with letters escaped as in JSON, URLs, HTML, C
    or mail, twice, too; in hexadecimal and in base64.
    """
    patterns = sorted({pattern for key in keys for pattern in _patterns(key)}, key=len, reverse=True)
    if not patterns:
        return lambda text: text
    found = re.compile("|".join(patterns), re.IGNORECASE)
    return lambda text: found.sub(HIDDEN, text)


def parts_of(value: str) -> Iterator[str]:
    """The secrets in a header's value: all of it, what follows `Bearer`, and what `Basic` holds in base64."""
    yield value
    scheme, _, credentials = value.partition(" ")
    if credentials.strip():
        yield credentials.strip()
    if scheme.lower() == "basic":
        try:
            decoded = base64.b64decode(credentials).decode()
        except ValueError:
            return
        yield decoded
        yield from filter(None, [decoded.partition(":")[2]])


def _patterns(key: str) -> Iterator[str]:
    if len(key) < LEAST_LETTERS:
        yield f"(?-i:{re.escape(key)})"
        return
    yield _spelt(key, _escapes)
    yield _spelt(key[::-1], _escapes)
    yield _spelt(key.encode().hex(), _seldom_escaped)
    for form in _base64_forms(key.encode()):
        yield _spelt(form, _seldom_escaped)


def _spelt(text: str, forms: Callable[[str], str]) -> str:
    return _GAP.join(forms(letter) for letter in text)


def _escapes(letter: str) -> str:
    """A letter as it is, or as JSON, C, URLs, HTML and mail write it, escaped once or twice."""
    code = ord(letter)
    names = sorted(re.escape(name) for name, value in html5.items() if value == letter and name.endswith(";"))
    html = [rf"#0{{0,6}}{code};?", rf"#x0{{0,6}}{code:x};?", *names]
    backslash = [f"u00{code:02x}", rf"u\{{0{{0,6}}{code:x}\}}", f"U000000{code:02x}", f"x{code:02x}", f"{code:03o}"]
    forms = [
        re.escape(letter),
        rf"\\{{1,4}}(?:{'|'.join(backslash)})",
        rf"[%=](?:25){{0,2}}{code:02x}",
        rf"&(?:amp;){{0,2}}(?:{'|'.join(html)})",
    ]
    if not letter.isalnum():
        forms.append(rf"\\{{1,4}}{re.escape(letter)}")
    return f"(?:{'|'.join(forms)})"


def _seldom_escaped(letter: str) -> str:
    """A letter of hexadecimal or base64, of which only marks are escaped."""
    if letter.isalnum():
        return letter
    either = "[+-]" if letter == "+" else "[/_]"  # as in URLs
    return rf"(?:\\{{0,4}}{either}|%(?:25){{0,2}}{ord(letter):02x}|\\{{1,4}}u00{ord(letter):02x})"


def _base64_forms(content: bytes) -> Iterator[str]:
    """What of the base64 is the same wherever in a longer text the content stands: it may begin at three places."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + content).decode().rstrip("=")
        first = (0, 2, 3)[before]
        last = len(encoded) - (1 if (before + len(content)) % 3 else 0)
        yield encoded[first:last]
