"""What a comparison of a given size can see, before it is made and after: errors, chances, cases. Pure arithmetic.

Differences are in the metric's units. A loss is a positive number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrc, ndtr, ndtri, stdtr, stdtrit

from harness.comparison.statistics.paired import ALPHA, FEW, FloatArray
from harness.comparison.statistics.proportions import MID_P

POWER = 0.8
"""What "mostly seen" means, and the chance of passing that a margin has to leave an equal candidate."""
MOST_ENUMERATED = 2_000
"""Up to so many cases the chances of 0/1 scores are counted out; beyond, the normal approximation agrees."""

_SIGMAS = 5
_Counts: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Plan:
    """A comparison of two equal models on `n` cases in `clusters` groups, as far as it is known beforehand.

    `deviation`: standard deviation of the per-case differences, √discordance · width where every score is one of two
    values `width` apart. `discordance` is given exactly there: chances of unclustered cases are then counted out.
    `design_effect`: the variance with clusters over that without. `changed`: the share of cases that differ; where it
    is small, a loss is excluded by a bound that allows for rare ones.
    """

    n: int
    clusters: int
    deviation: float
    design_effect: float = 1.0
    discordance: float | None = None
    width: float = 1.0
    changed: float = 1.0

    @property
    def error(self) -> float:
        """The standard error of the difference, deviation · √(design effect / n) (Kish 1965, section 5.4)."""
        return self.deviation * math.sqrt(self.design_effect / self.n) if self.n else math.inf

    @property
    def counted(self) -> bool:
        """Whether chances are enumerated rather than approximated."""
        return self.discordance is not None and self.clusters == self.n <= MOST_ENUMERATED

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the interval: one fewer than clusters, none lost by the exact methods."""
        return math.inf if self.discordance is not None and self.clusters == self.n else self.clusters - 1


def binary_plan(
    n: int, discordance: float, *, clusters: int | None = None, design_effect: float = 1.0, width: float = 1.0
) -> Plan:
    """The plan of a metric that is a share of right cases."""
    deviation = math.sqrt(discordance) * width
    return Plan(n, n if clusters is None else clusters, deviation, design_effect, discordance, width, discordance)


def not_worse_if_equal(plan: Plan, margin: float) -> float:
    """P(the bound that excludes a loss is above −margin | both models are equal)."""
    if margin <= 0 or plan.n == 0:
        return 0.0
    if plan.counted and plan.discordance is not None:
        return outcomes(plan.n, plan.discordance, margin=margin / plan.width).excluded
    if plan.freedom < math.inf and plan.clusters < FEW:
        return 0.0
    if plan.error == 0:
        return 1.0
    shift, wider = allowance(plan)
    reached = margin / plan.error - shift - wider * quantile(1 - ALPHA, plan.freedom)
    return float(ndtr(reached) if plan.freedom == math.inf else stdtr(plan.freedom, reached))


def allowance(plan: Plan) -> tuple[float, float]:
    """What two more losses move the bound by in standard errors, and what they multiply the error by.

    As `statistics.unseen.guarded` has it, where all changes are of one size.
    """
    if plan.freedom == math.inf or not 0 < plan.changed < 1:
        return 0.0, 1.0
    changed = 1 - (1 - plan.changed) ** (plan.n / plan.clusters)  # of clusters, as if their cases changed alone
    unseen, number = 2 * (1 - changed), max(changed * plan.clusters, 1.0)
    return unseen / math.sqrt(number), math.sqrt(1 + unseen / number)


def cases_to_exclude(plan: Plan, loss: float) -> int:
    """Cases of this kind from which an equal candidate is found not worse than `loss` in 80 %.

    6.2 · ψ · design effect / D², (z.₉₅ + z.₈)² = 6.18 (Connor 1987 for paired shares), then as many more as counting
    the chances out asks for.
    """
    needed = normal_cases(plan, loss)
    while needed <= MOST_ENUMERATED and not_worse_if_equal(resized(plan, needed), loss) < POWER:
        needed = math.ceil(needed * 1.02)
    return needed


