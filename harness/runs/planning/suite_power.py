"""What a comparison on a suite will be able to see, metric by metric."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from harness.comparison.detection import Rule, cases_to_find, smallest_found
from harness.comparison.power import Plan, binary_plan, noise_floor, not_worse_if_equal
from harness.comparison.records import Comparison, Noise
from harness.evaluation.records import Evaluation
from harness.runs.planning.history import History, of_evaluations, pooled, width_of
from harness.store.reader import Reader
from harness.suites.records import MetricUse

if TYPE_CHECKING:
    from harness.runs.assembly.built import BuiltMetric, BuiltSuite

ASSUMED = 0.1
"""The discordance of two similar models where nothing has been compared yet."""
ASSUMED_CORRELATION = 0.2
"""How alike the cases of a cluster are assumed to be (intraclass correlation) where nothing has been compared yet."""
POINTS = (1, 2, 5)
"""Losses that people think in."""
_PAST = 10


@dataclass(frozen=True)
class PlannedMetric:
    """What a comparison will be able to see of one metric; None where nothing is known of its scale.

    `plan` rests on `history`, or on the assumed discordance. `point`: a hundredth of the metric's width, or of its
    value where it has no bounds. `loss`: the margin, else the floor.
    """

    suite: str
    use: MetricUse
    n: int
    clusters: int
    family: int
    plan: Plan | None = None
    history: History | None = None
    point: float | None = None
    noise: Noise | None = None

    @property
    def loss(self) -> float | None:
        if self.use.margin is not None or self.use.floor is not None:
            return self.use.margin if self.use.margin is not None else self.use.floor
        return self.point

    @property
    def rule(self) -> Rule:
        """When the gate will call a loss of this metric a regression."""
        margin, floor = self.use.margin, self.use.floor
        if floor is None:
            floor = min(self.point or 0.0, math.inf if margin is None else margin / 2)
        return Rule(floor, margin, self.family)

    @cached_property
    def detectable(self) -> float | None:
        """The smallest loss that is found in 80 %, as one test of the family; None where none is."""
        return smallest_found(self.plan, self.rule) if self.plan else None

    @property
    def passes_if_equal(self) -> float | None:
        """The chance that an equal candidate is found not worse."""
        return not_worse_if_equal(self.plan, self.loss) if self.plan and self.loss is not None else None

    @cached_property
    def cases_for_points(self) -> Mapping[int, int | None]:
        """Cases with which a loss of 1, 2 and 5 points is found in 80 %; None where no number is enough, or known."""
        if self.plan is None or not self.point:
            return dict.fromkeys(POINTS)
        return {points: cases_to_find(self.plan, points * self.point, self.rule) for points in POINTS}

    @property
    def reaches_all(self) -> bool:
        """Whether some number of cases shows each of those losses, and these cases show some loss."""
        return self.plan is None or None not in (self.detectable, *self.cases_for_points.values())

    @property
    def below_noise(self) -> str:
        """That margin or floor is smaller than what measuring the same model twice changes; empty where it is not."""
        floor = noise_floor(self.noise.deviation) if self.noise else 0.0
        if self.noise is None or self.loss is None or self.loss >= floor:
            return ""
        word = "floor" if self.use.margin is None else "margin"
        return (
            f"{self.suite} {self.use.name}: the {word} {self.loss:.2g} is below the noise floor {floor:.2g}: two "
            f"measurements of one model differ by up to that ({self.noise.times} runs, {self.noise.at[:10]})"
        )


def plan_metrics(reader: Reader, built: BuiltSuite, baseline: Evaluation | None = None) -> tuple[PlannedMetric, ...]:
    """Each metric of the suite as the selected cases will measure it; reads the store, asks no model.

    `baseline` narrows the history to comparisons with that model, and is the measure of what has no bounds.
    """
    suite = built.suite.name
    past = reader.past_comparisons(suite, baseline.fingerprint if baseline else None, _PAST)
    anchor = reader.anchor(suite)
    anchored = anchor is not None and (
        baseline is None or reader.evaluation(anchor.evaluation).fingerprint != baseline.fingerprint
    )
    gating = sum(metric.use.role != "watch" for metric in built.metrics)
    sizes = {"watch": len(built.metrics) - gating, "gating": gating * (2 if anchored else 1)}
    return tuple(
        _planned(reader, built, metric, past, baseline, sizes["watch" if metric.use.role == "watch" else "gating"])
        for metric in built.metrics
    )


def _planned(
    reader: Reader,
    built: BuiltSuite,
    metric: BuiltMetric,
    past: Sequence[Comparison],
    baseline: Evaluation | None,
    family: int,
) -> PlannedMetric:
    sizes = Counter(case.group for case in built.cases)
    n, clusters = len(built.cases), len(sizes)
    width = width_of(metric)
    history = pooled(past, metric.use.name, width) or of_evaluations(reader, built, metric, baseline)
    value = abs(history.value) if history else None
    scale = width or value
    return PlannedMetric(
        suite=built.suite.name,
        use=metric.use,
        n=n,
        clusters=clusters,
        family=max(family, 1),
        plan=_plan(n, clusters, history, width, _assumed_effect(sizes)),
        history=history,
        point=scale / 100 if scale else None,
        noise=reader.noise(built.suite.name, metric.built.key, baseline.fingerprint if baseline else None),
    )


def _plan(n: int, clusters: int, history: History | None, width: float | None, assumed: float) -> Plan | None:
    if history is None:
        return None if width is None else binary_plan(n, ASSUMED, clusters=clusters, design_effect=assumed, width=width)
    effect = history.design_effect or 1.0
    deviation = history.deviation / math.sqrt(effect)
    if history.binary and history.discordance is not None:
        return Plan(n, clusters, deviation, effect, history.discordance, width or 1.0, history.discordance)
    changed = 1.0 if history.discordance is None else history.discordance
    return Plan(n, clusters, deviation, effect, width=width or 1.0, changed=changed)


def _assumed_effect(sizes: Mapping[str, int]) -> float:
    """1 + (Σ size² / Σ size − 1) · correlation (Kish 1965, for unequal clusters)."""
    cases = sum(sizes.values())
    return 1 + (sum(size**2 for size in sizes.values()) / cases - 1) * ASSUMED_CORRELATION if cases else 1.0
