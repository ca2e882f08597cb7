"""What a safety check gets and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.types.cases import Case, Severity
from harness.types.conversations import Conversation, Prompt


@dataclass(frozen=True, slots=True)
class Passage:
    """A text to check: a model's reply to a case, or a message of a conversation, with the prompt before it.

    `refused`: the server itself says that it refused, whatever the text is; it may have none.
    """

    id: str
    text: str
    origin: Literal["reply", "training"]
    prompt: Prompt = ()
    case: Case | None = None
    conversation: Conversation | None = None
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One hit: `evidence` is the text that was hit, shortened or masked where it is sensitive."""

    category: str
    severity: Severity
    evidence: str


@dataclass(frozen=True, slots=True)
class Checked:
    """The result for one passage. `applies` False means that the check has nothing to say about it: it is not in n.

    `unchecked` is the reason why a passage that it applies to could not be judged ("it is in a language that is not
    known"). As an empty reply, such a passage is neither a finding nor clean: the gate decides with it as either, and
    where that makes a difference, or where more than a fifth are so, the check is incomplete.
    """

    id: str
    findings: tuple[Finding, ...] = ()
    applies: bool = True
    error: str | None = None
    unchecked: str | None = None
