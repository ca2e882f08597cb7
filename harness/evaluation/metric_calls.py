"""The statistics of many cases, however a metric gives them: one result each, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol, TypeAlias, runtime_checkable

from harness.protocols import Metric, ScoresEach
from harness.types import Answered

Result: TypeAlias = Mapping[str, float] | BaseException
"""The statistics of a case, or the error that it costs."""

CASES = 200
"""How many cases go into one call of `score_each`, and to another process at a time."""


@runtime_checkable
class ScoresElsewhere(Protocol):
    """A metric in another process: what it scored before that ended is given, then what it ended with is raised."""

    def scores(self, answered: Sequence[Answered]) -> Iterator[Result]: ...


def scores(metric: Metric, answered: Sequence[Answered]) -> Iterator[Result]:
    """The results of a metric that is called here."""
    if not isinstance(metric, ScoresEach):
        yield from (_score(metric, one) for one in answered)
        return
    for start in range(0, len(answered), CASES):
        yield from _of_many(metric, answered[start : start + CASES])


def _score(metric: Metric, answered: Answered) -> Result:
    try:
        return metric.score(answered)
    except (Exception, SystemExit) as error:
        return error


def _of_many(metric: ScoresEach, answered: Sequence[Answered]) -> Sequence[Result]:
    """Where there is not one for each, nobody can tell whose they are, and none counts."""
    try:
        given = list(islice(metric.score_each(answered), len(answered) + 1))
    except (Exception, SystemExit) as error:
        return [error] * len(answered)
    if len(given) == len(answered):
        return given
    number = "more" if len(given) > len(answered) else str(len(given))
    return [ValueError(f"score_each gave {number} results for {len(answered)} cases")] * len(answered)
