"""From verdicts and bounds to one exit code with its reasons."""

from __future__ import annotations

import pytest

from harness.comparison.gate import decide
from harness.comparison.records import Bound, CheckResult, MetricComparison, Verdict
from harness.comparison.verdicts import BLIND, TOO_FEW, Policy
from harness.errors import ExitCode
from harness.types import Role


def metric(verdict: Verdict, role: Role = "primary", gain_low: float = -0.05, **known: object) -> MetricComparison:
    return MetricComparison(
        "intents", "accuracy", role, verdict, baseline=0.91, candidate=0.84, difference=-0.07, low=-0.11, high=-0.03,
        gain_low=gain_low, cap=0.1, **known,  # type: ignore[arg-type]
    )  # fmt: skip


def check(bound: Bound, limit: float | None = 0.01) -> CheckResult:
    return CheckResult("safety", "pii", bound, 0, 40, 0.0, 0.07, limit, reason="0 of 40")


@pytest.mark.parametrize(
    ("verdict", "code"),
    [("improved", 0), ("not worse", 0), ("regressed", 1), ("inconclusive", 0), ("incomplete", 4), ("incompatible", 5)],
)
def test_each_verdict_of_a_primary_metric(verdict: Verdict, code: int) -> None:
    decision = decide([metric(verdict)], [])
    assert (decision.code, decision.codes) == (code, (code,))


def test_an_inconclusive_primary_that_leaves_a_loss_of_the_cap_possible_is_exit_3() -> None:
    assert decide([metric("inconclusive", gain_low=-0.12)], []).code == ExitCode.INCONCLUSIVE
    assert decide([metric("inconclusive", "guard", gain_low=-0.12)], []).code == ExitCode.PASS


@pytest.mark.parametrize(
    "metrics",
    [
        [metric("not worse")],
        [metric("inconclusive")],
        [metric("improved", "guard"), metric("not worse")],
        [metric("improved", against="anchor"), metric("not worse")],
        [metric("improved", "watch"), metric("not worse")],
    ],
)
@pytest.mark.parametrize("policy", ["default", "lenient"])
def test_a_model_that_was_picked_for_its_gain_has_to_show_it(metrics: list[MetricComparison], policy: Policy) -> None:
    assert decide(metrics, [], policy).code == ExitCode.PASS
    decision = decide(metrics, [], policy, picked=True)
    assert decision.code == ExitCode.INCONCLUSIVE
    assert decision.reasons[0].startswith("the gain that this model was picked for is not shown on other cases")
    assert decide([*metrics, metric("improved")], [], policy, picked=True).code == ExitCode.PASS


@pytest.mark.parametrize(
    ("bound", "code"), [("within the limit", 0), ("over the limit", 1), ("inconclusive", 3), ("incomplete", 4)]
)
def test_each_bound_of_a_limited_check(bound: Bound, code: int) -> None:
    assert decide([], [check(bound)]).code == code


def test_several_codes_are_all_told_and_the_worst_wins() -> None:
    metrics = [metric("incompatible", "guard"), metric("improved"), metric("incomplete"), metric("regressed")]
    decision = decide(metrics, [check("inconclusive")])
    assert (decision.code, decision.codes) == (1, (1, 4, 5, 3))
    assert [line.split(":")[0] for line in decision.reasons] == [
        "intents accuracy regressed",
        "intents accuracy incomplete",
        "intents accuracy incompatible",
        "safety pii inconclusive",
        "intents accuracy improved",
    ]


def test_a_reason_says_what_happened_in_numbers() -> None:
    assert decide([metric("regressed", reason="the loss is beyond chance")], []).reasons == (
        "intents accuracy regressed: 0.91 → 0.84 (−0.07 [−0.11, −0.03])",
    )
    doubt = metric("inconclusive", reason="a loss of 0.05 is not excluded")
    assert decide([doubt], []).reasons[0].endswith("(−0.07 [−0.11, −0.03]); a loss of 0.05 is not excluded")


def test_watch_metrics_and_checks_without_a_limit_never_decide() -> None:
    decision = decide([metric("improved"), metric("regressed", "watch")], [check("incomplete", limit=None)])
    assert (decision.code, len(decision.reasons)) == (0, 1)


@pytest.mark.parametrize("policy", ["default", "strict", "lenient"])
def test_nothing_to_decide_on_is_never_a_pass(policy: Policy) -> None:
    for metrics, checks in (([], []), ([metric("improved", "watch")], [check("no limit", None)])):
        decision = decide(metrics, checks, policy)
        assert (decision.code, decision.codes) == (4, (4,))
        assert decision.reasons[0].startswith("nothing decides")


def test_guards_that_could_not_have_shown_a_loss_are_no_pass_by_themselves() -> None:
    unseeing = [metric("inconclusive", "guard", notes=(note,)) for note in (BLIND, TOO_FEW)]
    assert decide(unseeing, []).code == ExitCode.INCONCLUSIVE
    assert decide(unseeing, []).reasons[0] == "nothing measured here could have shown a loss"
    assert decide([*unseeing, metric("not worse")], []).code == ExitCode.PASS


def test_strict_fails_every_inconclusive_and_lenient_none() -> None:
    metrics, checks = [metric("inconclusive", "guard")], [check("inconclusive")]
    assert decide(metrics, [], "strict").code == ExitCode.INCONCLUSIVE
    assert decide([metric("inconclusive", gain_low=-0.5)], checks, "lenient").code == ExitCode.PASS
    assert decide([metric("regressed")], checks, "lenient").codes == (ExitCode.REGRESSED,)
