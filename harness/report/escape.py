"""Text that neither Markdown on GitHub or GitLab nor XML takes for markup, whoever wrote it."""

from __future__ import annotations

import re

from harness.documents.visible import visible

_JOINER = "\u2060"
_MARKUP = re.compile(r"[\\`*_\[\]|~$]")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# A mention, a reference and a link are found in the rendered text, where a backslash is gone: a joiner parts them.
_LINKED = re.compile(
    r"(?<=[@#!~$^%])(?=\w)|(?<=\bGH-)(?=\d)|(?<=\w:)(?=//)|(?<=\bmailto:)(?=\S)|(?<=\bwww)(?=\.)", re.IGNORECASE
)
_LIST_MARK = re.compile(r"^(?:[-+=/#]|\d+(?=[.)](?:\s|$)))")
_BACKTICKS = re.compile(r"`+")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def inline(text: str) -> str:
    """One line of running text or a table's cell: no markup, no HTML, nobody is mentioned, nothing is linked."""
    line = " ".join(visible(text).split())
    escaped = _MARKUP.sub(r"\\\g<0>", line).translate(_ENTITIES)
    return _LIST_MARK.sub(r"\\\g<0>" if not line[:1].isdigit() else rf"{_JOINER}\g<0>", _LINKED.sub(_JOINER, escaped))


def fenced(text: str, language: str = "") -> str:
    """A block that shows the text as it is; its fence is longer than any run of backticks in it."""
    shown = visible(text)
    longest = max(map(len, _BACKTICKS.findall(shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def xml_text(text: str) -> str:
    """The text without what XML 1.0 cannot hold; the writer escapes markup."""
    return _NOT_XML.sub("\ufffd", visible(text))
