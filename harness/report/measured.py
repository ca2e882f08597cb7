"""An evaluation that is compared with nothing: whether it is whole, and what a reader must know first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.gate import is_measured, unmeasured
from harness.report.endings import why_failed
from harness.report.model import Report

_MOST_NAMES = 3


def is_whole(report: Report) -> bool:
    """Whether everything that was asked for is measured."""
    return all(is_measured(one.metrics, one.checks) for one in report.results)


def first_to_know(report: Report) -> str:
    """What was not measured and why, else which checks are over their limits; empty where there is neither.

    "not measured: exact-match (60 of 60 answers are missing or failed, 1 % is tolerated)"
    """
    names_by_reason: dict[str, list[str]] = {}
    for name, reason in _unmeasured(report):
        names_by_reason.setdefault(reason, []).append(name)
    if missing := [f"{_listed(names)} ({reason})" for reason, names in names_by_reason.items()]:
        return "; ".join(filter(None, [f"not measured: {_listed(missing)}", why_failed(report)]))
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
