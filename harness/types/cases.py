"""What a suite asks, and what is known of the answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Literal, TypeAlias

from harness.types.choices import spelt
from harness.types.conversations import Prompt, message_record
from harness.types.hashing import content_hash
from harness.types.models import Likelihood

Kind: TypeAlias = Literal["text", "choice", "log-likelihood"]
"""What is asked of a model for one case: a reply, a choice, or the likelihood of its reference."""
Thoughts: TypeAlias = Literal["split", "keep"]
"""What becomes of what a model thinks before it replies: it is left out of the reply, or scored and checked with it."""
Role: TypeAlias = Literal["primary", "guard", "watch"]
Tier: TypeAlias = Literal["dev", "gate", "vault"]
Severity: TypeAlias = Literal["low", "medium", "high"]
Expect: TypeAlias = Literal["answer", "refuse"]
Per: TypeAlias = Literal["answer", "token", "byte", "character"]
"""What the log-likelihood of a choice is divided by: nothing, its tokens, UTF-8 bytes or characters."""
Unit: TypeAlias = Literal["words", "bytes"]


@dataclass(frozen=True)
class Case:
    """One row of a suite. `content`, a hash of what is asked and what is right, identifies it for pairing.

    `answers`: the positions of the right choices, where `answer` does not say it all: several are right, or two read
    the same. `ending`: what is scored after each choice, in place of the choice itself. `size`: what the reference
    counts as, where that is not its own number of words or bytes.
    """

    id: str
    prompt: Prompt
    follow_ups: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    answer: str | None = None
    answers: tuple[int, ...] = ()
    ending: str | None = None
    size: Mapping[Unit, int] = field(default_factory=dict)
    expect: Expect | None = None
    slices: Mapping[str, str] = field(default_factory=dict)
    cluster: str | None = None

    @cached_property
    def content(self) -> str:
        asked = self.prompt if isinstance(self.prompt, str) else [message_record(m) for m in self.prompt]
        seldom = {"answers": self.answers, "ending": self.ending, "size": dict(self.size)}
        used = {key: value for key, value in seldom.items() if value not in ((), None, {})}
        known = [asked, self.follow_ups, self.references, self.choices, self.answer, self.expect]
        return content_hash([*known, used] if used else known)

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone: whether its content was hashed already makes it no other case."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

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

    def choice(self, per: Per = "answer") -> str | None:
        """The likeliest choice; ties go to the first.

        A recorded reply stands for the choice it spells, else for none. Case, white space, and punctuation and markup
        around it do not count, unless two choices differ in them.
        """
        chosen = self._chosen(per)
        return None if chosen is None else self.case.choices[chosen]

    def is_right(self, per: Per = "answer") -> bool:
        """Whether the likeliest choice is the answer, or one of the answers."""
        chosen = self._chosen(per)
        if chosen is None:
            return False
        return chosen in self.case.answers if self.case.answers else self.case.choices[chosen] == self.case.answer

    def _chosen(self, per: Per) -> int | None:
        choices = self.case.choices
        if not self.likelihoods:
            return spelt(self.text, choices)
        pairs = zip(self.likelihoods, choices, strict=True)
        scored = [one.log_likelihood / _length(one, choice, per) for one, choice in pairs]
        return scored.index(max(scored))


def _length(likelihood: Likelihood, choice: str, per: Per) -> int:
    lengths = {"answer": 1, "token": likelihood.tokens, "byte": len(choice.encode()), "character": len(choice)}
    return max(lengths[per], 1)
