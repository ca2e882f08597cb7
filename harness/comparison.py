"""Candidate against baseline: measure, correct for the family, judge; and safety checks against their limits. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from scipy.special import bdtr

from harness.comparison.records import Bound, CheckResult, MetricComparison, MetricValue
from harness.evaluation.checking import EMPTY, FAILED, MISSING
from harness.pairing import ERRORS_TOLERATED, MetricSides, Pairs, WholeSides, measure
from harness.proportions import clopper_pearson
from harness.rounding import share
from harness.slices import sliced
from harness.spelling import decide_twice, is_mostly_unspelt, left_out, says_nothing
from harness.statistics import ALPHA, REPLICATES, Paired, benjamini_hochberg, holm
from harness.suites.records import CheckUse
from harness.verdicts import Measured, Policy, exit_code, gain_p, judge, judge_cases, unseeing

__all__ = [
    "CheckRow",
    "Measured",
    "MetricSides",
    "Pairs",
    "WholeSides",
    "check_result",
    "compare",
    "lacking",
    "measure",
    "value_of",
]

_MOST_PASSAGES = 10**9
_MOST_UNCHECKED = 0.2
"""The largest share of passages not checked with which a check still decides."""
_WHY = {EMPTY: "{} replies are empty", FAILED: "{} answers failed", MISSING: "{} answers are missing or failed"}


class CheckRow(NamedTuple):
    """One passage under a safety check. `unchecked` is the reason why it was not judged, as a reply that never came.

    `partial`: what was found is there in part only, and `found` is False.
    """

    applies: bool
    found: bool
    error: bool
    unchecked: str | None = None
    partial: bool = False


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
    measured = [measure(sides, replicates) for sides in families]
    settled = _family(measured, alpha, policy)
    if any(map(is_mostly_unspelt, families)):
        spelt = [
            measure(left_out(sides), replicates) if is_mostly_unspelt(sides) else one
            for sides, one in zip(families, measured, strict=True)
        ]
        pairs = zip(settled, _family(spelt, alpha, policy), families, strict=True)
        settled = [decide_twice(one, without, s, policy) if is_mostly_unspelt(s) else one for one, without, s in pairs]
    return tuple(_with_slices(metric, sides) for metric, sides in zip(settled, families, strict=True))


def value_of(sides: MetricSides | WholeSides) -> MetricValue:
    """The value of the candidate alone, with its interval, or why there is none."""
    measured = measure(sides)
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


def check_result(
    suite: str, use: CheckUse, rows: Sequence[CheckRow], baseline_rows: Sequence[CheckRow] | None = None
) -> CheckResult:
    """The share of the candidate's passages with a finding, and whether its 95 % bounds are within the limit.

    Passages that were not checked, empty ones and failed answers among them, and partial findings are decided on twice:
    as clean and as findings.
    """
    counts = _counted(rows)
    before = None if baseline_rows is None else _counted(baseline_rows)
    low, _ = clopper_pearson(counts.found, counts.whole, 1 - ALPHA)
    _, high = clopper_pearson(counts.found + counts.doubtful, counts.whole, 1 - ALPHA)
    bound, reason = _bound(use.limit, counts, low, high)
    return CheckResult(
        suite=suite,
        check=use.name,
        bound=bound,
        found=counts.found,
        n=counts.n,
        low=low,
        high=high,
        limit=use.limit,
        errors=counts.errors,
        baseline_found=None if before is None else before.found,
        baseline_n=None if before is None else before.n,
        reason=reason,
        unchecked=counts.unchecked,
        baseline_unchecked=None if before is None else before.unchecked,
        partial=counts.partial,
        baseline_partial=None if before is None else before.partial,
        notes=tuple(_doubt_notes(reason, counts, before)),
    )


# --- the family --------------------------------------------------------------------------------------


def _family(measured: Sequence[Measured], alpha: float, policy: Policy) -> list[MetricComparison]:
    """The verdicts, failed answers counted."""
    complete = _judged([(one, one.complete) for one in measured], alpha)
    worst_case = _judged([(one, one.worst_case) for one in measured], alpha)
    return [_settled(without, counted, policy) for without, counted in zip(complete, worst_case, strict=True)]


def _judged(estimates: Sequence[tuple[Measured, Paired | None]], alpha: float) -> list[MetricComparison]:
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


def _sees(measured: Measured, paired: Paired | None) -> bool:
    return paired is not None and unseeing(measured, paired) is None


def _gates_cases(measured: Measured) -> bool:
    return measured.use.per_case and measured.per_case is not None


def _settled(without: MetricComparison, counted: MetricComparison, policy: Policy) -> MetricComparison:
    """The worst case for the candidate, unless the failures alone decide what the gate does (row 2)."""
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


# --- checks ------------------------------------------------------------------------------------------


class _Counts(NamedTuple):
    """The passages that a check applies to: `found`, or `partial`, of `n` that it judged, and why not the others."""

    found: int
    partial: int
    n: int
    errors: int
    reasons: Counter[str]

    @property
    def unchecked(self) -> int:
        return self.reasons.total()

    @property
    def whole(self) -> int:
        return self.n + self.unchecked

    @property
    def doubtful(self) -> int:
        """Those that the gate counts as findings and as clean."""
        return self.partial + self.unchecked

    @property
    def why(self) -> str:
        """ "60 of 60 replies are empty", each reason with its number."""
        return ", ".join(
            _WHY.get(reason, "{} replies were not checked: {}").format(f"{count:,} of {self.whole:,}", reason)
            for reason, count in self.reasons.most_common()
        )


def _counted(rows: Sequence[CheckRow]) -> _Counts:
    applying = [row for row in rows if row.applies or row.error]
    checked = [row for row in applying if not row.error and row.unchecked is None]
    return _Counts(
        found=sum(row.found for row in checked),
        partial=sum(row.partial for row in checked),
        n=len(checked),
        errors=sum(row.error for row in applying),
        reasons=Counter(row.unchecked for row in applying if row.unchecked is not None),
    )


def _bound(limit: float | None, counts: _Counts, low: float, high: float) -> tuple[Bound, str]:
    """Whether the share is within the limit, and why. `low` takes what was not checked as clean, `high` as findings."""
    found, n, unchecked = counts.found, counts.n, counts.unchecked
    if counts.errors:
        return "incomplete", f"{counts.errors} of {n + unchecked + counts.errors} passages could not be checked"
    if unchecked > _MOST_UNCHECKED * (n + unchecked):
        return "incomplete", counts.why
    said, allowed = f"{found} of {n}, at most {share(high, limit)}", f"the limit is {share(limit or 0.0)}"
    if limit is None:
        return "no limit", said if n else "there was no passage to check"
    if not n:
        return "incomplete", "there was no passage to check"
    as_clean, as_found = (_against(limit, found + more, counts.whole) for more in (0, counts.doubtful))
    if as_clean != as_found:
        doubts = " and ".join(filter(None, [counts.why, _in_part(counts)]))
        reason = f"{doubts}: {as_clean} if those are clean, {as_found} if they are findings; {allowed}"
        return ("incomplete" if unchecked else "inconclusive"), reason
    if as_clean == "within the limit":
        return as_clean, f"{said}; {allowed}"
    if as_clean == "over the limit":
        return as_clean, f"{found} of {n}, at least {share(low, limit)}; {allowed}"
    return as_clean, f"{said}; {allowed}; {_passages_needed(limit, found + counts.doubtful, counts.whole)}"


def _against(limit: float, found: int, n: int) -> Bound:
    low, high = clopper_pearson(found, n, 1 - ALPHA)
    if high <= limit:
        return "within the limit"
    return "over the limit" if low > limit else "inconclusive"


def _doubt_notes(reason: str, counts: _Counts, before: _Counts | None) -> Iterator[str]:
    """What was not checked, or is so in part only, on either side, where the reason does not say it."""
    for doubt in filter(None, [counts.why, _in_part(counts)]):
        if doubt not in reason:
            yield f"{doubt}; the bounds count them as findings and as clean"
    if before is not None:
        yield from (f"of the baseline, {doubt}" for doubt in (before.why, _in_part(before)) if doubt)


def _in_part(counts: _Counts) -> str:
    return f"{counts.partial:,} of {counts.n:,} replies are findings in part" if counts.partial else ""


def _passages_needed(limit: float, found: int, n: int) -> str:
    if limit <= 0:
        return "no number of clean passages can show a share of 0: set a limit above it"
    needed = bisect_left(range(_MOST_PASSAGES), True, lo=n, key=lambda size: bdtr(found, size, limit) <= ALPHA)
    further = "without a finding" if not found else "with no further finding"
    return f"{needed:,} passages {further} would show it"
