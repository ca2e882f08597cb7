"""A loss on drawn replies is looked at again before it fails anything: as many draws again, on both sides."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.comparison.verdicts import exit_code
from harness.errors import ExitCode
from harness.evaluation.records import Evaluation
from harness.runs.assembly.built import BuiltModel, BuiltSuite
from harness.runs.models import Models
from harness.runs.session import Session
from harness.runs.steps.comparing import Judged, compare_suites, judge_suites, store_comparisons
from harness.runs.steps.evaluating import evaluate_suite


def confirm_loss(
    session: Session,
    models: Models,
    suites: Sequence[BuiltSuite],
    baselines: Mapping[str, Evaluation],
    candidates: Mapping[str, Evaluation],
    before: BuiltModel,
    after: BuiltModel,
    **settings: Any,
) -> Judged:
    """`compare_suites`, where a loss that rests on drawn replies alone counts only if twice the draws show it, too.

    The first draws are kept and pooled with the second within each case: asking for both anew would be two tests, and
    asking the candidate alone would leave the baseline its luck. A suite whose baseline is another model than `before`
    cannot be asked again, nor can the anchor: a loss against these, or on what is not drawn, decides at once.
    """
    asked_again = {
        one.suite.name
        for one in suites
        if one.drawn and baselines[one.suite.name].fingerprint == before.identity.fingerprint
    }
    first = judge_suites(session, suites, baselines, candidates, **settings)
    lost = [metric for one in first[0] for metric in one.metrics if exit_code(metric) == ExitCode.REGRESSED]
    doubted = {(metric.suite, metric.metric) for metric in lost if metric.against == "baseline"}
    if len(doubted) < len(lost) or not doubted or not doubted <= _drawn_anew(suites, asked_again):
        store_comparisons(session, suites, first)
        return first
    names = {suite for suite, _ in doubted}
    twice = [replace(one, draws=2) if one.suite.name in names else one for one in suites]
    drawn = [one for one in twice if one.suite.name in names]
    pooled = [
        {**sides, **{one.suite.name: evaluate_suite(session, models, model, one) for one in drawn}}
        for sides, model in ((baselines, before), (candidates, after))
    ]
    return compare_suites(session, twice, pooled[0], pooled[1], doubted=doubted, **settings)


def _drawn_anew(suites: Sequence[BuiltSuite], names: Collection[str]) -> set[tuple[str, str]]:
    """The metrics of these suites whose figures another draw can change, by suite and name."""
    return {
        (suite.suite.name, metric.use.name)
        for suite in suites
        for metric in suite.metrics
        if suite.suite.name in names and metric.built.instance.reads == "text"
    }
