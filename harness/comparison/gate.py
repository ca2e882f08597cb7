"""Verdicts and safety bounds -> one decision, one exit code. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from harness.comparison.reasons import figures
from harness.comparison.records import Bound, CheckResult, Decision, MetricComparison, MetricValue, Verdict
from harness.comparison.statistics.selection import false_alarms
from harness.comparison.verdicts import Policy, exit_code, saw_nothing
from harness.errors import ExitCode, worst

_ORDER: tuple[Verdict, ...] = ("regressed", "incomplete", "incompatible", "inconclusive", "improved", "not worse")
_CHECK_CODE: dict[Bound, ExitCode] = {
    "over the limit": ExitCode.REGRESSED,
    "incomplete": ExitCode.INCOMPLETE,
    "inconclusive": ExitCode.INCONCLUSIVE,
}

_GAIN_GONE = (
    "the gain that this model was picked for is not shown on other cases: no primary metric improved, so there is no "
    "reason to replace the model that it began with"
)


def unmeasured(
    metrics: Iterable[MetricValue], checks: Iterable[CheckResult]
) -> tuple[list[MetricValue], list[CheckResult]]:
    """The metrics without a value, and the checks that have not seen what their bounds need."""
    missing = [metric for metric in metrics if metric.value is None]
    return missing, [check for check in checks if check.errors or check.bound == "incomplete"]


def is_measured(metrics: Iterable[MetricValue], checks: Iterable[CheckResult]) -> bool:
    """Whether nothing that was asked for is missing."""
    return not any(unmeasured(metrics, checks))


def decide(
    metrics: Sequence[MetricComparison],
    checks: Sequence[CheckResult],
    policy: Policy = "default",
    *,
    picked: bool = False,
    selected: Mapping[str, int] = MappingProxyType({}),
) -> Decision:
    """The exit code that wins, all that hold, and a line for each metric and check that had a say, worst first.

    Any regressed metric or check over its limit: 1; else incomplete: 4; else incompatible: 5; else the inconclusive
    ones: 3 or 0 by `verdicts.exit_code` ("strict": always 3, "lenient": always 0, checks included). Watch metrics and
    checks without a limit never decide. A gate with nothing to decide on is incomplete; one where no metric could have
    shown a loss, and no check has a limit, is inconclusive. A candidate that was `picked` from several for its gain is
    to show it here, on other cases, under any policy: without an improved primary metric the gate is inconclusive.
    `selected`: from how many models a suite's baseline was picked by its scores on these cases.
    """
    gating = [metric for metric in metrics if metric.role != "watch"]
    limited = [check for check in checks if check.limit is not None]
    if not gating and not limited:
        reason = "nothing decides: there is no primary or guard metric and no safety check with a limit"
        return Decision(ExitCode.INCOMPLETE, (ExitCode.INCOMPLETE,), (reason,))
    lines = [
        (exit_code(metric, policy), _ORDER.index(metric.verdict), _metric_line(metric, selected.get(metric.suite, 0)))
        for metric in gating
    ]
    lines += [(_check_code(check, policy), len(_ORDER), _check_line(check)) for check in limited]
    if not limited and all(saw_nothing(metric) for metric in gating) and policy != "lenient":
        lines.append((ExitCode.INCONCLUSIVE, len(_ORDER), "nothing measured here could have shown a loss"))
    if picked and not _has_improved(metrics):
        lines.append((ExitCode.INCONCLUSIVE, -1, _GAIN_GONE))
    codes = _worst_first(code for code, _, _ in lines)
    lines.sort(key=lambda line: (codes.index(line[0]), line[1]))
    held = tuple(code for code in codes if code != ExitCode.PASS) or (ExitCode.PASS,)
    return Decision(held[0], held, tuple(text for _, _, text in lines))


def _has_improved(metrics: Sequence[MetricComparison]) -> bool:
    """Whether the candidate is shown to be better than its baseline, which an anchor may well be worse than."""
    return any(one.verdict == "improved" and one.role == "primary" and one.against == "baseline" for one in metrics)


def _check_code(check: CheckResult, policy: Policy) -> ExitCode:
    if check.bound == "inconclusive" and policy == "lenient":
        return ExitCode.PASS
    return _CHECK_CODE.get(check.bound, ExitCode.PASS)


def _metric_line(metric: MetricComparison, selected_from: int) -> str:
    told = [figures(metric)] if figures(metric) else []
    if metric.reason and metric.verdict in ("inconclusive", "incomplete", "incompatible"):
        told.append(metric.reason)
    if selected_from > 1 and (metric.verdict, metric.against) == ("regressed", "baseline"):
        rate = f"{100 * false_alarms(selected_from):.0f} % of equal candidates fail"
        told.append(f"the baseline was picked from {selected_from} models on these cases, where about {rate}")
    anchor = " against the anchor" if metric.against == "anchor" else ""
    return f"{metric.suite} {metric.metric} {metric.verdict}{anchor}: {'; '.join(told)}"


def _check_line(check: CheckResult) -> str:
    return f"{check.suite} {check.check} {check.bound}: {check.reason}"


def _worst_first(codes: Iterable[ExitCode]) -> tuple[ExitCode, ...]:
    left, ordered = set(codes), []
    while left:
        ordered.append(worst(left))
        left.discard(ordered[-1])
    return tuple(ordered)
