"""What several gates say of one comparison: ours as commands reach it, and what teams use instead."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from scipy.special import bdtrc, ndtr

from calibration.kinds import KINDS, FloatArray, Kind
from calibration.situations import Drawn, Situation
from harness.comparison.estimated import width
from harness.comparison.family import compare
from harness.comparison.gate import decide
from harness.comparison.pairing import MetricSides
from harness.comparison.statistics.paired import ALPHA

Rival: TypeAlias = Callable[[Kind, FloatArray, FloatArray, int], bool | None]
"""Whether it fails a metric of a family of that size, from both sides' statistics; None where it has no answer."""


def said(situation: Situation, drawn: Drawn) -> Counter[str]:
    """What our gate and each rival say, as counts that can be added up over trials."""
    counts = _ours(drawn)
    kind = KINDS[situation.kind]
    sides = [tuple(map(_filled(kind), (one.pairs.baseline, one.pairs.candidate))) for one in drawn.sides]
    for name, rival in RIVALS.items():
        alarms = [rival(kind, baseline, candidate, len(sides)) for baseline, candidate in sides]
        if None not in alarms:
            counts.update({f"{name} asked": 1, name: int(any(alarms))})
    return counts


def exit_code(sides: tuple[MetricSides, ...]) -> int:
    """The exit code of `harness gate` without safety checks."""
    return int(decide(compare(sides), ()).code)


def _ours(drawn: Drawn) -> Counter[str]:
    metrics = compare(drawn.sides)
    counts = Counter({"trials": 1, f"exit {int(decide(metrics, ()).code)}": 1})
    counts["improved"] = int(any(one.verdict == "improved" for one in metrics))
    counts["found"] = int(metrics[0].verdict == "regressed")
    counts["not worse"] = int(metrics[0].verdict == "not worse")
    counts["noted"] = int(any("may be too narrow" in note for note in metrics[0].notes))
    for metric, truth in zip(metrics, drawn.truths, strict=True):
        if metric.low is not None and metric.high is not None:
            above, below = int(metric.low > truth), int(metric.high < truth)
            counts.update({"intervals": 1, "covered": 1 - above - below, "above": above, "below": below})
    return counts


def _filled(kind: Kind) -> Callable[[FloatArray], FloatArray]:
    """Rivals count a failed answer as a wrong one."""

    def filled(rows: FloatArray) -> FloatArray:
        return rows if kind.worst is None else np.where(np.isnan(rows), kind.worst, rows)

    return filled


# --- what teams use instead --------------------------------------------------------------------------


def any_drop(kind: Kind, baseline: FloatArray, candidate: FloatArray, family: int) -> bool:
    """Fails on any loss of the figure."""
    return _loss(kind, baseline, candidate) > 0


def more_than_five_points(kind: Kind, baseline: FloatArray, candidate: FloatArray, family: int) -> bool:
    """Fails on a loss of more than 5 points; of 5 % of the baseline's figure where the metric has no two bounds."""
    scale = width(kind.record) or _figure(kind, baseline)
    return _loss(kind, baseline, candidate) > 0.05 * scale + 1e-12


def unpaired_z(kind: Kind, baseline: FloatArray, candidate: FloatArray, family: int) -> bool | None:
    """One-sided two-sample z-test at .05 of every metric, as if each model had seen cases of its own."""
    if not kind.mean:
        return None
    first, second = baseline[:, 0], candidate[:, 0]
    error = math.sqrt((first.var(ddof=1) + second.var(ddof=1)) / len(first))
    return error > 0 and float(ndtr((second.mean() - first.mean()) / error)) <= ALPHA


def regressgate(kind: Kind, baseline: FloatArray, candidate: FloatArray, family: int) -> bool | None:
    """`regressgate.gate.compare_reports` 0.1.0 with one trial a case and alpha / family for each metric.

    It fails on p < alpha / 2 of a permutation test, the other half being for single cases, which cannot reach it with
    one trial. With one trial that test is the exact sign test (`check_regressgate` compares both).
    """
    if kind.record.use != "accuracy":
        return None
    lost = int((baseline[:, 0] > candidate[:, 0]).sum())
    won = int((candidate[:, 0] > baseline[:, 0]).sum())
    return lost > won and sign_test(lost, won) < ALPHA / family / 2


def sign_test(lost: int, won: int) -> float:
    """P(at least so many lost | lost and won are equally likely)."""
    return float(bdtrc(lost - 1, lost + won, 0.5)) if lost else 1.0


RIVALS: Mapping[str, Rival] = {
    "any drop": any_drop,
    "more than 5 points": more_than_five_points,
    "unpaired z": unpaired_z,
    "regressgate": regressgate,
}


def check_regressgate(pairs: tuple[tuple[int, int], ...] = ((5, 0), (6, 0), (8, 1), (12, 3), (15, 5), (16, 5))) -> str:
    """That the package itself says what `regressgate` says for so many lost and won cases; in words."""
    from regressgate import __version__
    from regressgate.gate import compare_reports
    from regressgate.run_report import CaseResult, RunReport, Trial

    def report(right: list[bool]) -> RunReport:
        cases = [CaseResult(id=str(i), trials=[Trial(passed=one, latency_s=0.0)]) for i, one in enumerate(right)]
        return RunReport(regressgate_version=__version__, created_at="", target="", repeats=1, cases=cases)

    differences = []
    for lost, won in pairs:
        tied = [True] * 5
        result = compare_reports(
            report(tied + [True] * lost + [False] * won), report(tied + [False] * lost + [True] * won)
        )
        exact = sign_test(lost, won)
        if result.failed != (exact < ALPHA / 2):
            raise SystemExit(
                f"regressgate {__version__} on {lost} lost, {won} won: failed is {result.failed}, p {exact}"
            )
        differences.append(abs(result.p_worse - exact))
    return f"{len(pairs)} comparisons by the package itself agree, p within {max(differences):.4f}"


def _figure(kind: Kind, rows: FloatArray) -> float:
    sums = rows.sum(axis=0)
    return float(kind.value({name: sums[i : i + 1] for i, name in enumerate(kind.record.names)})[0])


def _loss(kind: Kind, baseline: FloatArray, candidate: FloatArray) -> float:
    gain = _figure(kind, candidate) - _figure(kind, baseline)
    return -gain if kind.record.higher_is_better else gain
