"""What a trainer gets, says and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from harness.types.conversations import ConversationSet
from harness.types.models import ModelReference


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
class Remark:
    """What a trainer has to say of its rows before it trains: a warning, or a note for those who asked."""

    text: str
    level: Literal["warning", "note"] = "warning"


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
