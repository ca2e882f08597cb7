"""The decision table: what was measured of one metric -> a verdict with its reason, and what that says to a gate.

The rows are those of the rules the project decided on beforehand; the first that applies wins. Defaults, in the
metric's units: no margin; floor = 1 point or half the margin; cap = 10 points, where a point is a hundredth of the
width of the metric's bounds. A metric without two bounds has no points: 1 % and 10 % of the baseline's value stand in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from harness.comparison.detection import sensitivity
from harness.comparison.power import cases_to_exclude, measured_plan, noise_floor, rounded_up
from harness.comparison.records import Against, MetricComparison, Sensitivity, Verdict
from harness.comparison.statistics.families import PerCase
from harness.comparison.statistics.paired import ALPHA, FEW, Paired
from harness.comparison.statistics.proportions import MID_P
from harness.comparison.wording import bound, decimals_of, figure, interval, reaches, signed
from harness.errors import ExitCode
from harness.evaluation.records import MetricRecord
from harness.suites.records import MetricUse

Policy: TypeAlias = Literal["default", "strict", "lenient"]

SAME_MODEL = "both sides are the same model: nothing was compared"
BLIND = "blind"
TOO_FEW = "too few"
SMALL_DROP = "small real drop"
BEYOND_MARGIN = "beyond the margin"
FEW_CARRIERS = 25
SKEWED = "a few large differences carry this; the interval may be too narrow"

_POINT, _CAP = 0.01, 0.10
_Row: TypeAlias = tuple[Verdict, str, tuple[str, ...]]


@dataclass(frozen=True)
class Measured:
    """One metric on both sides before any rule is applied; p-values are raw.

    `complete`: over the cases that both sides answered. `worst_case`: the candidate's errors at the metric's worst,
    the baseline's at its best; the same where nothing failed. Both are None where `problem` says why. `chance`: the
    value of guessing. `per_case`: which single cases got worse. The last three are those of `records.Sensitivity`.
    """

    suite: str
    use: MetricUse
    record: MetricRecord
    n: int = 0
    clusters: int = 0
    baseline_errors: int = 0
    candidate_errors: int = 0
    added: int = 0
    removed: int = 0
    chance: float | None = None
    against: Against = "baseline"
    per_case: PerCase | None = None
    discordance: float | None = None
    design_effect: float | None = None
    largest_cluster: float | None = None
    complete: Paired | None = None
    worst_case: Paired | None = None
    problem: tuple[Literal["incompatible", "incomplete"], str] | None = None


def width(record: MetricRecord) -> float | None:
    """The width of the metric's bounds; None where one is missing."""
    low, high = record.bounds
    return None if low is None or high is None else high - low


def unseeing(measured: Measured, paired: Paired) -> tuple[str, str] | None:
    """The note and the reason why these cases cannot tell (rows 3 and 4); None where they can."""
    worst = measured.record.bounds[0 if measured.record.higher_is_better else 1]
    if worst is not None and paired.baseline == paired.candidate == worst:
        return BLIND, f"both sides are at the worst value, {worst:g}: a loss could not be seen"
    chance = measured.chance
    # At 90 % two models that guess would be recognised less often.
    sides = (paired.baseline_bounds.interval95, paired.candidate_bounds.interval95)
    if chance is not None and all(low <= chance <= high for low, high in sides):
        return BLIND, f"both sides could be guessing ({chance:.2g} by chance): a loss could not be seen"
    if measured.clusters < FEW and paired.test != MID_P:
        what = "clusters" if measured.clusters < measured.n else "cases"
        return TOO_FEW, f"too few {what} to tell: {measured.clusters}, at least {FEW} are needed"
    return None


def gain_p(paired: Paired, record: MetricRecord) -> tuple[float, float]:
    """The one-sided p of a gain and of a loss."""
    return (paired.p_greater, paired.p_less) if record.higher_is_better else (paired.p_less, paired.p_greater)


