"""The records that cross a hook: frozen, picklable, standard library only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from harness.hashing import content_hash

Kind: TypeAlias = Literal["text", "choice", "log-likelihood"]
"""What is asked of a model for one case: a reply, a choice, or the likelihood of its reference."""
Role: TypeAlias = Literal["primary", "guard", "watch"]
Tier: TypeAlias = Literal["dev", "gate", "vault"]
Severity: TypeAlias = Literal["low", "medium", "high"]
Expect: TypeAlias = Literal["answer", "refuse"]


# --- conversations -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a chat; `extra` keeps every key of the source row that has no field of its own."""

    role: str
    content: str
    name: str | None = None
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    weight: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


Prompt: TypeAlias = tuple[Message, ...] | str
"""Messages, to be rendered by the model's chat template, or a raw string that is sent as it is."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row was read: file and line, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Conversation:
    """One row of training data; `rejected` holds worse replies of preference data, `label` a thumb or a class."""

    id: str
    messages: tuple[Message, ...]
    tags: Mapping[str, str] = field(default_factory=dict)
    rejected: tuple[tuple[Message, ...], ...] = ()
    label: str | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that could not be read: the loader goes on, the preflight reports it."""

    file: str
    line: int
    reason: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class LoadRequest:
    """What a dataset is asked for; `limit` is the most rows wanted, for a quick look."""

    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """The conversation passes unchanged; `cluster` names the group of near-equals it belongs to."""

    id: str
    flags: tuple[str, ...] = ()
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """The conversation goes on as `conversation`, under the same id."""

    id: str
    conversation: Conversation
    reason: str
    flags: tuple[str, ...] = ()
    cluster: str | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """The conversation ends here, for `reason`."""

    id: str
    reason: str
    flags: tuple[str, ...] = ()


Outcome: TypeAlias = Kept | Changed | Dropped


class ConversationSet(Protocol):
    """Training data as trainers get it: sized, iterable more than once, read from a file as it is needed."""

    @property
    def fingerprint(self) -> str:
        """A hash of the content and its order."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Conversation]: ...


# --- models ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelReference:
    """Which model: `reference` is a folder, a hub name or an alias that `backend` knows; `adapter` a folder on top."""

    reference: str
    adapter: str | None = None
    revision: str | None = None
    backend: str = "transformers"

    def __str__(self) -> str:
        name = self.reference if self.backend == "transformers" else f"{self.backend}:{self.reference}"
        return f"{name} + {self.adapter}" if self.adapter else name


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A model and how to run it. `threads` None means: measure, then say what was chosen."""

    model: ModelReference
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a model is, from its files alone.

    `fingerprint` hashes weights, adapter, tokenizer and chat template; `parts` holds one hash of each. `numerics`
    names what else changes numbers (precision, device kind). `verified` is False where files cannot be seen.
    """

    fingerprint: str
    parts: Mapping[str, str] = field(default_factory=dict)
    numerics: str = ""
    context_length: int | None = None
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Generate:
    """Ask for a reply to `prompt`, then one to each of `follow_ups`.

    `temperature` 0 is greedy. `seed` makes a sampled reply independent of the rest of the batch. `known` requests are
    part of the plan, so that a resumed evaluation is batched like an undisturbed one; their answers are not needed.
    """

    key: str
    prompt: Prompt
    max_new_tokens: int = 128
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0
    follow_ups: tuple[str, ...] = ()
    known: bool = False


@dataclass(frozen=True, slots=True)
class LogLikelihood:
    """Ask for the log-likelihood of each continuation after the same prompt."""

    key: str
    prompt: Prompt
    continuations: tuple[str, ...]
    known: bool = False


Request: TypeAlias = Generate | LogLikelihood


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Natural-log likelihood of one continuation, summed over its `tokens`."""

    log_likelihood: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer to the request `key`: replies (one a turn), or likelihoods in the request's order, or `error`.

    `batch_ends` is True on the last answer of a batch: what came so far is written to disk before the next one runs.
    `transient` marks an error that another try may not meet (out of memory, a time-out): it is not kept as the answer.
    """

    key: str
    replies: tuple[str, ...] = ()
    likelihoods: tuple[Likelihood, ...] = ()
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    new_tokens: int = 0
    seconds: float = 0.0
    error: str | None = None
    transient: bool = False
    batch_ends: bool = True


# --- cases and what is known about them --------------------------------------------------------------


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
    transient: bool = False


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


# --- safety ------------------------------------------------------------------------------------------


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


# --- training ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """A model, two sets of conversations and an empty or half-filled `folder` of the trainer's own.

    A trainer that finds its own checkpoints in `folder` resumes from the last, as if it had never stopped. `backend`
    holds the options of the model's backend (device, precision).
    """

    model: ModelReference
    train: ConversationSet
    validation: ConversationSet
    folder: Path
    backend: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What a trainer says while it works. Losses are nats a trained token."""

    step: int
    of: int
    loss: float | None = None
    validation_loss: float | None = None
    learning_rate: float | None = None
    tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The result of a training: a reference its backend can open, its step, and what is worth telling."""

    model: ModelReference
    step: int
    steps: int
    curve: tuple[StepRecord, ...] = ()
    stopped_early: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


# --- refinement and events ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cycle:
    """One finished train–evaluate round: what was tried, the value of each `suite/metric`, and whether it was kept."""

    number: int
    patch: Mapping[str, Any]
    values: Mapping[str, float]
    verdicts: Mapping[str, str]
    accepted: bool


@dataclass(frozen=True, slots=True)
class History:
    """All a refiner may know: the recipe it started from, the cycles so far, how many are planned, and the seed."""

    recipe: Mapping[str, Any]
    cycles: tuple[Cycle, ...] = ()
    planned: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the next cycle changes: dotted recipe keys to new values, and conversations to add or drop by id."""

    recipe_patch: Mapping[str, Any] = field(default_factory=dict)
    data_patch: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    expects: str = ""
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class RunStarted:
    run: str
    command: str
    recipe: Mapping[str, Any]
    folder: Path


@dataclass(frozen=True, slots=True)
class CycleFinished:
    run: str
    folder: Path
    cycle: Cycle


@dataclass(frozen=True, slots=True)
class RunFinished:
    run: str
    folder: Path
    state: str
    exit_code: int
    seconds: float


def message_record(message: Message) -> dict[str, Any]:
    """The message as JSON keys and values; fields that say nothing are left out."""
    record: dict[str, Any] = {"role": message.role, "content": message.content, **message.extra}
    if message.name is not None:
        record["name"] = message.name
    if message.tool_calls:
        record["tool_calls"] = [dict(call) for call in message.tool_calls]
    if message.weight is not None:
        record["weight"] = message.weight
    return record


def message_from_record(record: Mapping[str, Any]) -> Message:
    """The inverse of `message_record`; raises KeyError or TypeError where role or content is missing or no string."""
    if not isinstance(record["role"], str) or not isinstance(record["content"], str):
        raise TypeError("role and content must be strings")
    known = {"role", "content", "name", "tool_calls", "weight"}
    return Message(
        role=record["role"],
        content=record["content"],
        name=record.get("name"),
        tool_calls=tuple(record.get("tool_calls") or ()),
        weight=record.get("weight"),
        extra={key: value for key, value in record.items() if key not in known},
    )
