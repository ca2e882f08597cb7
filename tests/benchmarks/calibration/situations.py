"""The situations that are simulated, and drawing one of them as a gate gets it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from calibration.kinds import KINDS, LATENTS, RIGHT, FloatArray, Kind, Scores
from harness.comparison.pairing import MetricSides, Pairs
from harness.suites.records import MetricUse

Grouping: TypeAlias = Literal["none", "fives", "unequal", "one large"]
Clusters: TypeAlias = npt.NDArray[np.int64]

_LARGE = 0.2


@dataclass(frozen=True)
class Situation:
    """Two models on `n` cases, of which the candidate is worse by `loss` in the first of so many metrics.

    `discordance`: share of cases on which they differ. `icc`: correlation of the differences within a cluster.
    `shared`: that between metrics on a case. `baseline_errors`, `candidate_errors`: chance that an answer fails.
    `picked_from`: the baseline is the best of so many equal models on these cases, or on as many others (`fresh`).
    `margin`: that of every metric. `beyond`: why nothing is claimed of its intervals but that they say so. `share`: of
    the trials asked for.
    """

    n: int
    loss: float = 0.0
    discordance: float = 0.1
    kind: str = "0/1"
    metrics: int = 1
    shared: float = 0.0
    grouping: Grouping = "none"
    icc: float = 0.0
    baseline_errors: float = 0.0
    candidate_errors: float = 0.0
    picked_from: int = 0
    fresh: bool = False
    margin: float | None = None
    beyond: str = ""
    share: float = 1.0

    @property
    def equal(self) -> bool:
        return self.loss == 0


@dataclass(frozen=True)
class Drawn:
    """One comparison, and the true difference of each metric."""

    sides: tuple[MetricSides, ...]
    truths: tuple[float, ...]


def draw(situation: Situation, rng: np.random.Generator) -> Drawn:
    """Both models' scores on new cases."""
    if situation.picked_from:
        return _against_the_best(situation, rng)
    kind, clusters = KINDS[situation.kind], _clusters(situation, rng)
    latents = _latents(situation, clusters, rng)
    losses = [situation.loss, *[0.0] * (situation.metrics - 1)]
    scores = [kind.scores(latents[:, i], loss, situation.discordance) for i, loss in enumerate(losses)]
    for answers, chance in zip(zip(*scores, strict=True), _errors(situation), strict=True):
        failed = rng.random(situation.n) < chance
        for one in answers:
            one[failed] = np.nan
    seed = int(rng.integers(2**31))
    return Drawn(sides_of(kind, scores, clusters, seed, situation.margin), tuple(map(kind.truth, losses)))


def sides_of(
    kind: Kind, scores: Sequence[Scores], clusters: Clusters, seed: int = 0, margin: float | None = None
) -> tuple[MetricSides, ...]:
    """The first metric is primary, the others guard."""
    return tuple(
        MetricSides(
            use=MetricUse(f"metric-{i}", kind.record.use, role="guard" if i else "primary", margin=margin),
            suite="simulated",
            record=kind.record,
            value=kind.value,
            pairs=Pairs(baseline, candidate, clusters, seed),
            worst=_worst(kind, baseline, candidate),
        )
        for i, (baseline, candidate) in enumerate(scores)
    )


def _worst(kind: Kind, baseline: FloatArray, candidate: FloatArray) -> Mapping[int, Sequence[float]] | None:
    if kind.worst is None:
        return None
    failed = np.isnan(baseline).any(axis=1) | np.isnan(candidate).any(axis=1)
    return dict.fromkeys(np.flatnonzero(failed).tolist(), kind.worst)


def _errors(situation: Situation) -> tuple[float, float]:
    return situation.baseline_errors, situation.candidate_errors


def _latents(situation: Situation, clusters: Clusters, rng: np.random.Generator) -> FloatArray:
    """Uniform numbers (n × metrics × 4), equal within a cluster and between metrics as often as is asked for.

    Two cases that each take their cluster's numbers with probability √icc have differences that correlate by icc.
    """
    own = _over_metrics(situation, situation.n, rng)
    if not situation.icc:
        return own
    together = _over_metrics(situation, int(clusters.max()) + 1, rng)[clusters]
    return np.where(rng.random((len(own), 1, 1)) < math.sqrt(situation.icc), together, own)


