"""How models have differed on a suite before: from comparisons, else from the scores of two evaluations."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.comparison.estimated import width
from harness.comparison.pairing import MetricSides, Pairs, estimate_metric
from harness.comparison.power import measured_plan, share_differing
from harness.comparison.records import Comparison, MetricComparison
from harness.comparison.statistics.proportions import MID_P
from harness.comparison.verdicts import saw_nothing
from harness.evaluation.records import Evaluation
from harness.protocols import Metric
from harness.runs.assembly.built import metric_record
from harness.store.reader import Reader
from harness.types.hashing import content_hash

if TYPE_CHECKING:
    from harness.runs.assembly.built import BuiltMetric, BuiltSuite

_REPLICATES = 1_000


@dataclass(frozen=True, slots=True)
class History:
    """How two models differed on the suite before, over `pairs` of answers in `comparisons`.

    `deviation` is that of the per-case differences, clusters included; `design_effect` their part in its square, where
    it is known. `binary`: every score was right or wrong. `value`: the metric's value, last seen.
    """

    comparisons: int
    pairs: int
    deviation: float
    discordance: float | None
    design_effect: float | None
    binary: bool
    value: float


def pooled(past: Sequence[Comparison], name: str, scale: float | None) -> History | None:
    """What comparisons have shown of the metric, each weighing by its pairs."""
    found = [one for comparison in past for one in comparison.metrics if one.metric == name]
    known = [history for one in found if (history := _of_comparison(one, scale)) is not None]
    if not known:
        return None
    pairs = sum(one.pairs for one in known)

    def mean(figures: Iterator[tuple[float | None, int]]) -> float | None:
        given = [(figure, weight) for figure, weight in figures if figure is not None]
        return sum(f * w for f, w in given) / sum(w for _, w in given) if given else None

    return History(
        comparisons=len(known),
        pairs=pairs,
        deviation=math.sqrt(mean((one.deviation**2, one.pairs) for one in known) or 0.0),
        discordance=mean((one.discordance, one.pairs) for one in known),
        design_effect=mean((one.design_effect, one.pairs) for one in known),
        binary=all(one.binary for one in known),
        value=known[0].value,
    )


def width_of(metric: BuiltMetric) -> float | None:
    """The width of the metric's bounds; None where one is missing."""
    return width(metric_record(metric.built, ()))


def _of_comparison(one: MetricComparison, scale: float | None) -> History | None:
    """None, too, for one of an earlier version, which kept no standard error: its scores tell more."""
    if one.error is None or one.baseline is None or not one.n or saw_nothing(one):
        return None
    binary, seen = one.test == MID_P, one.sensitivity
    plan = measured_plan(one.error, one.test, n=one.n, clusters=one.clusters, discordance=seen.discordance, width=scale)
    if not math.isfinite(plan.deviation):
        return None
    discordance = plan.discordance if binary else seen.discordance
    return History(1, one.n, plan.deviation, discordance, seen.design_effect, binary, one.baseline)


def of_evaluations(
    reader: Reader, built: BuiltSuite, metric: BuiltMetric, baseline: Evaluation | None
) -> History | None:
    """What the scores of the two models measured last show, which nobody has compared yet."""
    instance, record = metric.built.instance, reader.metric(metric.built.key)
    pair = _latest_pair(reader.evaluations(built.suite.name), baseline)
    if pair is None or record is None or not isinstance(instance, Metric):
        return None
    if instance.reads == "text" and pair[0].drawn != pair[1].drawn:
        return None
    if any(pair[0].parts.get(part) != pair[1].parts.get(part) for part in record.comparable_on):
        return None
    rows = [_scores(reader, one, metric) for one in pair]
    group_of = {case.content: case.group for case in built.suite.cases}
    shared = sorted(rows[0].keys() & rows[1].keys() & group_of.keys())
    if not shared:
        return None
    number_of = {group: i for i, group in enumerate(dict.fromkeys(group_of[content] for content in shared))}
    first, second = (np.array([side[content] for content in shared]) for side in rows)
    clusters = np.array([number_of[group_of[content]] for content in shared], np.int64)
    pairs = Pairs(first, second, clusters, seed=int(content_hash([record.key, shared]), 16))
    measured = estimate_metric(MetricSides(metric.use, built.suite.name, record, instance.value, pairs), _REPLICATES)
    if measured.complete is None:
        return None
    discordance = share_differing(first, second)
    seen = measured.complete
    plan = measured_plan(
        seen.error,
        seen.test,
        n=len(shared),
        clusters=measured.clusters,
        discordance=discordance,
        width=width_of(metric),
    )
    binary = plan.discordance is not None
    return History(1, len(shared), plan.deviation, plan.discordance or discordance, None, binary, seen.baseline)


def _latest_pair(
    evaluations: Sequence[Evaluation], baseline: Evaluation | None
) -> tuple[Evaluation, Evaluation] | None:
    """The baseline, or what was measured last, and the latest evaluation of another model."""
    complete = [one for one in evaluations if one.state == "complete"]
    first = baseline or next(iter(complete), None)
    second = next((one for one in complete if first and one.fingerprint != first.fingerprint), None)
    return (first, second) if first and second else None


def _scores(reader: Reader, evaluation: Evaluation, metric: BuiltMetric) -> dict[str, Any]:
    """The statistics of each case that was scored, by content."""
    samples = evaluation.samples(metric.built.instance.reads)
    contents, matrix, _ = reader.statistics(evaluation.id, metric.built.key, samples)
    return {c: row for c, row in zip(contents, matrix, strict=True) if len(row) and np.isfinite(row).all()}
