"""Commands to go on with: to see more, and to make what passed or was measured a baseline."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from harness.comparison.gate import is_measured
from harness.comparison.records import Comparison, Decision, EvaluationResult
from harness.errors import ExitCode
from harness.evaluation.records import Evaluation
from harness.report.model import NextStep
from harness.report.sentences.measured import said_of_limits

_SHORT = 12


def after_comparing(
    run: str, command: str, comparisons: Sequence[Comparison], decision: Decision | None, policy: str
) -> Iterator[NextStep]:
    """A candidate that did not pass, or only because the gate was lenient, is no baseline to propose."""
    if not comparisons:
        return
    yield NextStep(f"harness report {run} --format html", "the same as a page, with every changed answer")
    if decision is None or decision.code != ExitCode.PASS or policy == "lenient":
        return
    first = comparisons[0]
    if first.candidate.fingerprint == first.baseline.fingerprint:
        return
    purpose = f"make the candidate the baseline on {first.suite}"
    if first.baseline_name:
        yield NextStep(f"harness baselines promote {shlex.quote(first.baseline_name)} --note WHY", purpose)
        return
    yield NextStep(f"harness baselines set best {first.candidate.id[:_SHORT]}", purpose)
    if not command.startswith(("gate", "compare")):
        yield NextStep(f"harness baselines export best best-{first.suite}.json", "gate in CI without this store")


def after_measuring(run: str, results: Sequence[EvaluationResult]) -> Iterator[NextStep]:
    """What was not measured whole is no baseline to propose; of one over a limit it is said what a gate makes of it."""
    if not results:
        return
    yield NextStep(f"harness report {run} --format html", "the same as a page")
    for one in results:
        if is_measured(one.metrics, one.checks):
            over = said_of_limits([one])
            unsafe = f", though {over}: a candidate like it fails the gate" if over else ""
            command = f"harness baselines set NAME {_address(one.evaluation, len(results))}"
            yield NextStep(command, f"gate {one.evaluation.suite} against it{unsafe}")


def _address(one: Evaluation, measured: int) -> str:
    """Its name, unless several suites were measured under it."""
    return shlex.quote(one.name) if one.name and measured == 1 else one.id[:_SHORT]
