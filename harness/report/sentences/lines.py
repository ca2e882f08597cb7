"""What a report says in words, the same in every format: headlines, titles and the notes below a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from harness.comparison.records import LEVEL, Bound, CheckResult, Comparison, MetricComparison, MetricValue, Verdict
from harness.comparison.statistics.proportions import clopper_pearson
from harness.comparison.verdicts import BEYOND_MARGIN, BLIND, SMALL_DROP, TOO_FEW
from harness.errors import ExitCode
from harness.report.model import DataSummary, Report, TrainingSummary
from harness.report.numbers import decimals_of, spread
from harness.report.sentences.measured import first_to_know, is_measurement, is_whole, said_of_limits
from harness.report.sentences.passed import why_passed
from harness.report.sentences.words import BOUNDS, CODE_WORDS, ROLES, VERDICTS
from harness.types import DetectorAccuracy

NO_DECISION = "NO DECISION"
INTERVALS = "intervals leave out 5 % on each side (90 %)"
_NOTES: Mapping[str, str] = {
    BLIND: "",
    TOO_FEW: "",
    SMALL_DROP: "there is a loss, smaller than what counts",
    BEYOND_MARGIN: "the loss is larger than the margin",
}
_SPEAK_FOR_THEMSELVES: frozenset[Verdict] = frozenset({"improved", "not worse", "regressed"})
_ASK_WHY: frozenset[Bound] = frozenset({"over the limit", "incomplete", "inconclusive"})


def code_of(report: Report) -> ExitCode | None:
    """The code of the decision; without one, INCOMPLETE where something was not measured, else None."""
    if report.decision is not None:
        return report.decision.code
    return ExitCode.INCOMPLETE if is_measurement(report) and not is_whole(report) else None


def decision_word(report: Report) -> str:
    """The decision in capitals: "REGRESSED"; where there is none "MEASURED", "INCOMPLETE" or "NO DECISION"."""
    code = code_of(report)
    if code is not None:
        return CODE_WORDS[code].upper()
    return "MEASURED" if is_measurement(report) else NO_DECISION


def exit_line(report: Report) -> str:
    """The exit code, with the others that hold: "exit 1, also 4 incomplete"; without a decision, why there is none."""
    if report.decision is None:
        said = "compared with nothing" if is_measurement(report) else f"the run is {report.state}"
        said = said if (code := code_of(report)) is None else f"exit {code.value}, {said}"
        return ", ".join(filter(None, [said, said_of_limits(report.results)]))
    code = report.decision.code
    others = [f"{other.value} {CODE_WORDS[other]}" for other in report.decision.codes if other not in (code, 0)]
    return f"exit {code.value}" + (f", also {', '.join(others)}" if others else "")


def main_reason(report: Report) -> str:
    """The reason that weighs most; of an evaluation alone, what is to be known first. Empty where there is none."""
    if report.decision is None:
        return first_to_know(report)
    if report.decision.code == ExitCode.PASS:
        return why_passed(report)
    return report.decision.reasons[0] if report.decision.reasons else ""


def intervals(report: Report) -> str:
    """What the intervals of the report hold; empty where it has none of today's level: others say theirs."""
    metrics = [metric for one in report.comparisons for metric in one.metrics]
    levels = [one.level for one in metrics if one.low is not None or one.candidate_interval is not None]
    levels += [one.level for measured in report.results for one in measured.metrics if one.low is not None]
    return INTERVALS if LEVEL in levels else ""


def other_reasons(report: Report) -> list[str]:
    """All that had a say in the decision beside the main reason, worst first."""
    main = main_reason(report)
    return [reason for reason in report.decision.reasons if reason != main] if report.decision is not None else []


def verdict_counts(report: Report, *, watched: bool = False) -> list[tuple[Verdict, int]]:
    """How many verdicts of each kind there are, worst first: those that decide, or those that are `watched` only."""
    metrics = [metric for comparison in report.comparisons for metric in comparison.metrics]
    counts = Counter(metric.verdict for metric in metrics if (metric.role == "watch") is watched)
    return [(verdict, counts[verdict]) for verdict in VERDICTS if counts[verdict]]


def against(comparison: Comparison) -> str:
    """What the candidate is compared with: "the anchor", the baseline's name, or "the baseline"."""
    return "the anchor" if comparison.against == "anchor" else comparison.baseline_name or "the baseline"


def title(comparison: Comparison, comparisons: Sequence[Comparison]) -> str:
    """The suite, what it is compared with where that says something, which cases, and how many of them are paired."""
    alone = [one.suite for one in comparisons].count(comparison.suite) == 1
    unnamed = alone and comparison.against == "baseline" and not comparison.baseline_name
    parts = [comparison.suite if unnamed else f"{comparison.suite} against {against(comparison)}"]
    parts.append(comparison.candidate.selection)
    if len({(metric.n, metric.clusters) for metric in comparison.metrics}) == 1:
        parts.append(size(comparison.metrics[0]))
    return " · ".join(part for part in parts if part)


def ordered(comparison: Comparison) -> list[MetricComparison]:
    """The worst verdict first, and of one verdict primary metrics first."""
    return sorted(comparison.metrics, key=lambda m: (VERDICTS.index(m.verdict), ROLES.index(m.role)))


def ordered_checks(checks: Sequence[CheckResult]) -> list[CheckResult]:
    """The worst bound first."""
    return sorted(checks, key=lambda c: (BOUNDS.index(c.bound), -c.high))