def smallest_margin(plan: Plan) -> float:
    """The smallest margin that an equal candidate passes in 80 %; infinite where there is none."""
    z = float(ndtri(ALPHA))
    # With t for z at four degrees of freedom it is 3.1 errors; without any change, the bound of all ties.
    shift, wider = allowance(plan)
    low, high = 0.0, (4 * wider + shift) * plan.error + 1.1 * plan.width * z * z / (plan.n + z * z)
    if not_worse_if_equal(plan, high) < POWER:
        return math.inf
    for _ in range(16):
        middle = (low + high) / 2
        low, high = (low, middle) if not_worse_if_equal(plan, middle) >= POWER else (middle, high)
    return high


def noise_floor(deviation: float) -> float:
    """The difference that two measurements of the same model stay below in 95 %: 1.96 · √2 · standard deviation.

    ISO 5725-6 calls it the repeatability limit.
    """
    return quantile(1 - ALPHA / 2, math.inf) * math.sqrt(2) * deviation


def rounded_up(count: int) -> int:
    """Two significant digits, never fewer cases than computed."""
    unit = int(10 ** max(len(str(count)) - 2, 0))
    return math.ceil(count / unit) * unit


# --- single 0/1 metrics, counted out -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Chances of what one unclustered 0/1 metric says. `excluded`: its lower bound is above −margin, or −floor.

    `regressed`, `passed` and `undecided` are a primary metric's exit codes 1, 0 and 3, and sum to 1.
    """

    excluded: float
    improved: float
    regressed: float
    passed: float
    undecided: float


def outcomes(
    n: int,
    discordance: float,
    gain: float = 0.0,
    *,
    margin: float | None = None,
    floor: float = 0.01,
    cap: float = 0.10,
    alpha: float = ALPHA,
) -> Outcomes:
    """Chances of each outcome with the shares `discordance` of cases that differ and `gain` that get better on balance.

    Exact: both kinds of change are enumerated, mid-p McNemar and the Tango bound applied to each pair of counts; where
    p is at most 5 % that bound excludes zero.
    `alpha` is the test's share of the family's; |gain| is at most the discordance.
    """
    gains, losses, weight = _changes(n, discordance, gain)
    beyond = floor * (1 - 1e-9)
    improved = (_mid_p(gains, losses) <= alpha) & ((gains - losses) / n >= beyond)
    excluded = _loss_excluded(gains, losses, n, floor if margin is None else margin)
    regressed = (_mid_p(losses, gains) <= alpha) & ((losses - gains) / n >= beyond)
    if margin is None:
        undecided = ~improved & ~regressed & ~excluded & ~_loss_excluded(gains, losses, n, cap)
    else:
        regressed &= ~excluded
        undecided = ~improved & ~regressed & ~excluded
    chance = [float(weight[found].sum()) for found in (excluded, improved, regressed, undecided)]
    return Outcomes(chance[0], chance[1], chance[2], max(1.0 - chance[2] - chance[3], 0.0), chance[3])


def _changes(n: int, discordance: float, gain: float) -> tuple[_Counts, _Counts, FloatArray]:
    """The pairs of gains and losses that are at all likely among n cases, with their probabilities."""
    share = (discordance + gain) / (2 * discordance) if discordance else 0.5
    changed = _likely(n, discordance)
    pairs = [(changes, _likely(int(changes), share)) for changes in changed]
    gains = np.concatenate([better for _, better in pairs])
    total = np.repeat(changed, [len(better) for _, better in pairs])
    weight = _binomial(total, np.full_like(total, n), discordance) * _binomial(gains, total, share)
    return gains, total - gains, weight / weight.sum()


def _likely(n: int, share: float) -> _Counts:
    """The counts of n that a binomial takes with any probability worth counting."""
    spread = _SIGMAS * math.sqrt(n * share * (1 - share)) + 10
    low, high = max(math.floor(n * share - spread), 0), min(math.ceil(n * share + spread), n)
    return np.arange(low, high + 1)


def _binomial(count: _Counts, n: _Counts, share: float) -> FloatArray:
    probability: FloatArray = np.where(count > 0, bdtr(count, n, share) - bdtr(count - 1, n, share), bdtr(0, n, share))
    return probability


def _mid_p(for_it: _Counts, against_it: _Counts) -> FloatArray:
    """`proportions.mid_p_mcnemar` of many pairs of counts."""
    changes = for_it + against_it
    p: FloatArray = (bdtrc(for_it, changes, 0.5) + np.where(for_it > 0, bdtrc(for_it - 1, changes, 0.5), 1.0)) / 2
    return np.where(changes > 0, p, 1.0)


def _loss_excluded(gains: _Counts, losses: _Counts, n: int, loss: float) -> npt.NDArray[np.bool_]:
    """Where the lower 95 % bound of `proportions.tango` is above −loss: its score statistic at −loss is beyond z."""
    if loss >= 1:
        return losses < n
    b = (2 * n - gains + losses) * -loss - gains - losses
    c = losses * loss * (1 + loss)
    nuisance = (np.sqrt(np.maximum(b * b - 8 * n * c, 0.0)) - b) / (4 * n)
    variance = n * np.maximum(2 * nuisance - loss * (1 + loss), 0.0)
    beyond: npt.NDArray[np.bool_] = gains - losses + n * loss > ndtri(1 - ALPHA) * np.sqrt(variance)
    return beyond


# --- after a comparison ------------------------------------------------------------------------------


def measured_plan(
    error: float, test: str, *, n: int, clusters: int, discordance: float | None = None, width: float | None = None
) -> Plan:
    """The plan of comparing again what was compared by that test, whose estimator's standard error was `error`."""
    if test != MID_P:
        changed = 1.0 if discordance is None else discordance
        return Plan(n, clusters, error * math.sqrt(n), width=width or 1.0, changed=changed)
    # Without a single change there still is an error: so much discordance may have gone unseen.
    return binary_plan(n, discordance or min(n * (error / (width or 1.0)) ** 2, 1.0), width=width or 1.0)


