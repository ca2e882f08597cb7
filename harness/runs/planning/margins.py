"""Margins that an equal model would fail too often are refused before anything is computed."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from harness.comparison.power import POWER, cases_to_exclude, rounded_up, smallest_margin
from harness.errors import UsageError
from harness.runs.planning.suite_power import ASSUMED, ASSUMED_CORRELATION, PlannedMetric, plan_metrics
from harness.store.store import Store

if TYPE_CHECKING:
    from harness.runs.assembly.built import BuiltSuite

_log = logging.getLogger("harness")


def check_margins(store: Store, suites: Sequence[BuiltSuite]) -> None:
    """UsageError where an equal model would fail a margin too often by what is known of the suite.

    Where nothing is known it is a warning: the assumption may be wrong.
    """
    with store.reader() as reader:
        metrics = [
            (one, metric)
            for one in suites
            if any(metric.use.margin is not None for metric in one.metrics)
            for metric in plan_metrics(reader, one)
        ]
    refused = []
    for built, metric in metrics:
        if said := _too_narrow(built, metric):
            if metric.history is not None:
                refused.append(said)
            else:
                _log.warning("%s", said)
    if refused:
        raise UsageError("; ".join(refused))


def below_noise(store: Store, built: BuiltSuite) -> list[str]:
    """What is said of margins and floors that are smaller than what measuring the same model twice changes."""
    with store.reader() as reader:
        return [metric.below_noise for metric in plan_metrics(reader, built) if metric.below_noise]


def _too_narrow(built: BuiltSuite, metric: PlannedMetric) -> str:
    """What is wrong with a margin that an equal model would not pass in 80 %; empty where it would."""
    margin, plan, chance = metric.use.margin, metric.plan, metric.passes_if_equal
    if margin is None or plan is None or chance is None or chance >= POWER or metric.use.role == "watch":
        return ""
    smallest = smallest_margin(plan)
    needed = rounded_up(cases_to_exclude(plan, margin)) if margin > 0 else 0
    ways = [f"{needed:,} cases"] if needed > plan.n else []
    ways += [f"a margin of {_rounded_up_figure(smallest)}"] if math.isfinite(smallest) else []
    where = f"{built.suite.file or built.suite.name}: metric {metric.use.name!r}: margin {margin:g}"
    found = f"found not worse only {100 * chance:.0f} times in 100"
    return (
        f"{where}: with {plan.n:,} cases a model as good as the baseline would be {found} ({resting_on(metric)}); "
        f"it needs {' or '.join(ways) or 'more clusters'}"
    )


def resting_on(metric: PlannedMetric) -> str:
    """Where the plan comes from, in words."""
    history = metric.history
    if metric.plan is None:
        return "nothing has been compared yet, and without bounds nothing can be assumed"
    if history is None:
        clustered = f", correlation in clusters {ASSUMED_CORRELATION:g}" if metric.clusters < metric.n else ""
        return f"nothing has been compared yet: discordance {ASSUMED:g} assumed{clustered}"
    times = f"{history.comparisons} comparisons" if history.comparisons > 1 else "one comparison"
    share = f"discordance {history.discordance:.2g} over " if history.discordance is not None else ""
    return f"{share}{history.pairs:,} pairs of answers in {times}"


def _rounded_up_figure(figure: float) -> str:
    """Two significant digits, never less than computed."""
    unit = 10.0 ** (math.floor(math.log10(figure)) - 1)
    return f"{math.ceil(figure / unit - 1e-9) * unit:.2g}"
