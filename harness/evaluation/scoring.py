"""Answers scored by a metric: named statistics an answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from harness.errors import describe
from harness.evaluation.metric_calls import ScoresElsewhere, scores
from harness.evaluation.requests import Asked
from harness.protocols import HasWorst, Metric
from harness.types import (
    Answered,
    Case,
    Prediction,
)
from harness.types.thoughts import as_read
from harness.types.validation import statistics_of


@dataclass(frozen=True, slots=True)
class Scored:
    """One metric's statistics for one answered case, in the order of `names`; `error` where the metric raised."""

    names: tuple[str, ...]
    statistics: tuple[float, ...]
    error: str | None = None


def answered(asked: Asked, predictions: Sequence[Prediction]) -> Answered | None:
    """The record a metric gets; None where a sample is missing, has an error or was cut before its reply began."""
    mine = [as_read(one, asked.thoughts) for one in predictions if one.sample < asked.samples]
    if len(mine) < asked.samples or any(one.error is not None for one in mine):
        return None
    content = asked.case.content
    return Answered(asked.case, tuple(one if one.case == content else replace(one, case=content) for one in mine))


def score(metric: Metric, name: str, answers: Sequence[Answered]) -> Iterator[Scored]:
    """The metric's statistics for each answered case; what it raises or gets wrong costs that cell alone."""
    results = metric.scores(answers) if isinstance(metric, ScoresElsewhere) else scores(metric, answers)
    ended: BaseException | None = None
    for one in answers:
        result, ended = _next(results, ended)
        try:
            if isinstance(result, BaseException):
                raise result
            yield _scored(statistics_of(result))
        except (Exception, SystemExit) as error:
            yield Scored((), (), f"metric {name!r}: score of case {one.case.id!r}: {describe(error)}")
    _next(results, ended)  # lets it end


def worst_statistics(metric: HasWorst, case: Case, names: Sequence[str]) -> tuple[float, ...]:
    """What an answer that never came is worth, in the order of `names`."""
    statistics = statistics_of(metric.worst(case))
    return tuple(statistics[name] for name in names)


def _next(results: Iterator[Any], ended: BaseException | None) -> tuple[Any, BaseException | None]:
    """The next result; where there is none, the error that ended them is the result of all that follow."""
    if ended is not None:
        return ended, ended
    try:
        return next(results), None
    except StopIteration:
        ended = ValueError("returned fewer results than it was given cases")
    except (Exception, SystemExit) as error:
        ended = error
    return ended, ended


def _scored(statistics: Mapping[str, float]) -> Scored:
    """The statistics in the order of their names; raises where there are none, or one is no finite number."""
    if not statistics:
        raise ValueError("returned no statistics")
    names = tuple(sorted(statistics))
    figures = tuple(statistics[name] for name in names)
    for name, figure in zip(names, figures, strict=True):
        if not isfinite(figure):
            raise ValueError(f"statistic {name!r} is {figure}")
    return Scored(names, figures)
