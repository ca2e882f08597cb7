"""Components at work: a suite's metrics and checks, a model with its backend, a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite

from harness.evaluation.records import CheckRecord, MetricRecord
from harness.host.building import Built
from harness.protocols import KnowsAccuracy
from harness.runs.recipe import Recipe
from harness.store.rows.suite_part import SuitePart
from harness.suites.records import CheckUse, Generation, MetricUse, Suite
from harness.suites.tiers import parse_selection, select, split
from harness.types import (
    Accuracy,
    Case,
    Identity,
    Kind,
    ModelReference,
    Tier,
)


@dataclass(frozen=True, slots=True)
class BuiltMetric:
    """A metric at work; `warnings` is what it will not see in the suite's cases, by its own word."""

    use: MetricUse
    built: Built
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BuiltCheck:
    use: CheckUse
    built: Built

    @property
    def accuracy(self) -> Accuracy:
        check = self.built.instance
        return check.accuracy if isinstance(check, KnowsAccuracy) else ()


@dataclass(frozen=True)
class BuiltSuite:
    """A suite with its metrics and checks at work, and the selection of cases to measure.

    `draws`: so many times the samples that the suite asks for, where a loss is looked at again. `only`: the contents of
    the cases to compare on, where not all of the suite may count.
    """

    suite: Suite
    selection: str
    metrics: tuple[BuiltMetric, ...]
    checks: tuple[BuiltCheck, ...]
    draws: int = 1
    only: frozenset[str] | None = None

    @property
    def generation(self) -> Generation:
        return replace(self.suite.generation, samples=self.suite.generation.samples * self.draws)

    @property
    def drawn(self) -> bool:
        """Whether replies differ from draw to draw."""
        return self.suite.generation.temperature > 0 and "text" in self.kinds

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        selected = select(self.suite, self.selection)
        return selected if self.only is None else tuple(case for case in selected if case.content in self.only)

    @cached_property
    def tier_of(self) -> Mapping[str, Tier]:
        return split(self.suite)

    @property
    def part(self) -> SuitePart:
        """The selection, as it is asked of the store."""
        tier, first = parse_selection(self.selection)
        return SuitePart(self.suite.version, tier, first, self.only)

    @property
    def kinds(self) -> frozenset[Kind]:
        """What has to be asked of a model; checks read text."""
        read: set[Kind] = {metric.built.instance.reads for metric in self.metrics}
        return frozenset(read | ({"text"} if self.checks else set()))


@dataclass(frozen=True, slots=True)
class BuiltModel:
    """A model's reference, the backend that opens it and who it is."""

    reference: ModelReference
    backend: Built
    identity: Identity


@dataclass(frozen=True, slots=True)
class BuiltRecipe:
    """A recipe with every component built and checked; `others` are suites it does not use but must not train on."""

    recipe: Recipe
    model: BuiltModel
    datasets: tuple[Built, ...]
    cleaners: tuple[Built, ...]
    trainer: Built
    suites: tuple[BuiltSuite, ...]
    others: tuple[Suite, ...]


def metric_record(built: Built, names: tuple[str, ...]) -> MetricRecord:
    """The metric's identity and traits, with what holds where it declares none."""
    instance = built.instance
    return MetricRecord(
        key=built.key,
        use=built.use,
        code=built.code,
        options=built.options,
        reads=instance.reads,
        names=names,
        higher_is_better=getattr(instance, "higher_is_better", True),
        bounds=_finite(getattr(instance, "bounds", (None, None))),
        comparable_on=tuple(getattr(instance, "comparable_on", ())),
        plugin=built.plugin,
        distribution=built.distribution,
        version=built.version,
    )


def check_record(built: Built) -> CheckRecord:
    """The check's identity."""
    return CheckRecord(
        key=built.key,
        use=built.use,
        code=built.code,
        options=built.options,
        plugin=built.plugin,
        distribution=built.distribution,
        version=built.version,
    )


def _finite(bounds: tuple[float | None, float | None]) -> tuple[float | None, float | None]:
    """An end at infinity is none: a hundredth of an infinite width is no point."""
    low, high = (None if bound is None or not isfinite(bound) else bound for bound in bounds)
    return low, high
