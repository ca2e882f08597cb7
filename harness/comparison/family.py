"""Candidate against baseline: measure, correct for the family, judge; and safety checks against their limits. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from harness.comparison.estimated import Estimated, gain_p
from harness.comparison.pairing import ERRORS_TOLERATED, MetricSides, WholeSides, estimate_metric
from harness.comparison.records import MetricComparison, MetricValue
from harness.comparison.slices import sliced
from harness.comparison.spelling import decide_twice, is_mostly_unspelt, left_out, says_nothing
from harness.comparison.statistics.families import benjamini_hochberg, holm
from harness.comparison.statistics.paired import ALPHA, REPLICATES, Paired
from harness.comparison.verdicts import Policy, exit_code, judge, judge_cases, unseeing


def compare(
    families: Sequence[MetricSides | WholeSides],
    alpha: float = ALPHA,
    replicates: int = REPLICATES,
    policy: Policy = "default",
) -> tuple[MetricComparison, ...]:
    """A verdict for each metric, in the order given. Give all metrics of one gate call at once: they are one family.

    Losses and gains are corrected by Holm, each over all primary and guard metrics, those that could not be measured
    counted; watch metrics have false-discovery rates among themselves. Where answers failed, the verdict stands on the
    worst case for the candidate, and is `incomplete` if the cases without failures would give another exit code by the
    `policy`. Where most replies are none of the choices, it is `incomplete` if the others would give another verdict.
    """
    measured = [estimate_metric(sides, replicates) for sides in families]
    settled = _family(measured, alpha, policy)
    if any(map(is_mostly_unspelt, families)):
        spelt = [
            estimate_metric(left_out(sides), replicates) if is_mostly_unspelt(sides) else one
            for sides, one in zip(families, measured, strict=True)
        ]
        pairs = zip(settled, _family(spelt, alpha, policy), families, strict=True)
        settled = [decide_twice(one, without, s, policy) if is_mostly_unspelt(s) else one for one, without, s in pairs]
    return tuple(_with_slices(metric, sides) for metric, sides in zip(settled, families, strict=True))


def value_of(sides: MetricSides | WholeSides) -> MetricValue:
    """The value of the candidate alone, with its interval, or why there is none."""
    measured = estimate_metric(sides)
    if says_nothing(sides):
        measured = replace(measured, worst_case=None, problem=("incomplete", "nothing was measured"))
    paired = measured.worst_case
    value = MetricValue(
        suite=measured.suite,
        metric=measured.use.name,
        role=measured.use.role,
        higher_is_better=measured.record.higher_is_better,
        n=measured.n,
        clusters=measured.clusters,
        errors=measured.candidate_errors,
        reason=measured.problem[1] if measured.problem else "",
        key=measured.record.key,
    )
    if paired is None:
        return value
    bounds = paired.candidate_bounds
    return replace(
        value, value=paired.candidate, low=bounds.low, high=bounds.high, low95=bounds.low95, high95=bounds.high95
    )


def lacking(metric: MetricComparison) -> list[Literal["baseline", "candidate"]]:
    """The sides whose missing or failed answers made the metric incomplete: those with too many, else with any."""
    sides: list[tuple[Literal["baseline", "candidate"], int]] = [
        ("baseline", metric.baseline_errors),
        ("candidate", metric.candidate_errors),
    ]
    with_too_many = [side for side, errors in sides if errors > ERRORS_TOLERATED * metric.n]
    return with_too_many or [side for side, errors in sides if errors]


def _family(measured: Sequence[Estimated], alpha: float, policy: Policy) -> list[MetricComparison]:
    """The verdicts, failed answers counted."""
    complete = _judged([(one, one.complete) for one in measured], alpha)
    worst_case = _judged([(one, one.worst_case) for one in measured], alpha)
    return [_settled(without, counted, policy) for without, counted in zip(complete, worst_case, strict=True)]


def _judged(estimates: Sequence[tuple[Estimated, Paired | None]], alpha: float) -> list[MetricComparison]:
    """The verdicts: gating metrics corrected by Holm, watch metrics, apart, by their false-discovery rate."""
    judged: dict[int, MetricComparison] = {}
    for watch, corrected in ((False, holm), (True, benjamini_hochberg)):
        members = [index for index, (one, _) in enumerate(estimates) if (one.use.role == "watch") == watch]
        seeing = [index for index in members if _sees(*estimates[index])]
        by_case = [] if watch else [index for index in seeing if _gates_cases(estimates[index][0])]
        p_values = [gain_p(paired, one.record) for one, paired in (estimates[i] for i in seeing) if paired is not None]
        cases = [one.per_case.p for one, _ in (estimates[i] for i in by_case) if one.per_case is not None]
        family = len(members) + len(by_case)
        gains = dict(zip(seeing, corrected([gain for gain, _ in p_values], len(members)), strict=True))
        losses = corrected([*(loss for _, loss in p_values), *cases], family)
        loss_of = dict(zip(seeing, losses, strict=False))
        for index in members:
            adjusted = (gains[index], loss_of[index]) if index in gains else None
            judged[index] = judge(*estimates[index], adjusted, family, alpha)
        for index, p in zip(by_case, losses[len(seeing) :], strict=True):
            judged[index] = judge_cases(judged[index], p, alpha)
    return [judged[index] for index in range(len(estimates))]


def _sees(measured: Estimated, paired: Paired | None) -> bool:
    return paired is not None and unseeing(measured, paired) is None


def _gates_cases(measured: Estimated) -> bool:
    return measured.use.per_case and measured.per_case is not None


def _settled(without: MetricComparison, counted: MetricComparison, policy: Policy) -> MetricComparison:
    """The worst case for the candidate, unless the failures alone decide what the gate does (row 2 of `verdicts`)."""
    errors = counted.baseline_errors + counted.candidate_errors
    if not errors or counted.verdict in ("incomplete", "incompatible"):
        return counted
    if exit_code(without, policy) != exit_code(counted, policy):
        reason = f"failed answers decide: {without.verdict} without them, {counted.verdict} if they count against it"
        return replace(counted, verdict="incomplete", reason=reason)
    note = (
        f"{errors} failed: the candidate's {counted.candidate_errors} count as worst, the {counted.against}'s as best"
    )
    return replace(counted, notes=(*counted.notes, note))


def _with_slices(metric: MetricComparison, sides: MetricSides | WholeSides) -> MetricComparison:
    """A watch metric is not looked into, nor one that could not be measured."""
    if isinstance(sides, WholeSides) or metric.role == "watch" or metric.difference is None:
        return metric
    return replace(metric, slices=sliced(sides))
