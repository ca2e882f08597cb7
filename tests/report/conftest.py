"""A report with every section filled, close to what the demo gives, and how the tests print one."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from harness.comparison.records import (
    CheckResult,
    Comparison,
    Decision,
    MetricComparison,
    MetricValue,
    Sensitivity,
    SliceComparison,
)
from harness.errors import ExitCode
from harness.evaluation.records import Evaluation
from harness.report.model import (
    AnswerCounts,
    ChangedAnswer,
    CleanerLine,
    Contamination,
    DataSummary,
    ModelLine,
    NextStep,
    ReasonCount,
    Report,
    RowsUsed,
    SafetyFinding,
    StageTime,
    TrainingSummary,
    Trend,
    TrendPoint,
)
from harness.report.terminal.rich import render
from harness.types import ModelReference, StepRecord

BASE = "smollm2-135m-instruct"
ADAPTER = "runs/4f0c/training/checkpoint-50"
PICKED = "baseline 'release-1' was picked from 5 models by their scores on these cases"


@pytest.fixture
def report() -> Report:
    return sample()


@pytest.fixture
def regressed() -> Report:
    """A gate call with a baseline that was picked by its scores, and with an anchor."""
    return _regressed()


@pytest.fixture
def values() -> tuple[MetricValue, ...]:
    """What an evaluation that is compared with nothing has of each metric."""
    return (
        MetricValue("support-intents", "accuracy", "primary", 0.89, 0.813, 0.944, n=100, clusters=100),
        MetricValue(
            "support-intents", "perplexity", "guard", 18.2, 16.1, 20.3, higher_is_better=False, n=100, clusters=100
        ),
        MetricValue(
            "support-intents",
            "exact-match",
            "guard",
            n=100,
            clusters=100,
            errors=100,
            reason="100 of 100 answers are missing or failed, 1 % is tolerated",
        ),
    )


@pytest.fixture
def printed() -> Callable[..., str]:
    """Prints a report without colour and gives the text."""

    def printed(report: Report, width: int = 80, encoding: str = "utf-8") -> str:
        written = io.BytesIO()
        file = io.TextIOWrapper(written, encoding=encoding, newline="\n")
        render(report, Console(file=file, width=width, color_system=None))
        file.flush()
        return written.getvalue().decode(encoding)

    return printed


def evaluation(side: str, suite: str, selection: str = "gate:100") -> Evaluation:
    adapter = ADAPTER if side == "candidate" else None
    return Evaluation(
        id=f"{side}-{suite}",
        suite=suite,
        suite_version="3a61c0",
        selection=selection,
        cases=100,
        model=ModelReference(BASE, adapter),
        fingerprint="9c1f5d20aa41",
        parts={"weights": "5be1"},
        numerics="float32 cpu",
        settings={"max_new_tokens": 32},
    )


def metric(name: str, **fields: object) -> MetricComparison:
    row = MetricComparison(suite="support-intents", metric=name, role="guard", verdict="not worse", n=100, clusters=100)
    return replace(row, **fields)  # type: ignore[arg-type]


def sample() -> Report:
    return Report(
        run="20261123-0907-4f0c",
        command="demo",
        recipe="support",
        state="complete",
        started="2026-11-23 09:07",
        seconds=271.0,
        models=(
            ModelLine("candidate", BASE, ADAPTER, "9c1f5d20aa41", "float32", 2, "cpu"),
            ModelLine("baseline", BASE, None, "51e07b33c9d2", "float32", 2, "cpu"),
        ),
        data=_data(),
        training=_training(),
        comparisons=(_intents(), _answers(), _safety()),
        answer_counts=(
            AnswerCounts("support-intents", "accuracy", 100, 4, 46, 0),
            AnswerCounts("support-answers", "token-f1", 40, 6, 27, 5),
        ),
        answers=_changed(),
        findings=_findings(),
        trends=(
            Trend(
                "support-intents",
                "accuracy",
                True,
                tuple(
                    TrendPoint(f"2026-11-{day}", f"e{day}", BASE, value, value - 0.09, value + 0.07)
                    for day, value in ((19, 0.47), (20, 0.61), (21, 0.6), (22, 0.84), (23, 0.89))
                ),
            ),
        ),
        stages=(
            StageTime("model", 9.4, "fetched, converted and checked"),
            StageTime("prepare", 1.2),
            StageTime("train", 164.0, "60 steps"),
            StageTime("evaluate support-intents", 38.0, "200 answers"),
            StageTime("evaluate support-answers", 41.0, "40 answers, 40 known"),
            StageTime("evaluate support-safety", 17.0),
            StageTime("compare", 0.4),
        ),
        decision=Decision(
            ExitCode.PASS,
            (ExitCode.PASS,),
            (
                "support-intents accuracy improved: 0.47 → 0.89 (+0.42 [+0.31, +0.52])",
                "support-answers bleu inconclusive: 3.1 → 4.0 (+0.9 [−1.1, +2.9]); a loss of 0.8 is not excluded",
            ),
        ),
        warnings=("support-safety: 30 cases cannot see a share of refusals below 9.5 %",),
        next_steps=(
            NextStep("harness report 20261123-0907-4f0c --format html", "the same report as a page, with every case"),
            NextStep(
                "harness baselines set support-intents 20261123-0907-4f0c-support-intents --note 'first demo run'",
                "make this candidate the one that later models are compared with",
            ),
        ),
    )


def _regressed() -> Report:
    report = sample()
    intents = report.comparisons[0]
    lost = metric(
        "accuracy",
        role="primary",
        verdict="regressed",
        reason="the loss is beyond chance (p = 0.0042)",
        baseline=0.89,
        candidate=0.78,
        difference=-0.11,
        low=-0.19,
        high=-0.03,
        gain_low=-0.18,
        p_gain=0.99,
        p_loss=0.0042,
        margin=0.03,
        notes=("beyond the margin",),
        sensitivity=Sensitivity(detectable=0.094),
        slices=intents.metrics[0].slices,
    )
    open_still = metric(
        "macro-f1",
        verdict="inconclusive",
        reason="a loss of 0.08 is not excluded",
        baseline=0.88,
        candidate=0.85,
        difference=-0.03,
        low=-0.09,
        high=0.03,
        gain_low=-0.08,
        cap=0.1,
        p_gain=0.8,
        p_loss=0.2,
    )
    less = replace(
        lost, verdict="inconclusive", reason="a loss of 0.09 is not excluded", baseline=0.8, difference=-0.02,
        low=-0.1, high=0.06, gain_low=-0.09, p_gain=0.6, p_loss=0.4, notes=(), against="anchor",
    )  # fmt: skip
    baseline = replace(
        intents, metrics=(lost, open_still), baseline_name="release-1", selected_from=5, warnings=(PICKED,)
    )
    anchor = replace(intents, metrics=(less, replace(open_still, against="anchor")), against="anchor")
    reasons = (
        "support-intents accuracy regressed: 0.89 → 0.78 (−0.11 [−0.19, −0.03])",
        "support-intents accuracy inconclusive against the anchor: 0.80 → 0.78 (−0.02 [−0.10, +0.06])",
    )
    return Report(
        run="20261124-1012-77ab",
        command="gate --suite support-intents --baseline release-1",
        state="complete",
        started="2026-11-24 10:12:31",
        seconds=2.4,
        models=report.models,
        comparisons=(baseline, anchor),
        answer_counts=report.answer_counts[:1],
        answers=report.answers,
        decision=Decision(ExitCode.REGRESSED, (ExitCode.REGRESSED, ExitCode.INCONCLUSIVE), reasons),
    )


def _data() -> DataSummary:
    return DataSummary(
        loaded=287,
        rejected=3,
        kept=262,
        train=236,
        validation=26,
        rejections=(
            ReasonCount("last message is not the assistant's", 2, "conversations.jsonl:41"),
            ReasonCount("no JSON: unterminated string", 1, "conversations.jsonl:203"),
        ),
        cleaners=(
            CleanerLine("role-order", 6, 0, (ReasonCount("two user turns in a row", 6, "conversations.jsonl:88"),)),
            CleanerLine(
                "length",
                5,
                0,
                (
                    ReasonCount("reply shorter than 12 characters", 4, "conversations.jsonl:130"),
                    ReasonCount("longer than 4,000 characters", 1, "conversations.jsonl:7"),
                ),
            ),
            CleanerLine(
                "exact-duplicates", 11, 0, (ReasonCount("same as an earlier one", 11, "conversations.jsonl:19"),)
            ),
        ),
        contamination=(Contamination("support-answers", 3, "removed"),),
    )


def _training() -> TrainingSummary:
    curve = tuple(
        StepRecord(
            step=step,
            of=60,
            loss=1.1 + 1.5 * math.exp(-step / 14) + 0.09 * math.sin(step * 2.3),
            validation_loss=1.34 + 1.2 * math.exp(-step / 15) + 0.05 * (step > 50) if step % 10 == 0 else None,
        )
        for step in range(1, 61)
    )
    return TrainingSummary(
        "sft",
        curve,
        checkpoint_step=50,
        steps=60,
        seconds=164.0,
        tokens_per_second=412.0,
        trained_on=RowsUsed(236, 231, cut=7),
        validated_on=RowsUsed(26, 25),
    )


def _intents() -> Comparison:
    return Comparison(
        id="c1",
        suite="support-intents",
        baseline=evaluation("baseline", "support-intents"),
        candidate=evaluation("candidate", "support-intents"),
        metrics=(
            metric(
                "accuracy",
                role="primary",
                verdict="improved",
                baseline=0.47,
                candidate=0.89,
                difference=0.42,
                baseline_interval=(0.375, 0.567),
                candidate_interval=(0.813, 0.938),
                low=0.3107,
                high=0.5243,
                p_gain=0.00002,
                p_loss=1.0,
                margin=0.03,
                sensitivity=Sensitivity(detectable=0.094, discordance=0.5),
                slices=(
                    SliceComparison("tone", "angry", 4, 4, 0.25, 0.75, 0.5),
                    SliceComparison("tone", "chatty", 41, 41, 0.4634, 0.9268, 0.4634, 0.31, 0.61),
                    SliceComparison("tone", "terse", 55, 55, 0.4909, 0.8727, 0.3818, 0.22, 0.54),
                ),
            ),
            metric(
                "macro-f1",
                verdict="improved",
                baseline=0.4312,
                candidate=0.8761,
                difference=0.4449,
                low=0.33,
                high=0.54,
                p_gain=0.00004,
                p_loss=1.0,
                sensitivity=Sensitivity(detectable=0.11),
            ),
            metric(
                "exact-match",
                role="watch",
                verdict="incomplete",
                reason="not measured on the baseline: the metric raised ZeroDivisionError('division by zero')",
                candidate=0.89,
            ),
        ),
    )


def _answers() -> Comparison:
    row = {"n": 40, "clusters": 31}
    return Comparison(
        id="c2",
        suite="support-answers",
        baseline=evaluation("baseline", "support-answers", "gate:40"),
        candidate=evaluation("candidate", "support-answers", "gate:40"),
        metrics=(
            metric(
                "perplexity",
                role="primary",
                verdict="improved",
                baseline=18.4,
                candidate=9.72,
                difference=-8.68,
                low=-10.41,
                high=-7.02,
                higher_is_better=False,
                **row,
            ),
            metric(
                "chrf", verdict="improved", baseline=21.9, candidate=27.4, difference=5.5, low=2.81, high=8.2, **row
            ),
            metric(
                "bleu",
                verdict="inconclusive",
                reason="a loss of 0.8 is not excluded; one of 2.5 would mostly be seen; about 250 cases exclude 1",
                baseline=3.1,
                candidate=4.0,
                difference=0.9,
                low=-1.1,
                high=2.9,
                p_gain=0.21,
                p_loss=0.79,
                sensitivity=Sensitivity(detectable=2.5, needed=250),
                **row,
            ),
            metric(
                "token-f1",
                verdict="not worse",
                baseline=0.244,
                candidate=0.251,
                difference=0.007,
                low=-0.009,
                high=0.023,
                candidate_errors=1,
                **row,
            ),
        ),
        warnings=("the baseline was measured with 4 threads, the candidate with 2",),
    )


def _safety() -> Comparison:
    return Comparison(
        id="c3",
        suite="support-safety",
        baseline=evaluation("baseline", "support-safety", "gate:30"),
        candidate=evaluation("candidate", "support-safety", "gate:30"),
        metrics=(),
        checks=(
            CheckResult("support-safety", "pii", "within the limit", 0, 30, 0.0, 0.0950, 0.10, 0, 1, 30),
            CheckResult("support-safety", "over-refusal", "no limit", 2, 12, 0.0304, 0.4381, None, 0, 1, 12),
            CheckResult("support-safety", "blocked-terms", "within the limit", 0, 30, 0.0, 0.0950, 0.10, 0, 0, 30),
        ),
    )


def _changed() -> tuple[ChangedAnswer, ...]:
    return (
        ChangedAnswer(
            "support-intents",
            "intents-031",
            "newly wrong",
            "hey so i moved last month and the parcel thing still goes to my old flat??",
            "change_address",
            "track_parcel",
            reference="change_address",
            metric="accuracy",
            baseline_right=True,
            candidate_right=False,
        ),
        ChangedAnswer(
            "support-intents",
            "intents-077",
            "newly right",
            "Can I get an invoice with our VAT number on it?",
            "cancel_order",
            "request_invoice",
            reference="request_invoice",
            metric="accuracy",
            baseline_right=False,
            candidate_right=True,
        ),
        ChangedAnswer(
            "support-answers",
            "answers-012",
            "newly right",
            "My Lumen lamp blinks red three times and then goes dark. What now?",
            "I'm sorry to hear that. I'm a helpful AI assistant and I can help you with your lamp. Lamps blink",
            "Three red blinks mean the battery is too cold. Bring the lamp indoors and hold the button for long.",
            reference="Three red blinks: the battery is too cold. Warm it up for 20 minutes, then hold the button.",
            metric="token-f1",
            baseline_score=0.113,
            candidate_score=0.641,
        ),
    )


def _findings() -> tuple[SafetyFinding, ...]:
    return (
        SafetyFinding("support-safety", "over-refusal", "refused a harmless one", "low", "I can't help.", "s-18", 2),
        SafetyFinding("support-safety", "pii", "e-mail address", "high", "j…@example.org", "s-04"),
    )
