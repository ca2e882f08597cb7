"""What a suite asks, and what is known of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

from harness.hashing import content_hash
from harness.types.conversations import Prompt, message_record
from harness.types.models import Likelihood

Kind: TypeAlias = Literal["text", "choice", "log-likelihood"]
"""What is asked of a model for one case: a reply, a choice, or the likelihood of its reference."""
Role: TypeAlias = Literal["primary", "guard", "watch"]
Tier: TypeAlias = Literal["dev", "gate", "vault"]
Severity: TypeAlias = Literal["low", "medium", "high"]
Expect: TypeAlias = Literal["answer", "refuse"]


@dataclass(frozen=True)
class Case:
    """One row of a suite. `content`, a hash of what is asked and what is right, identifies it for pairing."""

    id: str
    prompt: Prompt
    follow_ups: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    answer: str | None = None
    expect: Expect | None = None
    slices: Mapping[str, str] = field(default_factory=dict)
    cluster: str | None = None

    @cached_property
    def content(self) -> str:
        asked = self.prompt if isinstance(self.prompt, str) else [message_record(m) for m in self.prompt]
        return content_hash([asked, self.follow_ups, self.references, self.choices, self.answer, self.expect])

    @property
    def group(self) -> str:
        """What it is resampled with: its cluster, or itself."""
        return self.cluster or self.id


@dataclass(frozen=True, slots=True)
class Prediction:
    """A model's answer to one case, stored under `key` (model, request, settings, sample, numerics)."""

    key: str
    case: str
    kind: Kind
    sample: int = 0
    replies: tuple[str, ...] = ()
    likelihoods: tuple[Likelihood, ...] = ()
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    new_tokens: int = 0
    seconds: float = 0.0
    error: str | None = None
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """A case with every sample of one kind of its answer: all that a metric may look at. None of them has an error."""

    case: Case
    predictions: tuple[Prediction, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The last reply of each sample."""
        return tuple(p.replies[-1] if p.replies else "" for p in self.predictions)

    @property
    def text(self) -> str:
        """The last reply of the first sample."""
        return self.texts[0]

    @property
    def likelihoods(self) -> tuple[Likelihood, ...]:
        """Of the first sample: one a choice, or one of the reference."""
        return self.predictions[0].likelihoods

    def choice(self, per: Literal["answer", "token", "byte"] = "answer") -> str | None:
        """The likeliest choice, log-likelihoods divided by nothing, tokens or UTF-8 bytes; ties go to the first.

        A recorded reply stands for the choice it spells (case and outer white space aside), else for none.
        """
        if not self.likelihoods:
            said = self.text.strip().casefold()
            return next((c for c in self.case.choices if c.strip().casefold() == said), None)
        scored = [
            one.log_likelihood / {"answer": 1, "token": max(one.tokens, 1), "byte": max(len(text.encode()), 1)}[per]
            for one, text in zip(self.likelihoods, self.case.choices, strict=True)
        ]
        return self.case.choices[scored.index(max(scored))]
