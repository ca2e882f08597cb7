"""Why a gate passed: what is shown, what is excluded, and what is let through though nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.comparison.estimated import open_loss
from harness.comparison.records import MetricComparison
from harness.comparison.verdicts import SAME_MODEL, SMALL_DROP, saw_nothing
from harness.report.model import Report
from harness.report.numbers import bound, decimals_of, figure

_MOST_NAMES = 3


def why_passed(report: Report) -> str:
    """One sentence: "no loss shown; losses above 0.035 are excluded, within the cap of 0.1"."""
    if report.comparisons and all(SAME_MODEL in one.warnings for one in report.comparisons):
        return SAME_MODEL
    gating = [metric for one in report.comparisons for metric in one.metrics if metric.role != "watch"]
    if not gating:
        return "every safety check that has a limit is within it"
    counts = " that counts" if any(SMALL_DROP in metric.notes for metric in gating) else ""
    return "; ".join([f"no loss shown{counts}", *_settled(gating), *_open(gating)])


def _settled(gating: Sequence[MetricComparison]) -> Iterator[str]:
    """What is said where every metric that decides has told."""
    improved = [metric.verdict == "improved" for metric in gating]
    if any(metric.verdict == "inconclusive" for metric in gating):
        return
    shown = "has improved" if all(improved) else "has improved or is not worse" if any(improved) else "is not worse"
    yield f"every metric that decides {shown}"


def _open(gating: Sequence[MetricComparison]) -> Iterator[str]:
    """Of each primary metric that cannot tell the losses that are excluded; of guards, which they are."""
    open_ = [metric for metric in gating if metric.verdict == "inconclusive"]
    primaries = [metric for metric in open_ if metric.role == "primary"]
    for metric in primaries[:_MOST_NAMES]:
        name = f"of {metric.metric} " if len(gating) > 1 else ""
        if saw_nothing(metric) or _beyond_cap(metric):
            yield f"{metric.metric} cannot tell, and the policy is lenient"
        else:
            largest = figure(open_loss(metric), decimals_of(metric))
            yield f"{name}losses above {largest} are excluded, within the cap of {bound(metric.cap)}"
    if len(primaries) > _MOST_NAMES:
        yield f"and {len(primaries) - _MOST_NAMES} more primary metrics are within their caps"
    if guards := [metric.metric for metric in open_ if metric.role == "guard"]:
        who = "a guard cannot tell" if len(guards) == 1 else f"{len(guards)} guards cannot tell"
        yield f"{who} ({_listed(guards)}): guards stop a gate only where a loss is shown"


def _beyond_cap(metric: MetricComparison) -> bool:
    return metric.margin is not None or metric.cap is None or open_loss(metric) >= metric.cap


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more
