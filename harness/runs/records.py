"""What the verbs of `harness.runs.api` give back."""

from __future__ import annotations

from dataclasses import dataclass

from harness.comparison.records import Comparison, Decision, EvaluationResult, Noise
from harness.errors import ExitCode


@dataclass(frozen=True, slots=True)
class Measurement:
    """What an evaluation of one or more suites ends with: a result a suite, in their order.

    `code` is PASS only when everything that was asked for is measured, else INCOMPLETE. `run` addresses the report.
    """

    run: str
    results: tuple[EvaluationResult, ...]
    code: ExitCode


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a comparison, a gate, a run or a refinement ends with.

    `comparisons` holds one a suite and baseline; `decision` the exit code and the reasons. `run` addresses the report.
    """

    run: str
    comparisons: tuple[Comparison, ...]
    decision: Decision

    @property
    def code(self) -> ExitCode:
        """The exit code that a command would end with; PASS where nothing that gates got worse."""
        return self.decision.code


@dataclass(frozen=True, slots=True)
class Calibration:
    """How much each metric moves when nothing has changed; `warnings` names margins below that.

    `code` is INCOMPLETE where a metric could not be measured.
    """

    run: str
    noises: tuple[Noise, ...]
    warnings: tuple[str, ...]
    code: ExitCode