def metric_notes(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """What the figures of a metric alone do not say: its name and a line; nothing for most."""
    several_sizes = len({(metric.n, metric.clusters) for metric in comparison.metrics}) > 1
    for metric in ordered(comparison):
        said = [] if metric.verdict in _SPEAK_FOR_THEMSELVES else [metric.reason]
        said += [_sides(metric)] if metric.role == "primary" else []
        said += notes(metric)
        if metric.cases_worse:
            said.append(f"{metric.cases_worse:,} of the cases got worse beyond chance, each by itself")
        said += [size(metric)] if several_sizes else []
        said += ["lower is better"] if not metric.higher_is_better else []
        if metric.added or metric.removed:
            said.append(f"not paired: {metric.added:,} added, {metric.removed:,} removed")
        if metric.baseline_errors or metric.candidate_errors:
            said.append(f"errors: baseline {metric.baseline_errors:,}, candidate {metric.candidate_errors:,}")
        if any(said):
            yield metric.metric, "; ".join(part for part in said if part)


def notes(metric: MetricComparison) -> list[str]:
    """The notes of a verdict in words; nothing of those that its reason tells."""
    return [said for note in metric.notes if (said := _NOTES.get(note, note))]


def value_notes(metrics: Sequence[MetricValue]) -> list[tuple[str, str]]:
    """What the values alone do not say: a metric's name and why it has none, its notes, or that less is better."""
    said = [
        (one.metric, [one.reason or ("" if one.higher_is_better else "lower is better"), *one.notes]) for one in metrics
    ]
    return [(name, "; ".join(filter(None, parts))) for name, parts in said if any(parts)]


def check_notes(checks: Sequence[CheckResult], every_source: bool = True) -> list[tuple[str, str]]:
    """A check's name and a line: why its bound is what it is, where that is asked, and how often it is right.

    `every_source`: with its accuracy on each source of labelled passages, not on the worst alone.
    """
    reasons = (check.reason if check.bound in _ASK_WHY else "" for check in checks)
    known = accuracy if every_source else _lowest_accuracy
    said = (
        (reason, *check.notes, known(check) if check.n else "")  # how often it is right tells nothing of no passage
        for reason, check in zip(reasons, checks, strict=True)
    )
    notes = [(check.check, "; ".join(filter(None, parts))) for check, parts in zip(checks, said, strict=True)]
    return [(name, note) for name, note in notes if note]


def accuracy(check: CheckResult) -> str:
    """How often the check is right: "of labelled passages it finds 98 % [91, 100] and clears 97 % [92, 99] (GPT-4)"."""
    if isinstance(check.accuracy, str):
        return "exact: it finds what its rule says"
    sources = [f"finds {_found(one)} and clears {_cleared(one)} ({one.on})" for one in check.accuracy]
    return "of labelled passages it " + ", ".join(sources) if sources else "misses not measured"


def _lowest_accuracy(check: CheckResult) -> str:
    """The same on the sources where it finds and where it clears the smallest share: a new model may be like these."""
    measured = [one for one in check.accuracy if not isinstance(one, str) and one.positives and one.negatives]
    if len(measured) < 2:
        return accuracy(check)
    finds = min(measured, key=lambda one: one.found / one.positives)
    clears = min(measured, key=lambda one: one.cleared / one.negatives)
    lowest = f"finds {_found(finds)} and clears {_cleared(clears)}"
    return f"of labelled passages it {lowest}, each the lowest of {len(check.accuracy)} sources"


def _found(one: DetectorAccuracy) -> str:
    return _share(one.found, one.positives)


def _cleared(one: DetectorAccuracy) -> str:
    return _share(one.cleared, one.negatives)


def _share(right: int, labelled: int) -> str:
    """A share in whole percent with its exact interval, which leaves out 5 % on each side, as others do."""
    if not labelled:
        return "an unknown share"
    ends = ", ".join(f"{100 * end:.0f}" for end in clopper_pearson(right, labelled))
    return f"{100 * right / labelled:.0f} % [{ends}]"


def size(metric: MetricComparison) -> str:
    """How many cases are paired: "120 paired cases in 31 clusters"."""
    cases = f"{metric.n:,} paired case{'s' if metric.n != 1 else ''}"
    return cases if metric.clusters in (0, metric.n) else f"{cases} in {metric.clusters:,} clusters"


def rows_prepared(data: DataSummary) -> str:
    """From rows read to sets trained on."""
    rejected = f", {data.rejected:,} rejected" if data.rejected else ""
    used = f"{data.train:,} to train, {data.validation:,} to validate"
    return f"{data.loaded:,} loaded{rejected}, {data.kept:,} kept · {used}"


def rows_used(summary: TrainingSummary) -> str:
    """How many rows were trained and validated on; empty where the trainer does not say."""
    sets = ((summary.trained_on, "trained"), (summary.validated_on, "validated"))
    return ", ".join(
        f"{one.used:,} of {one.rows:,} rows {done} on" + (f" ({one.cut:,} cut)" if one.cut else "")
        for one, done in sets
        if one is not None
    )


def rows(report: Report) -> list[str]:
    """From rows read to rows trained on, as far as the report knows."""
    prepared = rows_prepared(report.data) if report.data is not None else ""
    used = rows_used(report.training) if report.training is not None else ""
    return [line for line in (prepared, used) if line]


def checked_suites(report: Report) -> list[tuple[str, Sequence[CheckResult]]]:
    """The checks of each suite, once: those of a comparison with the anchor are the same."""
    suites = [(one.suite, one.checks) for one in report.comparisons if one.against == "baseline"]
    return [*suites, *((one.evaluation.suite, one.checks) for one in report.results)]


def _sides(metric: MetricComparison) -> str:
    """Each side's own interval, for the metric that matters most."""
    if metric.baseline_interval is None or metric.candidate_interval is None:
        return ""
    decimals = decimals_of(metric)
    sides = (("baseline", metric.baseline_interval), ("candidate", metric.candidate_interval))
    return ", ".join(f"{name} {spread(*interval_of, decimals, metric.level)}" for name, interval_of in sides)
