"""An evaluation that is compared with nothing: whether it is whole, and what a reader must know first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.comparison.gate import is_measured, unmeasured
from harness.comparison.records import EvaluationResult
from harness.report.model import Report
from harness.report.sentences.endings import why_failed

_MOST_NAMES = 3


def is_measurement(report: Report) -> bool:
    """Whether it tells what was measured, compared with nothing, and not of a run that was cut short."""
    return bool(report.results) and report.state == "complete"


def is_whole(report: Report) -> bool:
    """Whether everything that was asked for is measured."""
    return all(is_measured(one.metrics, one.checks) for one in report.results)


def said_of_limits(results: Sequence[EvaluationResult]) -> str:
    """How many checks are over their limits: "1 check is over its limit"; empty where none is."""
    over = sum(check.bound == "over the limit" for one in results for check in one.checks)
    return f"{over} checks are over their limits" if over > 1 else "1 check is over its limit" if over else ""


def first_to_know(report: Report) -> str:
    """What was not measured and why, and which checks are over their limits; empty where there is neither.

    "not measured: exact-match (60 of 60 answers are missing or failed, 1 % is tolerated)"
    """
    return "; ".join(filter(None, [_missing(report), _over(report)]))


def _missing(report: Report) -> str:
    names_by_reason: dict[str, list[str]] = {}
    for name, reason in _unmeasured(report):
        names_by_reason.setdefault(reason, []).append(name)
    if missing := [f"{_listed(names)} ({reason})" for reason, names in names_by_reason.items()]:
        return "; ".join(filter(None, [f"not measured: {_listed(missing)}", why_failed(report)]))
    return ""


def _over(report: Report) -> str:
    checks = [check for measured in report.results for check in measured.checks]
    over = [f"{check.check} ({check.reason})" for check in checks if check.bound == "over the limit"]
    return f"over the limit: {_listed(over)}" if over else ""


def _unmeasured(report: Report) -> Iterator[tuple[str, str]]:
    """Each metric and check that was not measured, and the reason."""
    for measured in report.results:
        of_suite = f" of {measured.evaluation.suite}" if len(report.results) > 1 else ""
        metrics, checks = unmeasured(measured.metrics, measured.checks)
        yield from ((f"{metric.metric}{of_suite}", metric.reason) for metric in metrics)
        yield from ((f"{check.check}{of_suite}", check.reason) for check in checks)


def _listed(parts: Sequence[str]) -> str:
    more = f" and {len(parts) - _MOST_NAMES} more" if len(parts) > _MOST_NAMES else ""
    return ", ".join(parts[:_MOST_NAMES]) + more
