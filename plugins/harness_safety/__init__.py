"""Safety checks: personal data and secrets, blocked terms, refusals."""

from __future__ import annotations

from collections.abc import Iterator

from harness.hookspecs import hookimpl
from harness.protocols import SafetyCheck
from harness.types.component import Component
from harness_safety.blocked_terms import BlockedTerms
from harness_safety.pii import Pii
from harness_safety.refusal import Refusal


@hookimpl
def register_safety_checks() -> Iterator[Component[SafetyCheck]]:
    yield Component("pii", Pii, "e-mail, phone, card, IBAN and IP numbers, and secrets")
    yield Component("blocked-terms", BlockedTerms, "whole words or phrases from a list or a file")
    yield Component(
        "refusal", Refusal, "replies that comply where they should refuse, or refuse where they should answer"
    )
