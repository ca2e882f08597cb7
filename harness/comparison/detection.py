"""Which losses a gate would find, and with how many cases: its whole rule, floor and margin included. Pure arithmetic.

A loss is found where the candidate is called regressed: the test at its share of alpha, a difference of at least the
floor and, where there is a margin, a loss of the margin that is not excluded. So at a loss equal to the floor it is
found at most every other time, with any number of cases.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy.special import ndtr, stdtr

from harness.comparison.power import (
    MOST_ENUMERATED,
    POWER,
    Plan,
    allowance,
    measured_plan,
    normal_cases,
    not_worse_if_equal,
    outcomes,
    quantile,
    resized,
)
from harness.comparison.records import Sensitivity
from harness.comparison.statistics.paired import ALPHA, FEW, Paired

_MOST_CHANGES = 100
"""Up to so many expected changes chances are counted out; beyond, the normal approximation is at most .01 too low."""
_MOST_CASES = 10**9
_EXACT = 0.005


@dataclass(frozen=True, slots=True)
class Rule:
    """When the gate calls a loss a regression.

    `floor` and `margin` are in the metric's units; `family` counts the tests that share alpha.
    """

    floor: float = 0.0
    margin: float | None = None
    family: int = 1
    alpha: float = ALPHA

    @property
    def share(self) -> float:
        """What one test of the family may err in when it is the first (Holm)."""
        return self.alpha / max(self.family, 1)


def chance_to_find(plan: Plan, loss: float, rule: Rule) -> float:
    """The chance that the gate finds a true loss of that size.

    Unclustered 0/1 scores with few changes are counted out; of a loss above the discordance, all that changes is lost.
    Elsewhere the difference is taken for normal, or t-distributed where clusters are few.
    """
    if plan.n == 0 or (plan.freedom < math.inf and (plan.clusters < FEW or 2.0**-plan.clusters > rule.share)):
        return 0.0
    if plan.discordance is not None and _is_counted(plan):
        lost = loss / plan.width
        return outcomes(
            plan.n,
            max(plan.discordance, lost),
            -lost,
            margin=None if rule.margin is None else rule.margin / plan.width,
            floor=rule.floor / plan.width,
            alpha=rule.share,
        ).regressed
    if plan.error == 0:
        return float(loss >= _least_seen(plan, rule))
    beyond = (loss - _least_seen(plan, rule)) / plan.error
    return float(ndtr(beyond) if plan.freedom == math.inf else stdtr(plan.freedom, beyond))


def smallest_found(plan: Plan, rule: Rule) -> float | None:
    """The smallest loss that is found in 80 % (Bloom 1995, minimum detectable effects); None where none is."""
    if _is_counted(plan):
        about = _least_seen(plan, rule) + quantile(POWER, plan.freedom) * plan.error
        return _first(lambda loss: chance_to_find(plan, loss, rule) >= POWER, about, plan.width)
    if chance_to_find(plan, math.inf, rule) < POWER:
        return None
    return _least_seen(plan, rule) + quantile(POWER, plan.freedom) * plan.error


def cases_to_find(plan: Plan, loss: float, rule: Rule) -> int | None:
    """Cases of this kind with which a loss of that size is found in 80 %; None where no number is enough."""
    if loss <= rule.floor or plan.n == 0:
        return None

    def enough(n: int) -> bool:
        return chance_to_find(resized(plan, n), loss, rule) >= POWER

    most = 1
    while not enough(most):
        most *= 2
        if most > _MOST_CASES:
            return None
    least = most // 2
    while most - least > max(1, _EXACT * most):
        middle = (least + most) // 2
        least, most = (least, middle) if enough(middle) else (middle, most)
    return most


def _least_seen(plan: Plan, rule: Rule) -> float:
    """The smallest observed loss that is called a regression."""
    tested = quantile(1 - rule.share, plan.freedom) * plan.error
    if rule.margin is None:
        return max(tested, rule.floor)
    shift, wider = allowance(plan)
    excluded = rule.margin - (shift + wider * quantile(1 - ALPHA, plan.freedom)) * plan.error
    return max(tested, rule.floor, excluded)


def sensitivity(
    paired: Paired,
    *,
    n: int,
    clusters: int,
    family: int,
    alpha: float = ALPHA,
    margin: float | None = None,
    floor: float = 0.0,
    discordance: float | None = None,
    design_effect: float | None = None,
    largest_cluster: float | None = None,
    width: float | None = None,
) -> Sensitivity:
    """What this comparison could have seen; the standard error is its estimator's.

    `width` is that of the metric's bounds. The chance of passing and the cases needed are for the margin, else for the
    floor; there are none needed where the cases at hand suffice.
    """
    plan = measured_plan(paired.error, paired.test, n=n, clusters=clusters, discordance=discordance, width=width)
    loss = floor if margin is None else margin
    needed = normal_cases(plan, loss) if loss > 0 else 0
    return Sensitivity(
        detectable=smallest_found(plan, Rule(floor, margin, family, alpha)),
        discordance=discordance,
        design_effect=design_effect,
        largest_cluster=largest_cluster,
        passes_if_equal=not_worse_if_equal(plan, loss) if loss > 0 else None,
        needed=needed if needed > n else None,
    )


def _is_counted(plan: Plan) -> bool:
    """Whether chances are enumerated rather than approximated."""
    few = plan.discordance is not None and plan.n * plan.discordance <= _MOST_CHANGES
    return few and plan.clusters == plan.n <= MOST_ENUMERATED


def _first(holds: Callable[[float], bool], about: float, most: float) -> float | None:
    """The least positive figure from which it holds, by bisection around a guess; None where it does not at `most`."""
    low, high = 0.0, min(max(about, most / 1000), most)
    while not holds(high):
        if high >= most:
            return None
        low, high = high, min(1.25 * high, most)
    low = max(low, 0.8 * high if not holds(0.8 * high) else 0.0)
    while high - low > _EXACT * high:
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
