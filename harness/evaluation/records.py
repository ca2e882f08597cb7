"""An evaluation, who it is of, and the names that point at one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Self, TypeAlias

from harness.types import Kind, ModelReference

State: TypeAlias = Literal["running", "complete", "failed", "stopped"]


class PredictionKey(NamedTuple):
    """What finds a prediction: the key of the answers to a question, and which of its samples it is."""

    answer: str
    sample: int

    @classmethod
    def of(cls, text: str) -> Self:
        """The inverse of `str`: the key of a request, an answer or a prediction."""
        answer, _, sample = text.rpartition(":")
        return cls(answer, int(sample))

    def __str__(self) -> str:
        return f"{self.answer}:{self.sample}"


@dataclass(frozen=True, slots=True)
class MetricRecord:
    """A built metric's identity. `key` hashes code and options: with a case and an answer it finds a stored score.

    `names` is the stored order of its statistics; empty for a metric that is no function of sums.
    """

    key: str
    use: str
    code: str
    options: Mapping[str, Any]
    reads: Kind
    names: tuple[str, ...]
    higher_is_better: bool
    bounds: tuple[float | None, float | None]
    comparable_on: tuple[str, ...]
    plugin: str
    distribution: str
    version: str


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A built safety check's identity. `key` hashes code and options: with a case and a reply it finds a finding."""

    key: str
    use: str
    code: str
    options: Mapping[str, Any]
    plugin: str
    distribution: str
    version: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One model on one suite version with one generation setting; the id is a hash of exactly that.

    `selection` says which cases: a tier, or a tier and the number of its first cases ("gate:100").
    """

    id: str
    suite: str
    suite_version: str
    selection: str
    cases: int
    model: ModelReference
    fingerprint: str
    parts: Mapping[str, str]
    numerics: str
    settings: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    verified: bool = True
    name: str | None = None
    run: str | None = None
    state: State = "running"
    created_at: str = ""

    @property
    def drawn(self) -> Mapping[str, Any]:
        """How its replies were drawn: two evaluations that differ here are not comparable on text."""
        return {key: value for key, value in self.settings.items() if key != "seed"}

    def samples(self, kind: Kind) -> int:
        """How many answers of that kind each case has: only replies are drawn."""
        return int(self.settings.get("samples", 1)) if kind == "text" else 1


@dataclass(frozen=True, slots=True)
class Baseline:
    """A name that points at an evaluation in one suite, and how it came to: by `set` or by `promote`.

    `comparison` justified a promotion, and `decision` is the exit code of its gate; `selected_from` counts the models
    it was picked from by their scores on these very cases (0: it was not picked by them; 1: no other was tried).
    """

    name: str
    suite: str
    evaluation: str
    at: str
    note: str = ""
    who: str = ""
    comparison: str | None = None
    selected_from: int = 0
    decision: int | None = None

    @property
    def selected(self) -> bool:
        """Whether its scores on these cases are those of the best of several."""
        return self.selected_from > 1


@dataclass(frozen=True, slots=True)
class Anchor:
    """The evaluation of a suite that every later candidate is compared with, too; set by hand, moved only by hand."""

    suite: str
    evaluation: str
    at: str
    note: str = ""
    who: str = ""
