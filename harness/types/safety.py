"""What a safety check gets and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.types.cases import Case, Severity
from harness.types.conversations import Conversation, Prompt


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to check: a model's reply to a case, or a message of a conversation, with the prompt before it."""

    id: str
    text: str
    origin: Literal["reply", "training"]
    prompt: Prompt = ()
    case: Case | None = None
    conversation: Conversation | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One hit: `evidence` is the text that was hit, shortened or masked where it is sensitive."""

    category: str
    severity: Severity
    evidence: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The result for one passage. `applies` False means that the check has nothing to say about it: it is not in n."""

    id: str
    findings: tuple[Finding, ...] = ()
    applies: bool = True
    error: str | None = None
