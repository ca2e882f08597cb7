"""What `evaluate`, `compare` and `gate` share: suites, evaluations and the judgement on two of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from harness.baselines.naming import Pointed
from harness.cli.invocation import Invocation
from harness.comparison.gate import is_measured
from harness.comparison.records import Decision, EvaluationResult
from harness.documents.regular_files import file_hash
from harness.errors import ExitCode, HarnessError, UsageError
from harness.evaluation.records import Evaluation
from harness.evaluation.requests import ask, requests
from harness.host.blame import blamed
from harness.host.host import PluginHost
from harness.protocols import ExplainsPlan
from harness.runs.assembly.build import built_model, built_suite
from harness.runs.assembly.built import BuiltSuite
from harness.runs.assembly.checks import check_lengths
from harness.runs.assembly.refusals import warn_of_prompts
from harness.runs.assembly.suites import find_suite
from harness.runs.models import Models
from harness.runs.recipe import ModelSpec
from harness.runs.steps.comparing import compared, measured
from harness.runs.steps.evaluating import evaluated, recorded, unanswered
from harness.runs.steps.gating import gating
from harness.store.journal.values import now
from harness.store.rows.comparison_rows import decision_record
from harness.store.store import Store
from harness.suites.recorded import load_recorded
from harness.types import OpenRequest


@dataclass(frozen=True, slots=True)
class Measurement:
    """What an evaluation of one or more suites ends with."""

    run: str
    results: tuple[EvaluationResult, ...]

    @property
    def code(self) -> ExitCode:
        """PASS only when everything that was asked for is measured."""
        whole = all(is_measured(one.metrics, one.checks) for one in self.results)
        return ExitCode.PASS if whole else ExitCode.INCOMPLETE


def suites_of(
    invocation: Invocation, host: PluginHost, names: Sequence[str] | None, selection: str
) -> list[BuiltSuite]:
    """The named suites, built and checked; UsageError where none is named."""
    if not names:
        raise UsageError("--suite NAME is missing; see `harness suites list`")
    return [built_suite(host, find_suite(host, name, Path.cwd(), invocation.store), selection) for name in names]


def evaluate_model(
    invocation: Invocation,
    host: PluginHost,
    label: str,
    request: Mapping[str, Any],
    spec: ModelSpec,
    suites: Sequence[BuiltSuite],
    name: str | None,
) -> Measurement:
    """Measure a model on the suites, with progress; what is stored already is not asked again."""
    built = built_model(host, spec, Path.cwd(), f"model {spec.reference!r}")
    for suite in unanswered(invocation.store, built, suites):
        check_lengths(built, suite)
        warn_of_prompts(built, suite)
    with invocation.session(host, label, request) as session, Models(session) as models:
        found = tuple(evaluated(session, models, built, suite, name) for suite in suites)
        results = tuple(measured(session, suite, one) for suite, one in zip(suites, found, strict=True))
        measurement = Measurement(session.run, results)
        session.code = measurement.code
    return measurement


def explained(host: PluginHost, spec: ModelSpec, suites: Sequence[BuiltSuite]) -> Iterator[str]:
    """How the model would be asked all of each suite, a line a step; UsageError where its backend cannot say."""
    model = built_model(host, spec, Path.cwd(), f"model {spec.reference!r}")
    backend = model.backend.instance
    if not isinstance(backend, ExplainsPlan):
        raise UsageError(f"evaluate: --explain-plan: backend {model.backend.use!r} plans nothing that it could explain")
    for suite in suites:
        yield f"{suite.suite.name}: {len(suite.cases):,} cases"
        asked = ask(suite.cases, suite.kinds, suite.generation, model.identity)
        with blamed(model.backend, "backend", "explain"):
            yield from backend.explain(OpenRequest(model.reference), requests(asked, ()))


def evaluate_recorded(
    invocation: Invocation,
    host: PluginHost,
    label: str,
    request: Mapping[str, Any],
    file: Path,
    suites: Sequence[BuiltSuite],
    name: str | None,
) -> Measurement:
    """Measure recorded answers; each file belongs to one suite, whose case ids it names."""
    if len(suites) != 1:
        raise UsageError("--predictions: needs exactly one --suite, whose case ids the file names")
    samples = suites[0].suite.generation.samples
    if samples > 1:
        said = f"{suites[0].suite.name!r} draws {samples} replies a case, a file of recorded answers holds one"
        raise UsageError(f"--predictions: {said}; set generation.samples to 1")
    answers = load_recorded(file, suites[0].suite.cases)
    with invocation.session(host, label, {**request, "content": file_hash(file)}) as session:
        one = recorded(session, suites[0], answers, file, file_hash(file), name)
        measurement = Measurement(session.run, (measured(session, suites[0], one),))
        session.code = measurement.code
    return measurement


def judge(
    invocation: Invocation,
    host: PluginHost,
    label: str,
    baselines: Mapping[str, Pointed],
    candidates: Mapping[str, Evaluation],
    *,
    suites: Sequence[BuiltSuite] | None = None,
    policy: Any = "default",
    looks: int = 1,
    exactly: bool = False,
    as_json: bool = False,
) -> int:
    """Compare, store the decision, show the report and return the gate's exit code.

    `exactly` these evaluations, without the anchor and on all their cases; `looks` as `gating` takes it.
    """
    from harness.report.query.build import run_report

    if suites is None:
        suites = [one for name in candidates for one in suites_of(invocation, host, [name], candidates[name].selection)]
    built = [replace(one, selection=candidates[one.suite.name].selection) for one in suites]
    request = {name: [baselines[name].evaluation.id, candidates[name].id] for name in baselines}
    with invocation.session(host, label, {**request, "policy": policy, "looks": looks}) as session:
        sides = gating(session.store, built, baselines, candidates, run=session.run, looks=looks, exactly=exactly)
        _, decision = compared(
            session, sides.suites, sides.baselines, sides.candidates, policy=policy, **sides.settings
        )
    invocation.show(run_report(invocation.store, session.run), as_json)
    return int(decision.code)


def refuse(invocation: Invocation, host: PluginHost, label: str, error: HarnessError) -> NoReturn:
    """Raise the error, after a run that says so: the latest report must not be that of a gate before this one."""
    with invocation.session(host, label, {"refused": str(error), "at": now()}) as session:
        decision = Decision(error.exit_code, (error.exit_code,), (str(error),))
        session.journal.add("decisions", [{"run": session.run, "at": now(), "body": decision_record(decision)}])
        raise error


def newest(store: Store, suite: str, baseline: Evaluation) -> Evaluation:
    """The evaluation of the suite that was measured last; UsageError where that is the baseline itself."""
    last = next((one for one in store.evaluations(suite=suite) if one.state == "complete"), None)
    if last is not None and last.id != baseline.id:
        return last
    raise UsageError(
        f"gate: what was measured last on {suite!r} is the baseline itself; run `harness evaluate MODEL --suite "
        f"{suite}` first, or say which with --candidate or --predictions"
    )
