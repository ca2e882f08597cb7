"""Comparisons of every estimator: sizes, losses, margins, families and looks at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from calibration.kinds import KINDS, LATENTS, FloatArray

from harness.comparison.family import compare
from harness.comparison.pairing import MetricSides, Pairs, WholeSides
from harness.comparison.records import MetricComparison
from harness.suites.records import MetricUse

_REPLICATES = 300
_LOOKS = (0.05, 0.05, 0.03)
_MARGINS = (None, None, 0.02, 0.05, 0.1)
Sides = MetricSides | WholeSides


def drawn(estimator: str, count: int, seed: int) -> list[MetricComparison]:
    """So many verdicts of the estimator, each metric with a name of its own, in families of one to four."""
    generator = np.random.default_rng([seed, *estimator.encode()])
    metrics: list[MetricComparison] = []
    while len(metrics) < count:
        family = [ESTIMATORS[estimator](generator) for _ in range(int(generator.integers(1, 5)))]
        alpha = float(generator.choice(_LOOKS))
        for metric in compare(family, alpha, _REPLICATES):
            metrics.append(replace(metric, metric=f"m{len(metrics):05d}", slices=()))
    return metrics[:count]


def _of_kind(
    kind: str, sizes: tuple[int, int], clusters: tuple[int, int] | None = None, discordances: tuple[float, ...] = ()
) -> Callable[[np.random.Generator], MetricSides]:
    """Draws one metric of that kind on so many cases in so many clusters."""

    def draw(generator: np.random.Generator) -> MetricSides:
        n = int(generator.integers(*sizes))
        groups = n if clusters is None else int(generator.integers(*clusters))
        discordance = float(generator.choice(discordances or (0.05, 0.1, 0.3)))
        loss = float(generator.uniform(0, 0.9 * min(discordance, 0.15))) * float(generator.integers(0, 2))
        own = generator.random((max(n, groups), LATENTS))
        together = generator.random((groups, LATENTS))
        number = np.arange(len(own)) % groups
        latents = np.where(generator.random((len(own), 1)) < 0.5, together[number], own) if groups < n else own
        sides = list(KINDS[kind].scores(latents, loss, discordance))
        if generator.random() < 0.5:
            sides.reverse()
        return _sides(kind, sides[0], sides[1], number, generator)

    return draw


def _sides(
    kind: str,
    baseline: FloatArray,
    candidate: FloatArray,
    clusters: npt.NDArray[np.int64],
    generator: np.random.Generator,
) -> MetricSides:
    record = replace(KINDS[kind].record, higher_is_better=bool(generator.integers(2)))
    pairs = Pairs(baseline, candidate, clusters, int(generator.integers(2**31)))
    return MetricSides(_use(generator), "drawn", record, KINDS[kind].value, pairs)


def _use(generator: np.random.Generator) -> MetricUse:
    return MetricUse("drawn", "drawn", role="primary", margin=_MARGINS[int(generator.integers(len(_MARGINS)))])


def _whole(generator: np.random.Generator) -> WholeSides:
    """A metric that is no function of sums, by its figures with one of up to 20 groups left out."""
    groups, spread = int(generator.integers(5, 21)), float(10 ** generator.uniform(-4, -1.5))
    record = replace(KINDS["0/1"].record, names=(), higher_is_better=bool(generator.integers(2)))
    baseline = float(generator.uniform(0.2, 0.8))
    candidate = baseline + float(generator.normal(0, 2 * spread))
    left_out = [value + spread / groups * generator.standard_normal(groups) for value in (baseline, candidate)]
    replicates = [side.tolist() for side in left_out]
    return WholeSides(_use(generator), "drawn", record, baseline, candidate, *replicates, n=200, clusters=200)


ESTIMATORS: Mapping[str, Callable[[np.random.Generator], Sides]] = {
    "mid-p McNemar, Tango": _of_kind("0/1", (10, 300)),
    "sign flips, all of them": _of_kind("token-F1", (14, 200), (5, 15), (0.1, 0.3, 1.0)),
    "sign flips, drawn": _of_kind("token-F1", (30, 300), (15, 30), (0.1, 0.3, 1.0)),
    "sign flips of few, CR2": _of_kind("token-F1", (60, 200), None, (0.05, 0.2)),
    "CR2": _of_kind("token-F1", (60, 600), None, (0.5, 1.0)),
    "CR2 of rare large losses": _of_kind("rare large losses", (40, 600)),
    "randomisation, jackknife-t": _of_kind("macro-F1", (40, 250), None, (0.1, 0.3)),
    "randomisation, bootstrap": _of_kind("macro-F1", (400, 700), None, (0.3,)),
    "log-perplexity, flips": _of_kind("perplexity", (20, 200), (5, 30)),
    "log-perplexity, CR2": _of_kind("perplexity", (40, 300)),
    "whole metric, jackknife": _whole,
}
"""How to draw one comparison of each, that is whole within this table; the names say what gives p and interval."""