def _over_metrics(situation: Situation, rows: int, rng: np.random.Generator) -> FloatArray:
    own = rng.random((rows, situation.metrics, LATENTS))
    if not situation.shared:
        return own
    common = rng.random((rows, 1, LATENTS))
    return np.where(rng.random((rows, situation.metrics, 1)) < math.sqrt(situation.shared), common, own)


def _clusters(situation: Situation, rng: np.random.Generator) -> Clusters:
    n = situation.n
    if situation.grouping == "none":
        return np.arange(n)
    if situation.grouping == "fives":
        return np.arange(n) // 5
    if situation.grouping == "one large":
        large = int(_LARGE * n)
        return np.concatenate([np.zeros(large, int), 1 + np.arange(n - large) // 5])
    sizes = np.ceil(np.exp(1.0 + rng.standard_normal(n))).astype(int)
    return np.repeat(np.arange(n), sizes)[:n]


def _against_the_best(situation: Situation, rng: np.random.Generator) -> Drawn:
    """All models toss a coin on the same unstable cases, so that any two differ on `discordance` of the cases."""
    n, models = situation.n, situation.picked_from + 1
    rows = 2 * n if situation.fresh else n
    unstable = rng.random(rows) < 2 * situation.discordance
    right = np.where(unstable, rng.random((models, rows)) < 0.5, rng.random(rows) < RIGHT)
    best = int(right[1:, :n].sum(axis=1).argmax())
    candidate, baseline = right[0, -n:], right[1 + best, -n:]
    scores = tuple(np.column_stack([side.astype(float), np.ones(n)]) for side in (baseline, candidate))
    return Drawn(sides_of(KINDS["0/1"], [(scores[0], scores[1])], np.arange(n)), (0.0,))


# --- what the benchmark runs -------------------------------------------------------------------------

_SKEWED = "skewed effects of clusters break every test"
_CARRIED = "few clusters carry the loss"
_LOPSIDED = "few large differences, on one side"
_FAILED = ((0.004, 0.004), (0.0, 0.004), (0.004, 0.0))
_RARE = ("rare large losses", "rare large gains")
_FAMILIES = {0.0: (1, 2, 5, 10, 20), 0.5: (2, 5, 10, 20)}
_PICKED = "the baseline was selected on these cases"

SITUATIONS: Mapping[str, tuple[Situation, ...]] = {
    "One 0/1 metric, equal models": tuple(
        Situation(n, discordance=psi, share=0.5 if n == 5000 else 1.0)
        for n in (50, 100, 200, 500, 1000, 2000, 5000)
        for psi in (0.05, 0.1, 0.2, 0.3)
    ),
    "One 0/1 metric, a true loss": (
        *(
            Situation(n, loss, share=0.1 if n == 5000 else 0.5)
            for loss in (0.02, 0.03, 0.05, 0.10)
            for n in (50, 150, 500, 1000, 5000)
        ),
        *(Situation(500, loss, 0.3, share=0.5) for loss in (0.02, 0.03, 0.05, 0.10)),
    ),
    "Clusters, equal models": (
        *(Situation(n, grouping="fives", icc=icc) for n in (50, 150, 500, 2000) for icc in (0.0, 0.1, 0.3, 0.5)),
        *(Situation(n, grouping="unequal", icc=icc) for n in (100, 500) for icc in (0.1, 0.5)),
        *(Situation(200, grouping="one large", icc=icc) for icc in (0.1, 0.3)),
        *(Situation(150, kind=kind, grouping="fives", icc=0.5, beyond=_SKEWED) for kind in _RARE),
    ),
    "Clusters, a true loss": (
        *(Situation(500, 0.05, grouping="fives", icc=icc, share=0.5) for icc in (0.0, 0.1)),
        *(Situation(500, 0.05, grouping="fives", icc=icc, beyond=_CARRIED, share=0.5) for icc in (0.3, 0.5)),
        *(
            Situation(n, 0.05, grouping="unequal", icc=icc, beyond=_CARRIED, share=0.5)
            for n in (200, 500)
            for icc in (0.1, 0.3, 0.5)
        ),
        *(Situation(500, 0.05, grouping="one large", icc=icc, beyond=_CARRIED, share=0.5) for icc in (0.1, 0.3)),
    ),
    "Not worse, at a true loss of the margin": (
        *(Situation(n, 0.03, margin=0.03, share=0.5) for n in (150, 500, 2000)),
        *(Situation(n, 0.05, 0.3, "token-F1", margin=0.05, share=0.5) for n in (200, 500, 1000)),
        *(
            Situation(n, loss, 0.0, "token-F1", margin=loss, beyond=_LOPSIDED, share=0.5)
            for n in (200, 500, 1000)
            for loss in (0.02, 0.05)
        ),
        *(Situation(n, 0.02, kind="rare large losses", margin=0.02, beyond=_LOPSIDED, share=0.5) for n in (200, 500)),
        *(Situation(n, 0.05, grouping="fives", icc=0.1, margin=0.05, share=0.5) for n in (200, 500)),
        Situation(500, 0.05, grouping="fives", icc=0.3, margin=0.05, beyond=_CARRIED, share=0.5),
    ),
    "Scores like those of a judge": (
        *(
            Situation(n, loss, kind="judge", margin=loss or None, beyond=_LOPSIDED if n <= 200 else "", share=0.5)
            for n in (50, 100, 200, 500)
            for loss in (0.0, 0.03)
        ),
    ),
    "Families of 0/1 metrics, equal models": (
        *(
            Situation(500, metrics=m, shared=shared, share=min(1.0, 10 / m))
            for shared, sizes in _FAMILIES.items()
            for m in sizes
        ),
        Situation(150, metrics=10, share=0.5),
        Situation(150, metrics=10, shared=0.5, share=0.5),
        *(Situation(500, metrics=m, shared=0.5, grouping="fives", icc=0.3, share=0.25) for m in (5, 20)),
    ),
    "Families of 0/1 metrics, one of them worse": tuple(
        Situation(500, 0.05, metrics=m, shared=shared, share=min(0.5, 5 / m))
        for shared, sizes in _FAMILIES.items()
        for m in sizes
    ),
    "Scores, equal models": (
        *(Situation(n, discordance=0.3, kind="token-F1") for n in (50, 200, 500)),
        Situation(5000, discordance=0.3, kind="token-F1", share=0.25),
        Situation(500, discordance=0.3, kind="token-F1", grouping="fives", icc=0.3),
        Situation(500, discordance=0.3, kind="token-F1", metrics=5, shared=0.5, share=0.5),
        *(Situation(n, kind="rare large losses") for n in (50, 500)),
        *(Situation(n, kind="rare large gains") for n in (50, 500)),
    ),
    "Scores, a true loss": (
        *(Situation(n, 0.05, 0.3, "token-F1", share=0.5) for n in (200, 500, 1000)),
        Situation(500, 0.05, 0.3, "token-F1", grouping="fives", icc=0.3, share=0.5),
    ),
    "Figures of the whole, equal models": (
        *(Situation(n, kind="macro-F1", share=0.5) for n in (50, 200, 500)),
        Situation(500, kind="macro-F1", grouping="fives", icc=0.3, share=0.5),
        *(Situation(n, kind="perplexity") for n in (50, 500)),
        Situation(500, kind="perplexity", grouping="fives", icc=0.3),
    ),
    "Figures of the whole, a true loss": (
        Situation(500, 0.05, kind="macro-F1", share=0.25),
        *(Situation(500, loss, kind="perplexity", share=0.5) for loss in (0.02, 0.05)),
    ),
    "Failed answers, equal models": (
        *(Situation(500, baseline_errors=b, candidate_errors=c) for b, c in _FAILED),
        Situation(500, baseline_errors=0.02, candidate_errors=0.02, share=0.25),
        Situation(500, discordance=0.3, kind="token-F1", baseline_errors=0.004, candidate_errors=0.004),
    ),
    "Failed answers, a true loss": (Situation(500, 0.05, baseline_errors=0.004, candidate_errors=0.004, share=0.5),),
    "Selected baselines, equal models": (
        *(Situation(200, picked_from=k, beyond=_PICKED) for k in (2, 5)),
        *(Situation(200, picked_from=k, fresh=True) for k in (2, 5)),
    ),
}  # fmt: skip


def quick(situations: Mapping[str, tuple[Situation, ...]]) -> Mapping[str, tuple[Situation, ...]]:
    """The first and the last situation of each group, of at most 500 cases and five metrics."""
    small = {group: [one for one in rows if one.n <= 500 and one.metrics <= 5] for group, rows in situations.items()}
    return {group: tuple(dict.fromkeys([rows[0], rows[-1]])) for group, rows in small.items()}
