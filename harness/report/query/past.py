"""How the metrics of a comparison have moved over the evaluations before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from harness.comparison.records import Comparison, MetricComparison
from harness.evaluation.records import Evaluation
from harness.report.model import Trend, TrendPoint
from harness.report.text import near
from harness.store.reader import Reader

_MOST = 30


def trends(reader: Reader, comparisons: Sequence[Comparison]) -> Iterator[Trend]:
    """A trend for each primary and guard metric that was measured before on these cases, up to the candidate."""
    for comparison in comparisons:
        for metric in comparison.metrics:
            if metric.role != "watch":
                points = tuple(_points(reader, comparison, metric))[-_MOST:]
                if len(points) > 1:
                    yield Trend(comparison.suite, metric.metric, metric.higher_is_better, points)


def _points(reader: Reader, comparison: Comparison, metric: MetricComparison) -> Iterator[TrendPoint]:
    """The metric of today's code on today's cases; what was measured after the candidate belongs to later reports."""
    candidate = comparison.candidate
    for row in reader.figures(metric.metric, comparison.suite, candidate.selection):
        figure, one = row.figure, row.evaluation
        if (figure.key, one.suite_version) == (metric.key, candidate.suite_version):
            yield TrendPoint(
                one.created_at[:19], one.id, _known_as(one), figure.value, figure.low, figure.high, figure.level
            )
        if one.id == candidate.id:
            return


def _known_as(evaluation: Evaluation) -> str:
    """Its name, else its model as somebody in this folder would write it."""
    model = evaluation.model
    adapter = [near(model.adapter)] if model.adapter else []
    return evaluation.name or " + ".join([near(str(replace(model, adapter=None))), *adapter])
