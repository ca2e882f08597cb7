"""The bound of a safety check: the share of passages with a finding, against its limit and the baseline."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from scipy.special import bdtr

from harness.comparison.records import Bound, CheckResult
from harness.comparison.statistics.paired import ALPHA
from harness.comparison.statistics.proportions import clopper_pearson
from harness.comparison.wording import share
from harness.evaluation.checking import EMPTY, FAILED, MISSING
from harness.suites.records import CheckUse

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
