"""A metric at work on answers, as the rules of its contract try it."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness.protocols import Chooses, Metric, Prepares, Warns, WholeMetric
from harness.types import Answered, Case, Kind, Likelihood, Prediction

BuildMetric: TypeAlias = Callable[[], Metric | WholeMetric]
Statistics: TypeAlias = Mapping[str, float]

CLOSE = 1e-9


def made_up(case: Case, reads: Kind) -> Sequence[Answered]:
    """Two answers to the case as preflight tries them: what a metric refuses is refused before there is a real one."""
    if reads == "text":
        said = [(text,) * (1 + len(case.follow_ups)) for text in ("", "a")]
        return [Answered(case, (Prediction("", case.content, reads, replies=replies),)) for replies in said]
    even = (Likelihood(-1.0, 1),) * (len(case.choices) if reads == "choice" else 1)
    return [Answered(case, (Prediction("", case.content, reads, likelihoods=even),))] * 2


def raised_by(build: BuildMetric, answered: Sequence[Answered]) -> Exception | None:
    """What the metric raises where it scores these; tried on copies, so that nothing is written into them."""
    answered = copy.deepcopy(answered)
    try:
        metric = prepared(build, answered)
        if isinstance(metric, Metric):
            for one in answered:
                metric.score(one)
        else:
            metric.compute(answered)
    except Exception as error:
        return error
    return None


def prepared(build: BuildMetric, answered: Sequence[Answered]) -> Metric | WholeMetric:
    metric = build()
    if isinstance(metric, Prepares):
        metric.prepare(list({one.case.content: one.case for one in answered}.values()))
    return metric


def figure_of(metric: Metric | WholeMetric, answered: Sequence[Answered]) -> float:
    if isinstance(metric, Metric):
        return value_of(metric, total_of([score_of(metric, one) for one in answered]))
    return float(metric.compute(answered))


def score_of(metric: Any, one: Answered) -> Statistics:
    statistics: Statistics = metric.score(one)
    return statistics


def value_of(metric: Any, statistics: Statistics) -> float:
    """NaN where there is nothing to divide by."""
    try:
        with np.errstate(all="ignore"):
            return float(metric.value(statistics))
    except ArithmeticError:
        return math.nan


def total_of(scores: Sequence[Statistics]) -> dict[str, float]:
    return {name: math.fsum(score[name] for score in scores) for name in scores[0]}


def is_close(one: float | None, other: float | None) -> bool:
    return one == other or (None not in (one, other) and one == pytest.approx(other, rel=CLOSE, nan_ok=True))


def is_no_better(metric: Metric, statistics: Statistics, other: Statistics) -> bool:
    sign = -1.0 if getattr(metric, "higher_is_better", True) is False else 1.0
    one, limit = sign * value_of(metric, statistics), sign * value_of(metric, other)
    return math.isnan(one) or math.isnan(limit) or one <= limit + CLOSE * max(1.0, abs(limit))


def bounds_of(metric: Any) -> tuple[float, float]:
    low, high = getattr(metric, "bounds", None) or (None, None)
    return -math.inf if low is None else low, math.inf if high is None else high


def warns(metric: Any) -> bool:
    """Whether the harness asks the metric for its warnings: what is called so may be something else."""
    return isinstance(metric, Warns) and callable(metric.warnings)


def chooses(metric: Any) -> bool:
    """Whether the harness asks the metric what a reply chooses: only one that reads choices."""
    return metric.reads == "choice" and isinstance(metric, Chooses) and callable(metric.chosen)
