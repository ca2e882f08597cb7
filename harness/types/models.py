"""Who is asked, what is asked, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from harness.types.conversations import Prompt

ROUNDING = 1e-3
"""How far above 0 a log-likelihood may be, for each of its tokens: half precision rounds a certain token's up."""


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
    """A model and how to run it. `threads` None means: measure, then say what was chosen.

    `resume`: the facts that an interrupted evaluation with this model has recorded. What could change numbers (batch
    plan, its revisions) is then done again as it was.
    """

    model: ModelReference
    threads: int | None = None
    resume: Mapping[str, Any] = field(default_factory=dict)


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
    `expected_tokens`: how long the reply was when others answered, where that is known; it only orders the work.
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
    expected_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class LogLikelihood:
    """Ask for the log-likelihood of each continuation after `prompt`, or after its own of `prompts` where those differ.

    `windows`: a text longer than the context is scored in consecutive windows, each token once and with all of its
    window before it; without it such a request is an error.
    """

    key: str
    prompt: Prompt
    continuations: tuple[str, ...]
    known: bool = False
    prompts: tuple[Prompt, ...] = ()
    windows: bool = False


Request: TypeAlias = Generate | LogLikelihood


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Natural-log likelihood of one continuation, summed over its `tokens`."""

    log_likelihood: float
    tokens: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer to the request `key`: replies (one a turn), or likelihoods in the request's order, or `error`.

    `batch_ends` is True on the last answer of a batch: what came so far is written down before the next one runs.
    `permanent` marks an error that every try will meet (the prompt does not fit): only then is it kept as the answer.
    """

    key: str
    replies: tuple[str, ...] = ()
    likelihoods: tuple[Likelihood, ...] = ()
    finish_reason: str = "stop"
    prompt_tokens: int = 0
    new_tokens: int = 0
    seconds: float = 0.0
    error: str | None = None
    permanent: bool = False
    batch_ends: bool = True