def judge(
    measured: Measured, paired: Paired | None, adjusted: tuple[float, float] | None, family: int, alpha: float = ALPHA
) -> MetricComparison:
    """The verdict by the first row that applies; `adjusted`: p of a gain and of a loss over `family` tests."""
    metric = _compared(measured, paired)
    if measured.problem or paired is None:
        problem, reason = measured.problem or ("incomplete", "nothing was measured")
        return replace(metric, verdict=problem, reason=reason)
    if unseen := unseeing(measured, paired):
        return replace(metric, reason=unseen[1], notes=(unseen[0],))
    p_gain, p_loss = adjusted or (1.0, 1.0)
    verdict, reason, notes = _first_row(metric, p_gain, p_loss, alpha)
    notes = (*notes, *_narrow(measured, paired))
    metric = replace(metric, verdict=verdict, reason=reason, notes=notes, p_gain=p_gain, p_loss=p_loss, family=family)
    metric = replace(metric, sensitivity=_sensitivity(measured, paired, metric, alpha))
    if verdict != "inconclusive":
        return metric
    parted = _parted(metric, gain_p(paired, measured.record), alpha)
    return replace(metric, reason="; ".join([*parted, _doubt(metric)]))


def _narrow(measured: Measured, paired: Paired) -> Iterator[str]:
    """Why the interval may be too narrow.

    Where a loss is true and few clusters carry it, the bound towards no loss errs in up to 13 %, with clusters of equal
    and of skewed sizes, by CR2, CR3, wild bootstrap-t and flips alike (`tests/benchmarks/cluster_intervals.py`).
    """
    if paired.skewed:
        yield SKEWED
    elif measured.clusters < measured.n and paired.carriers < FEW_CARRIERS:
        count = max(round(paired.carriers), 1)
        yield f"about {count} cluster{'s carry' if count > 1 else ' carries'} this; the interval may be too narrow"


def judge_cases(metric: MetricComparison, p: float, alpha: float = ALPHA) -> MetricComparison:
    """The verdict with single cases counted, at their adjusted p: what any of them lost is lost."""
    if p > alpha or metric.verdict in ("incompatible", "incomplete", "regressed"):
        return metric
    cases = f"{metric.cases_worse} case{'s' if metric.cases_worse != 1 else ''}"
    return replace(metric, verdict="regressed", reason=f"{cases} got worse beyond chance, each by itself ({_p(p)})")


def noisy(metric: MetricComparison, deviation: float) -> MetricComparison:
    """With the deviation of the value when one model is measured again, and a note where the bar is below that."""
    seen = replace(metric, sensitivity=replace(metric.sensitivity, noise=deviation))
    bar, floor = metric.floor if metric.margin is None else metric.margin, noise_floor(deviation)
    if bar is None or bar >= floor:
        return seen
    word = "floor" if metric.margin is None else "margin"
    return replace(seen, notes=(*seen.notes, f"the {word} {bar:.2g} is below the noise floor {floor:.2g}"))


def exit_code(metric: MetricComparison, policy: Policy = "default") -> ExitCode:
    """What one metric says to the gate. Watch metrics say nothing.

    An inconclusive guard passes; an inconclusive primary does not where it has a margin, saw nothing, or leaves a loss
    of `cap` possible. "strict": no inconclusive metric passes. "lenient": every one does.
    """
    if metric.role == "watch":
        return ExitCode.PASS
    decided: dict[Verdict, ExitCode] = {
        "regressed": ExitCode.REGRESSED,
        "incompatible": ExitCode.NO_BASELINE,
        "incomplete": ExitCode.INCOMPLETE,
    }
    if metric.verdict != "inconclusive":
        return decided.get(metric.verdict, ExitCode.PASS)
    if policy != "default":
        return ExitCode.INCONCLUSIVE if policy == "strict" else ExitCode.PASS
    open_loss = metric.gain_low is None or metric.cap is None or metric.gain_low <= -metric.cap
    fails = metric.role == "primary" and (metric.margin is not None or saw_nothing(metric) or open_loss)
    return ExitCode.INCONCLUSIVE if fails else ExitCode.PASS