# --- what describes the pairs ------------------------------------------------------------------------


def share_differing(baseline: FloatArray, candidate: FloatArray) -> float | None:
    """The discordance: the share of rows (n × k, twice) that differ; None without rows."""
    return float(np.any(baseline != candidate, axis=1).mean()) if len(baseline) else None


def share_of_largest(clusters: _Counts) -> float | None:
    """The largest cluster's share of the cases, whose cluster numbers (n) are given; None without cases."""
    return float(np.unique(clusters, return_counts=True)[1].max() / len(clusters)) if len(clusters) else None


def design_effect_of(differences: FloatArray, clusters: _Counts) -> float | None:
    """The variance of the mean of per-case differences (n) with clusters (n) over that of independent cases.

    Σ over clusters of (sum of deviations)² · C / (C − 1), over Σ deviation² · n / (n − 1) (Liang & Zeger 1986). 1
    without clusters; None where nothing differs or there are fewer than two clusters.
    """
    numbers, positions = np.unique(clusters, return_inverse=True)
    count, n = len(numbers), len(differences)
    if count == n and n > 1:
        return 1.0
    deviations = differences - differences.mean() if n else differences
    squares = float((deviations**2).sum())
    if count < 2 or squares <= 1e-24 * n:
        return None
    sums = np.bincount(positions, deviations)
    return float((sums**2).sum()) / squares * count / (count - 1) * (n - 1) / n


# --- parts -------------------------------------------------------------------------------------------


def quantile(level: float, freedom: float) -> float:
    return float(ndtri(level) if freedom == math.inf else stdtrit(max(freedom, 1), level))


def normal_cases(plan: Plan, loss: float) -> int:
    """Cases from which an equal candidate is found not worse than `loss` in 80 %, where differences are normal."""
    exact = float(ndtri(1 - ALPHA) + ndtri(POWER)) ** 2 * plan.deviation**2 * plan.design_effect / loss**2
    return max(math.ceil(exact - 1e-6), 1)  # rounding must not ask for one more


def resized(plan: Plan, n: int) -> Plan:
    """The same kind of cases in clusters of the same size, another number of them."""
    return replace(plan, n=n, clusters=max(round(plan.clusters * n / plan.n), 1) if plan.clusters < plan.n else n)
