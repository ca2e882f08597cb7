"""What a comparison says: figures, bounds, verdicts, the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from harness.errors import ExitCode
from harness.evaluation.records import Evaluation
from harness.types import Accuracy, Role

Verdict: TypeAlias = Literal["improved", "not worse", "regressed", "inconclusive", "incomplete", "incompatible"]
Bound: TypeAlias = Literal["within the limit", "over the limit", "inconclusive", "incomplete", "no limit"]
Against: TypeAlias = Literal["baseline", "anchor", "nothing"]
LEVEL = 0.9
"""What every interval holds: it leaves out 5 % on each side, as much as a one-sided test at .05 errs."""
FORMER_LEVEL = 0.95
"""What intervals held that were stored before they had a level."""


@dataclass(frozen=True, slots=True)
class SliceComparison:
    """One metric on part of the cases ("topic", "billing"), in the metric's units. Shown, and never decides.

    `low`, `high`: the interval of the difference, of its metric's level; None where the slice is too small for one.
    """

    key: str
    value: str
    n: int
    clusters: int
    baseline: float | None = None
    candidate: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """What a comparison of this size can see, in the metric's units; None where it cannot be told.

    `detectable`: the smallest loss that is seen with 80 % power at the family's share of alpha. `discordance`: the
    share of cases that the two sides scored differently. `design_effect`: the variance with clusters over that
    without. `largest_cluster`: its share of the cases. `passes_if_equal`: P(not worse) of an equal candidate.
    `needed`: cases for a decision, where there is none yet. `noise`: the standard deviation of the value when the same
    model is measured again (A/A), where somebody has calibrated it.
    """

    detectable: float | None = None
    discordance: float | None = None
    design_effect: float | None = None
    largest_cluster: float | None = None
    passes_if_equal: float | None = None
    needed: int | None = None
    noise: float | None = None


@dataclass(frozen=True, slots=True)
class MetricComparison:
    """One metric, candidate against baseline. Figures are in the metric's units; `difference` = candidate − baseline.

    All intervals hold `level`, so that .9 leaves 5 % on each side: that of the difference (`low`, `high`) and those of
    the two values. `low95`, `high95`: the difference's two-sided 95 % interval. `gain_low`: the lower bound of the gain
    (the difference turned so that more is better) by which a loss is excluded, at or below the interval's: where few
    cases changed, rare large losses may have been missed. `error`: the estimator's standard error of the difference.
    `p_gain`, `p_loss`: one-sided, adjusted over the `family` of tests; of a watch metric they are false-discovery
    rates. `test` names the estimator. `cases_worse`: how many single cases are shown to have got worse, by their
    repeated samples; None where there are none of those. `n` paired cases in `clusters` groups; `added` and `removed`
    are on one side only. `key` finds the metric's scores.
    """

    suite: str
    metric: str
    role: Role
    verdict: Verdict
    reason: str = ""
    baseline: float | None = None
    candidate: float | None = None
    baseline_interval: tuple[float, float] | None = None
    candidate_interval: tuple[float, float] | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = LEVEL
    low95: float | None = None
    high95: float | None = None
    gain_low: float | None = None
    error: float | None = None
    p_gain: float | None = None
    p_loss: float | None = None
    margin: float | None = None
    floor: float | None = None
    cap: float | None = None
    higher_is_better: bool = True
    n: int = 0
    clusters: int = 0
    baseline_errors: int = 0
    candidate_errors: int = 0
    added: int = 0
    removed: int = 0
    notes: tuple[str, ...] = ()
    key: str = ""
    against: Against = "baseline"
    test: str = ""
    family: int = 0
    cases_worse: int | None = None
    sensitivity: Sensitivity = Sensitivity()
    slices: tuple[SliceComparison, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricValue:
    """One metric of an evaluation that is compared with nothing, in the metric's units.

    `low`, `high`: the interval of `value`, which holds `level`; `low95`, `high95`: its two-sided 95 % interval. All are
    None where it could not be measured, and `reason` says why. `errors` of the `n` answers are missing or failed, and
    count as the metric's worst. `key` finds its scores. `notes`: what else is to be said of the value.
    """

    suite: str
    metric: str
    role: Role
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = LEVEL
    low95: float | None = None
    high95: float | None = None
    higher_is_better: bool = True
    n: int = 0
    clusters: int = 0
    errors: int = 0
    reason: str = ""
    key: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One safety check on the candidate: `found` of `n` passages, with the Clopper–Pearson bounds of that share.

    `low` and `high` are one-sided 95 % bounds. `baseline_found` of `baseline_n` is the same for the baseline.
    `unchecked` passages, empty ones and failed answers among them, are not in `n`; `partial` ones are, and not in
    `found`: `low` counts both as clean, `high` as findings. `accuracy`: how often the check was right on labelled
    passages. `key` finds the check's stored findings.
    """

    suite: str
    check: str
    bound: Bound
    found: int
    n: int
    low: float
    high: float
    limit: float | None = None
    errors: int = 0
    baseline_found: int | None = None
    baseline_n: int | None = None
    reason: str = ""
    key: str = ""
    unchecked: int = 0
    baseline_unchecked: int | None = None
    notes: tuple[str, ...] = ()
    partial: int = 0
    baseline_partial: int | None = None
    accuracy: Accuracy = ()


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """The figures of an evaluation that is compared with nothing."""

    evaluation: Evaluation
    metrics: tuple[MetricValue, ...]
    checks: tuple[CheckResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Candidate against baseline on one suite.

    `against`: the rolling baseline, or the anchor that moves only by hand. `selected_from`: how many models the
    baseline was picked from by their scores on these cases; 0 where it was not.
    """

    id: str
    suite: str
    baseline: Evaluation
    candidate: Evaluation
    metrics: tuple[MetricComparison, ...]
    checks: tuple[CheckResult, ...] = ()
    warnings: tuple[str, ...] = ()
    against: Against = "baseline"
    baseline_name: str = ""
    selected_from: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """One metric of one evaluation: its value with the interval that holds `level`, as they were first computed."""

    evaluation: str
    metric: str
    key: str
    value: float
    low: float
    high: float
    n: int
    clusters: int
    errors: int = 0
    at: str = ""
    level: float = LEVEL


@dataclass(frozen=True, slots=True)
class Noise:
    """How much a metric moves when the same model is measured again on the same cases: `times` runs on one machine.

    `deviation`: the standard deviation of the value, in the metric's units. `changed`: the mean share of cases whose
    score differs between two of the runs.
    """

    suite: str
    suite_version: str
    selection: str
    metric: str
    key: str
    fingerprint: str
    numerics: str
    times: int
    value: float
    deviation: float
    changed: float
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the gate says: the exit code that wins, all codes that hold, and one reason a line, worst first."""

    code: ExitCode
    codes: tuple[ExitCode, ...]
    reasons: tuple[str, ...]
