"""Which answers changed between the two sides: right to wrong, wrong to right, or by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from harness.records import Comparison, MetricComparison, Suite
from harness.report.model import AnswerCounts, Change, ChangedAnswer
from harness.store import Reader
from harness.types import Answered, Case, Prediction

MOST_KEPT = 50
"""Changed answers that a report carries, a suite."""


@dataclass(frozen=True, slots=True)
class _Pair:
    case: Case
    baseline: str
    candidate: str
    before: float
    after: float


def changed_answers(
    reader: Reader, comparisons: Sequence[Comparison]
) -> tuple[tuple[AnswerCounts, ...], tuple[ChangedAnswer, ...]]:
    """Counts a suite, and the changed answers, those that lost most first.

    A suite is told by its first metric that is a mean over cases; one that has none is left out.
    """
    counts, answers = [], []
    for comparison in comparisons:
        metric = _telling_metric(reader, comparison)
        found = reader.find_suite(comparison.candidate.suite_version)
        if metric is None or found is None:
            continue
        pairs = _pairs(reader, comparison, metric, found[0])
        changes = [(_change(pair, metric.higher_is_better), pair) for pair in pairs]
        kinds = [change for change, _ in changes if change is not None]
        numbers = [kinds.count(kind) for kind in ("newly wrong", "newly right", "changed")]
        counts.append(AnswerCounts(comparison.suite, metric.metric, len(pairs), *numbers))
        sign = 1.0 if metric.higher_is_better else -1.0
        changes.sort(key=lambda one: sign * (one[1].after - one[1].before))
        kept = [(change, pair) for change, pair in changes if change is not None]
        if len(kept) > MOST_KEPT:
            kept = [*kept[: MOST_KEPT // 2], *kept[-(MOST_KEPT // 2) :]]
        answers.append([_answer(comparison.suite, metric, change, pair) for change, pair in kept])
    return tuple(counts), tuple(chain.from_iterable(answers))


def _telling_metric(reader: Reader, comparison: Comparison) -> MetricComparison | None:
    for metric in sorted(comparison.metrics, key=lambda one: ("primary", "guard", "watch").index(one.role)):
        record = reader.metric(metric.key)
        if record is not None and set(record.names) == {"sum", "count"}:
            return metric
    return None


def _pairs(reader: Reader, comparison: Comparison, metric: MetricComparison, suite: Suite) -> list[_Pair]:
    record = reader.metric(metric.key)
    if record is None:
        return []
    at = record.names.index("sum"), record.names.index("count")
    texts, scores = [], []
    for evaluation in (comparison.baseline, comparison.candidate):
        samples = int(evaluation.settings.get("samples", 1)) if record.reads == "text" else 1
        contents, matrix, _ = reader.statistics(evaluation.id, metric.key, samples)
        scores.append({c: row[at[0]] / row[at[1]] for c, row in zip(contents, matrix, strict=True) if row[at[1]] > 0})
        keys = {
            row.content: row.answer_key for row in reader.evaluation_cases(evaluation.id) if row.kind == record.reads
        }
        found = reader.predictions(list(keys.values()))
        texts.append({content: found[key] for content, key in keys.items() if key in found})
    per = record.options.get("per", "answer")
    return [
        _Pair(
            case,
            _said(case, texts[0][content], per),
            _said(case, texts[1][content], per),
            float(scores[0][content]),
            float(scores[1][content]),
        )
        for content, case in suite.case_by_content.items()
        if all(content in side for side in (*scores, *texts))
    ]


def _said(case: Case, predictions: Sequence[Prediction], per: object) -> str:
    answered = Answered(case, tuple(predictions))
    if predictions[0].likelihoods and case.choices:
        return answered.choice(per) or ""  # type: ignore[arg-type]
    return answered.text


def _change(pair: _Pair, higher_is_better: bool) -> Change | None:
    if {pair.before, pair.after} == {0.0, 1.0}:
        better = (pair.after > pair.before) == higher_is_better
        return "newly right" if better else "newly wrong"
    if pair.baseline == pair.candidate:
        return None
    return "changed"


def _answer(suite: str, metric: MetricComparison, change: Change, pair: _Pair) -> ChangedAnswer:
    case = pair.case
    graded = change == "changed"
    rights: Mapping[str, bool | None] = {
        "baseline_right": None if graded else pair.before == 1.0,
        "candidate_right": None if graded else pair.after == 1.0,
    }
    return ChangedAnswer(
        suite=suite,
        case=case.id,
        change=change,
        question=case.prompt if isinstance(case.prompt, str) else case.prompt[-1].content,
        baseline_reply=pair.baseline,
        candidate_reply=pair.candidate,
        reference=case.answer or next(iter(case.references), None),
        metric=metric.metric,
        baseline_score=pair.before if graded else None,
        candidate_score=pair.after if graded else None,
        **rights,
    )