def saw_nothing(metric: MetricComparison) -> bool:
    """Whether the cases could not have shown a loss of any size."""
    return BLIND in metric.notes or TOO_FEW in metric.notes


def figures(metric: MetricComparison) -> str:
    """`0.91 → 0.84 (−0.07 [−0.10, −0.04])`, with the digits the interval supports; empty where unmeasured."""
    if metric.baseline is None or metric.candidate is None or metric.difference is None:
        return ""
    digits = decimals_of(metric)
    difference = (
        f"{signed(metric.difference, digits)} {interval(metric.low, metric.high, digits, metric.level)}".rstrip()
    )
    return f"{figure(metric.baseline, digits)} → {figure(metric.candidate, digits)} ({difference})"


# --- the table ---------------------------------------------------------------------------------------


def _compared(measured: Measured, paired: Paired | None) -> MetricComparison:
    """All that is no verdict."""
    use, record = measured.use, measured.record
    metric = MetricComparison(
        suite=measured.suite,
        metric=use.name,
        role=use.role,
        verdict="inconclusive",
        margin=use.margin,
        floor=use.floor,
        cap=use.cap,
        higher_is_better=record.higher_is_better,
        n=measured.n,
        clusters=measured.clusters,
        baseline_errors=measured.baseline_errors,
        candidate_errors=measured.candidate_errors,
        added=measured.added,
        removed=measured.removed,
        against=measured.against,
        cases_worse=None if measured.per_case is None else int((measured.per_case.p_values <= ALPHA).sum()),
    )
    if paired is None:
        return metric
    scale = width(record) or abs(paired.baseline) or 1.0
    half_margin = math.inf if use.margin is None else use.margin / 2
    return replace(
        metric,
        floor=min(_POINT * scale, half_margin) if use.floor is None else use.floor,
        cap=_CAP * scale if use.cap is None else use.cap,
        baseline=paired.baseline,
        candidate=paired.candidate,
        baseline_interval=paired.baseline_bounds.interval,
        candidate_interval=paired.candidate_bounds.interval,
        difference=paired.difference,
        low=paired.low,
        high=paired.high,
        low95=paired.bounds.low95,
        high95=paired.bounds.high95,
        error=paired.error,
        test=paired.test,
        gain_low=paired.guarded[0] if record.higher_is_better else 0.0 - paired.guarded[1],
    )


def _first_row(metric: MetricComparison, p_gain: float, p_loss: float, alpha: float) -> _Row:
    """Rows 5 to 9; the reason of row 9 is put together afterwards."""
    gained, (low, high), floor = gain(metric), gain_interval(metric), metric.floor or 0.0
    open_to = open_loss(metric)
    small_drop = (SMALL_DROP,) if p_loss <= alpha and high < 0 else ()
    if p_gain <= alpha and low > 0 and reaches(gained, floor):
        return "improved", f"the gain is beyond chance ({_p(p_gain)})", ()
    if metric.margin is not None and not reaches(open_to, metric.margin):
        return "not worse", f"a loss of {bound(metric.margin)} is excluded", small_drop
    if p_loss <= alpha and high < 0 and reaches(0.0 - gained, floor):
        beyond = (BEYOND_MARGIN,) if metric.margin is not None and gained < -metric.margin else ()
        return "regressed", f"the loss is beyond chance ({_p(p_loss)})", beyond
    if metric.margin is None and not reaches(open_to, floor):
        return "not worse", f"a loss of {bound(floor)} is excluded", small_drop
    return "inconclusive", "", small_drop


