"""What a safety check gets and gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

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
    """One hit: `evidence` is the text that was hit, shortened or masked where it is sensitive.

    `partial`: the passage is so in part only, as a refusal with half an answer. Such passages are counted apart, and
    the gate decides with them as findings and as clean.
    """

    category: str
    severity: Severity
    evidence: str
    partial: bool = False


@dataclass(frozen=True, slots=True)
class DetectorAccuracy:
    """How often a check was right on labelled passages of one source, which `on` names with its year.

    Of `positives`, which have what the check looks for, it found `found`; of `negatives` it cleared `cleared`.
    """

    on: str
    found: int
    positives: int
    cleared: int
    negatives: int

    def __post_init__(self) -> None:
        if not (self.on.strip() and 0 <= self.found <= self.positives and 0 <= self.cleared <= self.negatives):
            raise ValueError(f"{self} cannot be: it names its source, and finds no more than there is")


Accuracy: TypeAlias = Literal["exact"] | tuple[DetectorAccuracy, ...]
"""What is known of a check: "exact" where its rule is all that it claims, else a record a source; empty: nothing."""


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
