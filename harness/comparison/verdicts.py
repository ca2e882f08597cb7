"""The decision table: what was estimated of one metric becomes a verdict with its reason, and what that says to a gate.

The first row that applies wins. α is .05 on each side; every interval leaves out 5 % on each side; p are one-sided,
those of gains and of losses corrected by Holm in a family each. L is the lower bound of the gain.

| row | condition | verdict |
|---|---|---|
| 1 | other cases, settings, metric code, or what the metric lists in `comparable_on` | incompatible |
| 2 | absent or not finite; no cases; over 1 % missing or failed on a side; failures alone decide | incomplete |
| 3 | both sides at the worst value, or both intervals hold chance | inconclusive: blind |
| 4 | fewer than 5 clusters, where the test counts clusters | inconclusive: too few |
| 5 | p of a gain ≤ α, its interval excludes zero, gain ≥ floor | improved |
| 6 | a margin is given and L excludes it | not worse |
| 7 | p of a loss ≤ α, its interval excludes zero, loss ≥ floor | regressed |
| 8 | no margin is given and L excludes the floor | not worse |
| 9 | otherwise | inconclusive |

Rows 1 and 2 are found where both sides are paired and in `family`, which decides failed answers twice. Defaults, in
the metric's units: no margin; floor = 1 point or half the margin; cap = 10 points, where a point is a hundredth of the
width of the metric's bounds. A metric without two bounds has no points: 1 % and 10 % of the baseline's value stand in.

The gate, over primary and guard metrics: any regressed is 1; else any incomplete 4; else any incompatible 5; else a
primary metric that is inconclusive is 3 where it has a margin, saw nothing, or a loss of the cap is not excluded. All
else is 0. A margin that an equal model would fail too often is refused before anything is computed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

from harness.comparison.detection import sensitivity
from harness.comparison.estimated import Estimated, gain, gain_interval, gain_p, open_cap, open_loss, unjudged, width
from harness.comparison.power import cases_to_exclude, measured_plan
from harness.comparison.reasons import doubt, narrow_notes, p_text, parted
from harness.comparison.records import MetricComparison, Sensitivity, Verdict
from harness.comparison.statistics.paired import ALPHA, FEW, Paired
from harness.comparison.statistics.proportions import MID_P
from harness.comparison.wording import bound, reaches
from harness.errors import ExitCode

Policy: TypeAlias = Literal["default", "strict", "lenient"]
SAME_MODEL = "both sides are the same model: nothing was compared"
BLIND = "blind"
TOO_FEW = "too few"
SMALL_DROP = "small real drop"
BEYOND_MARGIN = "beyond the margin"
_Row: TypeAlias = tuple[Verdict, str, tuple[str, ...]]


def unseeing(estimated: Estimated, paired: Paired) -> tuple[str, str] | None:
    """The note and the reason why these cases cannot tell by rows 3 and 4; None where they can."""
    worst = estimated.record.bounds[0 if estimated.record.higher_is_better else 1]
    if worst is not None and paired.baseline == paired.candidate == worst:
        return BLIND, f"both sides are at the worst value, {worst:g}: a loss could not be seen"
    chance = estimated.chance
    # At 90 % two models that guess would be recognised less often.
    sides = (paired.baseline_bounds.interval95, paired.candidate_bounds.interval95)
    if chance is not None and all(low <= chance <= high for low, high in sides):
        return BLIND, f"both sides could be guessing ({chance:.2g} by chance): a loss could not be seen"
    if estimated.clusters < FEW and paired.test != MID_P:
        what = "clusters" if estimated.clusters < estimated.n else "cases"
        return TOO_FEW, f"too few {what} to tell: {estimated.clusters}, at least {FEW} are needed"
    return None


def judge(
    estimated: Estimated, paired: Paired | None, adjusted: tuple[float, float] | None, family: int, alpha: float = ALPHA
) -> MetricComparison:
    """The verdict by the first row that applies; `adjusted`: p of a gain and of a loss over `family` tests."""
    metric = unjudged(estimated, paired)
    if estimated.problem or paired is None:
        problem, reason = estimated.problem or ("incomplete", "nothing was measured")
        return replace(metric, verdict=problem, reason=reason)
    if unseen := unseeing(estimated, paired):
        return replace(metric, reason=unseen[1], notes=(unseen[0],))
    p_gain, p_loss = adjusted or (1.0, 1.0)
    verdict, reason, notes = _first_row(metric, p_gain, p_loss, alpha)
    notes = (*notes, *narrow_notes(estimated, paired))
    metric = replace(metric, verdict=verdict, reason=reason, notes=notes, p_gain=p_gain, p_loss=p_loss, family=family)
    metric = replace(metric, sensitivity=_sensitivity(estimated, paired, metric, alpha))
    if verdict != "inconclusive":
        return metric
    reasons = [*parted(metric, gain_p(paired, estimated.record), alpha), doubt(metric)]
    return replace(metric, reason="; ".join(reasons))


def judge_cases(metric: MetricComparison, p: float, alpha: float = ALPHA) -> MetricComparison:
    """The verdict with single cases counted, at their adjusted p: what any of them lost is lost."""
    if p > alpha or metric.verdict in ("incompatible", "incomplete", "regressed"):
        return metric
    cases = f"{metric.cases_worse} case{'s' if metric.cases_worse != 1 else ''}"
    return replace(metric, verdict="regressed", reason=f"{cases} got worse beyond chance, each by itself ({p_text(p)})")


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


def _first_row(metric: MetricComparison, p_gain: float, p_loss: float, alpha: float) -> _Row:
    """Rows 5 to 9; the reason of row 9 is put together afterwards."""
    gained, (low, high), floor = gain(metric), gain_interval(metric), metric.floor or 0.0
    open_to = open_loss(metric)
    small_drop = (SMALL_DROP,) if p_loss <= alpha and high < 0 else ()
    if p_gain <= alpha and low > 0 and reaches(gained, floor):
        return "improved", f"the gain is beyond chance ({p_text(p_gain)})", ()
    if metric.margin is not None and not reaches(open_to, metric.margin):
        return "not worse", f"a loss of {bound(metric.margin)} is excluded", small_drop
    if p_loss <= alpha and high < 0 and reaches(0.0 - gained, floor):
        beyond = (BEYOND_MARGIN,) if metric.margin is not None and gained < -metric.margin else ()
        return "regressed", f"the loss is beyond chance ({p_text(p_loss)})", beyond
    if metric.margin is None and not reaches(open_to, floor):
        return "not worse", f"a loss of {bound(floor)} is excluded", small_drop
    return "inconclusive", "", small_drop


def _sensitivity(estimated: Estimated, paired: Paired, metric: MetricComparison, alpha: float) -> Sensitivity:
    """What these cases could have shown; the cases needed are those that would settle the open question."""
    found = sensitivity(
        paired,
        n=estimated.n,
        clusters=estimated.clusters,
        family=metric.family,
        alpha=alpha,
        margin=metric.margin,
        floor=metric.floor or 0.0,
        discordance=estimated.discordance,
        design_effect=estimated.design_effect,
        largest_cluster=estimated.largest_cluster,
        width=width(estimated.record),
    )
    if metric.verdict != "inconclusive" or metric.margin is not None or not open_cap(metric):
        return found
    plan = measured_plan(
        paired.error,
        paired.test,
        n=estimated.n,
        clusters=estimated.clusters,
        discordance=estimated.discordance,
        width=width(estimated.record),
    )
    needed = cases_to_exclude(plan, metric.cap or 0.0)
    return replace(found, needed=needed if needed > estimated.n else None)
