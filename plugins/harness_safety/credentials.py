"""Finder of credentials: well-known key formats, and `password = …` with a value that is no placeholder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_FORMATS: Mapping[str, re.Pattern[str]] = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"),
    "AWS access key": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})\b"),
    "Google key": re.compile(r"\bAIza[0-9A-Za-z_-]{35}(?![\w-])"),
    "Slack token": re.compile(r"\bxox[abeoprs]-[0-9A-Za-z-]{10,255}"),
    "Stripe key": re.compile(r"\b[sr]k_(?:live|test)_[0-9A-Za-z]{16,255}\b"),
    "Hugging Face token": re.compile(r"\bhf_[A-Za-z0-9]{30,255}\b"),
    "API key": re.compile(r"\bsk-(?=[\w-]*\d)[\w-]{20,255}"),
    "JSON web token": re.compile(r"\beyJ[\w-]{10,4096}\.[\w-]{10,4096}\.[\w-]{0,4096}"),
    "bearer token": re.compile(r"\bbearer +(?=[\w.~+/-]*\d)[\w.~+/-]{16,4096}={0,2}", re.IGNORECASE),
}
_ASSIGNED = re.compile(
    r"(?:api[ _-]?key|access[ _-]?key|secret(?:[ _-]?key)?|auth[ _-]?token|\btoken|passw(?:or)?d|\bpwd)"
    r"[\"']?(?: ?[:=] ?| is )[\"'`]?(?P<value>[^\s\"'`,;]{8,4096})",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(r"your|x{4}|\*{3}|\.{3}|[<>{}…]|changeme|placeholder", re.IGNORECASE)


def find_secrets(text: str) -> Iterator[tuple[int, str, str]]:
    """(start, secret, what it is) of every credential."""
    for label, pattern in _FORMATS.items():
        for match in pattern.finditer(text):
            yield match.start(), match[0], label
    for match in _ASSIGNED.finditer(text):
        value = match["value"].rstrip(".)!?")
        if _is_random(value) and not _PLACEHOLDER.search(value):
            yield match.start("value"), value, "credential"


def _is_random(value: str) -> bool:
    """Eight characters or more with letters and digits among them, as no word of a sentence has."""
    letters = any(character.isalpha() for character in value)
    return len(value) >= 8 and letters and any(character.isdecimal() for character in value)
