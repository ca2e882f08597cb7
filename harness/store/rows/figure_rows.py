"""Figures and noise floors as rows, there and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from harness.comparison.records import FORMER_LEVEL, Figure, MetricComparison, MetricValue, Noise
from harness.evaluation.records import Evaluation
from harness.store.journal.values import now


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure with the evaluation it is of."""

    figure: Figure
    evaluation: Evaluation


def figure_rows(
    evaluation: Evaluation, metrics: Sequence[MetricComparison], side: Literal["baseline", "candidate"]
) -> list[dict[str, Any]]:
    """The rows of an evaluation's figures, read from its side of a comparison.

    A metric is left out where that side is not the evaluation as it was measured: no value, only part of the cases, or
    failed answers of a baseline, which count as its best.
    """
    at = now()
    return [figure_row(one) for metric in metrics if (one := _figure(evaluation, metric, side, at)) is not None]


def value_rows(evaluation: Evaluation, values: Sequence[MetricValue]) -> list[dict[str, Any]]:
    """The rows of the figures of an evaluation that is compared with nothing; what has no value is left out."""
    at = now()
    return [
        figure_row(
            Figure(
                evaluation.id, one.metric, one.key, one.value, one.low, one.high, one.n, one.clusters, one.errors, at
            )
        )
        for one in values
        if one.value is not None and one.low is not None and one.high is not None
    ]


def figure_row(figure: Figure) -> dict[str, Any]:
    """The row of a figure; its `metric` column is the key, `name` what the suite calls it."""
    return _named(asdict(figure))


def figure_from_row(row: Mapping[str, Any]) -> Figure:
    """The inverse of `figure_row`; a row without a level is from before intervals had one."""
    level = FORMER_LEVEL if row["level"] is None else row["level"]
    return Figure(**{**_keyed(row), "level": level})


def noise_row(noise: Noise) -> dict[str, Any]:
    """The row of a noise floor; its `metric` column is the key, `name` what the suite calls it."""
    row = _named(asdict(noise))
    return {**row, "at": noise.at or now()}


def noise_from_row(row: Mapping[str, Any]) -> Noise:
    """The inverse of `noise_row`, JSON columns parsed."""
    return Noise(**{**_keyed(row), "facts": row["facts"] or {}})


def _figure(evaluation: Evaluation, metric: MetricComparison, side: str, at: str) -> Figure | None:
    of_candidate = side == "candidate"
    value = metric.candidate if of_candidate else metric.baseline
    bounds = metric.candidate_interval if of_candidate else metric.baseline_interval
    errors = metric.candidate_errors if of_candidate else metric.baseline_errors
    partial = metric.added or metric.removed or (errors and not of_candidate)
    if value is None or bounds is None or partial:
        return None
    return Figure(
        evaluation.id,
        metric.metric,
        metric.key,
        value,
        *bounds,
        metric.n,
        metric.clusters,
        errors=errors,
        at=at,
        level=metric.level,
    )


def _named(record: Mapping[str, Any]) -> dict[str, Any]:
    return {("name" if k == "metric" else "metric" if k == "key" else k): value for k, value in record.items()}


def _keyed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {("metric" if k == "name" else "key" if k == "metric" else k): value for k, value in row.items()}
