"""Everything a report shows: renderers lay it out, and neither query nor measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.comparison.records import LEVEL, Comparison, Decision, EvaluationResult
from harness.evaluation.records import State
from harness.types import Cycle, Severity, StepRecord

Change: TypeAlias = Literal["newly wrong", "newly right", "changed"]
ModelSide: TypeAlias = Literal["candidate", "baseline", "anchor", "model"]
"""What a model is in a report; "model" where it is compared with nothing."""


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model that was compared, or the one that was measured. `fingerprint` is shortened for people; the comparisons
    hold it whole.
    """

    side: ModelSide
    reference: str
    adapter: str | None = None
    fingerprint: str = ""
    numerics: str = ""
    threads: int | None = None
    device: str | None = None
    verified: bool = True


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """Why rows ended, how many did, and where one of them was read ("chat.jsonl:17")."""

    reason: str
    count: int
    example: str | None = None


@dataclass(frozen=True, slots=True)
class CleanerLine:
    """What one cleaner did, in the order of the recipe; `reasons` are those of dropped conversations."""

    cleaner: str
    dropped: int
    changed: int = 0
    reasons: tuple[ReasonCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Contamination:
    """Training conversations that are cases of `suite`, or nearly; "kept" only where the recipe says so."""

    suite: str
    conversations: int
    action: Literal["removed", "kept"]


@dataclass(frozen=True, slots=True)
class DataSummary:
    """From rows read to sets trained on. `rejections` are the reasons of rows that could not be read."""

    loaded: int
    rejected: int
    kept: int
    train: int
    validation: int
    rejections: tuple[ReasonCount, ...] = ()
    cleaners: tuple[CleanerLine, ...] = ()
    contamination: tuple[Contamination, ...] = ()


@dataclass(frozen=True, slots=True)
class RowsUsed:
    """What a trainer made of a set: `used` of `rows`, `cut` of which lost their end; nothing was left of the others."""

    rows: int
    used: int
    cut: int = 0


@dataclass(frozen=True, slots=True)
class TrainingSummary:
    """How the candidate was trained: `checkpoint_step` of `steps` is the one that was evaluated.

    `trained_on` and `validated_on` are None where the trainer does not say.
    """

    trainer: str
    curve: tuple[StepRecord, ...]
    checkpoint_step: int
    steps: int
    stopped_early: bool = False
    reused: bool = False
    seconds: float | None = None
    tokens_per_second: float | None = None
    trained_on: RowsUsed | None = None
    validated_on: RowsUsed | None = None


@dataclass(frozen=True, slots=True)
class ReplyCounts:
    """How the answers of one side of a suite ended: of `asked` ones so many `failed`, for `reasons` with a case each.

    Of the `replies` that came, `cut` ended at `max_new_tokens`, `cut_without_text` of them before a word outside of
    thoughts; `without_text` have none, however they ended.
    """

    suite: str
    side: ModelSide
    asked: int
    failed: int
    replies: int
    cut: int
    cut_without_text: int
    without_text: int
    max_new_tokens: int
    reasons: tuple[ReasonCount, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerCounts:
    """How many of the `n` paired answers of a suite changed; right and wrong are as `metric` sees them."""

    suite: str
    metric: str
    n: int
    newly_wrong: int
    newly_right: int
    changed: int


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """One case answered differently, with the last user message as `question`.

    A side has `right` where the metric is 0 or 1 for an answer, else its `score`. Those of one `change` are given in
    the order in which they should be read. What a side thought before it replied is neither scored nor checked.
    """

    suite: str
    case: str
    change: Change
    question: str
    baseline_reply: str
    candidate_reply: str
    reference: str | None = None
    metric: str = ""
    baseline_right: bool | None = None
    candidate_right: bool | None = None
    baseline_score: float | None = None
    candidate_score: float | None = None
    baseline_thought: str = ""
    candidate_thought: str = ""


@dataclass(frozen=True, slots=True)
class SafetyFinding:
    """A hit of a safety check in the candidate's answers; `count` hits of this category, of which this is one."""

    suite: str
    check: str
    category: str
    severity: Severity
    evidence: str
    case: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long a stage took; `note` says what was reused."""

    stage: str
    seconds: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """A command to copy, and what it is for."""

    command: str
    purpose: str


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One evaluation of a trend: `value` with the interval that holds `level`; `model` as people know it."""

    at: str
    evaluation: str
    model: str
    value: float
    low: float
    high: float
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Trend:
    """A metric of a suite over the evaluations on the same cases, oldest first; the last may be the candidate's."""

    suite: str
    metric: str
    higher_is_better: bool
    points: tuple[TrendPoint, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A run, a comparison or a gate call. What a command has not done stays empty, and its section away.

    `policy` is what the gate was told about inconclusive metrics.
    """

    run: str
    command: str
    state: State
    started: str
    seconds: float | None = None
    recipe: str | None = None
    models: tuple[ModelLine, ...] = ()
    data: DataSummary | None = None
    training: TrainingSummary | None = None
    comparisons: tuple[Comparison, ...] = ()
    results: tuple[EvaluationResult, ...] = ()
    reply_counts: tuple[ReplyCounts, ...] = ()
    answer_counts: tuple[AnswerCounts, ...] = ()
    answers: tuple[ChangedAnswer, ...] = ()
    findings: tuple[SafetyFinding, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    trends: tuple[Trend, ...] = ()
    stages: tuple[StageTime, ...] = ()
    decision: Decision | None = None
    policy: Literal["default", "strict", "lenient"] = "default"
    warnings: tuple[str, ...] = ()
    next_steps: tuple[NextStep, ...] = ()
