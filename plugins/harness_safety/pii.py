"""Personal data and secrets in a text: one category a kind, the evidence masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Literal

from harness.types import Checked, Finding, Passage, Prompt, Severity
from harness_safety.credentials import find_secrets
from harness_safety.personal import find_cards, find_emails, find_ibans, find_ips, find_phones
from harness_safety.spans import Span, without_overlaps

PiiKind = Literal["email", "phone", "card", "iban", "ip", "secret"]

_SEVERITY: Mapping[PiiKind, Severity] = {
    "secret": "high",
    "iban": "high",
    "card": "high",
    "email": "medium",
    "ip": "low",
    "phone": "medium",
}
_NUMBERS = ("phone", "card", "iban")
_SOURCES = ("pii.py", "personal.py", "iban_lengths.py", "credentials.py", "spans.py")


class Pii:
    """Finds personal data and secrets. `echo: ignore` passes over values that the prompt already holds.

    Patterns with checksums and context, no model: a name or a street is not found, nor a number written in words.
    """

    # Stored findings are found again by the check's code, which is more than the file of this class.
    version = sha256(b"".join(Path(__file__).with_name(name).read_bytes() for name in _SOURCES)).hexdigest()

    def __init__(self, kinds: list[PiiKind] | None = None, echo: Literal["count", "ignore"] = "count") -> None:
        if kinds is not None and not kinds:
            raise ValueError(f"kinds is empty: name at least one of {', '.join(_SEVERITY)}")
        self._kinds = tuple(_SEVERITY) if kinds is None else tuple(kinds)
        self._echo = echo

    def check(self, passages: Iterable[Passage]) -> Iterator[Checked]:
        for passage in passages:
            yield Checked(passage.id, tuple(self._findings(passage)))

    def _findings(self, passage: Passage) -> Iterator[Finding]:
        reported: set[str] = set()
        for span in _find_all(passage.text):
            kind = span.kind
            if kind not in self._kinds or span.text in reported or self._is_echo(span, passage.prompt):
                continue
            reported.add(span.text)
            yield Finding(category=kind, severity=_SEVERITY[kind], evidence=_masked(span))

    def _is_echo(self, span: Span[PiiKind], prompt: Prompt) -> bool:
        return self._echo == "ignore" and _bare(span.kind, span.text) in _bare(span.kind, _prompt_text(prompt))


def _find_all(text: str) -> Sequence[Span[PiiKind]]:
    """All kinds, enabled or not, so that a card number is not taken for a phone number when cards are not asked for."""
    by_precedence: list[Iterable[Span[PiiKind]]] = [
        (Span("secret", start, found, label) for start, found, label in find_secrets(text)),
        (Span("email", start, found) for start, found in find_emails(text)),
        (Span("iban", start, found) for start, found in find_ibans(text)),
        (Span("card", start, found) for start, found in find_cards(text)),
        (Span("ip", start, found) for start, found in find_ips(text)),
        (Span("phone", start, found) for start, found in find_phones(text)),
    ]
    return without_overlaps(span for spans in by_precedence for span in spans)


def _prompt_text(prompt: Prompt) -> str:
    return prompt if isinstance(prompt, str) else "\n".join(message.content for message in prompt)


def _bare(kind: PiiKind, text: str) -> str:
    """The text as it is compared with the prompt: numbers are the same however they are grouped."""
    return re.sub(r"[\s()./-]", "", text).casefold() if kind in _NUMBERS else text.casefold()


def _masked(span: Span[PiiKind]) -> str:
    shown = f"{span.text[:2]}…{span.text[-2:]}"
    return f"{span.label} {shown}" if span.label else shown