def _parted(metric: MetricComparison, raw: tuple[float, float], alpha: float) -> Iterator[str]:
    """Why a gain or a loss that the test or the interval sees, or a loss that the interval excludes, does not count."""
    low, high = gain_interval(metric)
    seen = (("gain", metric.p_gain, raw[0], low > 0), ("loss", metric.p_loss, raw[1], high < 0))
    for word, adjusted, alone, excluded in seen:
        if adjusted is None or alone > ALPHA:
            continue
        if adjusted <= alpha and not excluded:
            yield f"the test finds a {word} ({_p(adjusted)}) and the interval holds zero, so that it does not count"
        elif adjusted <= alpha:
            yield f"the {word} is beyond chance ({_p(adjusted)}), but below the floor of {bound(metric.floor)}"
        elif alone <= alpha:
            yield f"the {word} would count alone, but not as one of {metric.family} tests"
        elif excluded:
            yield f"the {word} would count in a single look ({_p(alone)}), but not at {alpha:.2g}"
    limit = metric.floor if metric.margin is None else metric.margin
    if limit and reaches(open_loss(metric), limit) and not reaches(0.0 - low, limit):
        yield "few cases changed, so that rare large losses may be missing"


def _sensitivity(measured: Measured, paired: Paired, metric: MetricComparison, alpha: float) -> Sensitivity:
    """What these cases could have shown; the cases needed are those that would settle the open question."""
    found = sensitivity(
        paired,
        n=measured.n,
        clusters=measured.clusters,
        family=metric.family,
        alpha=alpha,
        margin=metric.margin,
        floor=metric.floor or 0.0,
        discordance=measured.discordance,
        design_effect=measured.design_effect,
        largest_cluster=measured.largest_cluster,
        width=width(measured.record),
    )
    if metric.verdict != "inconclusive" or metric.margin is not None or not _open_cap(metric):
        return found
    plan = measured_plan(
        paired.error,
        paired.test,
        n=measured.n,
        clusters=measured.clusters,
        discordance=measured.discordance,
        width=width(measured.record),
    )
    needed = cases_to_exclude(plan, metric.cap or 0.0)
    return replace(found, needed=needed if needed > measured.n else None)


def _doubt(metric: MetricComparison) -> str:
    """The loss that is not excluded, the smallest that would be seen, and the cases that would settle it."""
    digits, needed, seen = decimals_of(metric), metric.sensitivity.needed, metric.sensitivity.detectable
    doubt = f"a loss of {figure(open_loss(metric), digits)} is not excluded{_beside_the_limit(metric)}"
    if seen is not None:
        doubt = f"{doubt}; one of {figure(seen, digits)} would mostly be seen"
    if needed is None:
        return doubt
    target = metric.margin or (metric.cap if _open_cap(metric) else metric.floor) or 0.0
    return f"{doubt}; about {rounded_up(needed):,} cases would exclude {bound(target)} if nothing got worse"


def _beside_the_limit(metric: MetricComparison) -> str:
    """On which side of what decides that loss is: the margin, or the cap of a primary metric without one."""
    if metric.margin is not None:
        return f", beyond the margin of {bound(metric.margin)}"
    if metric.role != "primary" or not metric.cap:
        return ""
    return f", {'beyond' if _open_cap(metric) else 'within'} the cap of {bound(metric.cap)}"


def _open_cap(metric: MetricComparison) -> bool:
    """Whether a loss of the cap is still possible."""
    return metric.cap is not None and metric.cap > 0 and open_loss(metric) >= metric.cap


def open_loss(metric: MetricComparison) -> float:
    """The largest loss that is not excluded; 0 where nothing was measured."""
    return 0.0 - (metric.gain_low or 0.0)


def gain(metric: MetricComparison) -> float:
    """The difference turned so that more is better; 0 where nothing was measured."""
    difference = metric.difference or 0.0
    return difference if metric.higher_is_better else 0.0 - difference


def gain_interval(metric: MetricComparison) -> tuple[float, float]:
    """The interval turned so that more is better; (0, 0) where nothing was measured."""
    low, high = metric.low or 0.0, metric.high or 0.0
    return (low, high) if metric.higher_is_better else (0.0 - high, 0.0 - low)


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"
