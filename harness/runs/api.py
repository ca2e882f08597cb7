"""What commands, scripts and notebooks call: each verb takes a workspace first and gives a record back.

A relative path, be it of a suite, a recipe, a model, recorded answers or an exported baseline, is looked for in the
workspace's folder. Errors are `HarnessError`s of `harness.errors`, and their messages say what would work: `UsageError`
for wrong input, `PluginError` for what a plugin does wrong, `StoreError` for a store that cannot be used.
A verdict is no error: it is in what is given back. What is stored already is not measured again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import ExitCode, HarnessError, NoBaselineError, UsageError
from harness.runs.project import OpenProject
from harness.runs.records import Calibration, Measurement, Outcome

if TYPE_CHECKING:
    from harness.evaluation.records import Evaluation
    from harness.runs.assembled import Assembled
    from harness.runs.assembly.built import BuiltModel, BuiltSuite
    from harness.runs.recipe import Recipe
    from harness.runs.rehearsal import Rehearsal
    from harness.runs.session import Session

_POLICIES = ("default", "strict", "lenient")


def evaluate(
    workspace: OpenProject,
    model: str | None = None,
    suites: str | Sequence[str] = (),
    *,
    predictions: str | Path | None = None,
    adapter: str | None = None,
    options: Sequence[str] = (),
    name: str | None = None,
    tier: str = "gate",
) -> Measurement:
    """Measure a model, or recorded answers, on suites.

    `model`: a folder, a hub name, an alias or BACKEND:REFERENCE; or `predictions`: a file of recorded answers to one
    suite. `suites`: a name or path, or several. `adapter`: a LoRA adapter's folder. `options`: KEY=VALUE for the
    backend. `name`: what the evaluations can be addressed by. `tier`: dev, gate, vault or all; gate:100 takes a frozen
    100 cases.
    """
    from harness.runs.steps.evaluating import evaluate_suite, unanswered_suites

    if (model is None) == (predictions is None):
        raise UsageError("evaluate: give a MODEL or --predictions FILE, one of the two")
    names = [suites] if isinstance(suites, str) else list(suites)
    built = _suites(workspace, names, tier)
    subject = model if model is not None else f"--predictions {predictions}"
    label = " ".join(["evaluate", str(subject), *(f"--suite {one}" for one in names)])
    request: dict[str, Any] = {"model": model, "adapter": adapter, "predictions": str(predictions)}
    request |= {"suites": names, "tier": tier}
    if predictions is not None:
        return _evaluate_recorded(workspace, label, request, predictions, built, name)
    from harness.runs.models import Models

    opened = workspace.model(str(model), adapter, options)
    _look_first(opened, unanswered_suites(workspace.store, opened, built))
    request |= {"options": list(options) or None}
    with workspace.session("evaluate", label, request) as session, Models(session) as models:
        return _measurement(session, built, [evaluate_suite(session, models, opened, suite, name) for suite in built])


def explain_plan(
    workspace: OpenProject,
    model: str,
    suites: Sequence[str],
    *,
    adapter: str | None = None,
    options: Sequence[str] = (),
    tier: str = "gate",
) -> Iterator[str]:
    """How the model would be asked all of each suite, a line a step; UsageError where its backend cannot say."""
    from harness.evaluation.requests import ask, requests
    from harness.host.blame import blamed
    from harness.protocols import ExplainsPlan
    from harness.types import OpenRequest

    built = _suites(workspace, suites, tier)
    opened = workspace.model(model, adapter, options)
    backend = opened.backend.instance
    if not isinstance(backend, ExplainsPlan):
        said = f"backend {opened.backend.use!r} plans nothing that it could explain"
        raise UsageError(f"evaluate: --explain-plan: {said}")
    for suite in built:
        yield f"{suite.suite.name}: {len(suite.cases):,} cases"
        asked = ask(suite.cases, suite.kinds, suite.generation, opened.identity)
        with blamed(opened.backend, "backend", "explain"):
            yield from backend.explain(OpenRequest(opened.reference), requests(asked, ()))


def compare(workspace: OpenProject, baseline: str, candidate: str) -> Outcome:
    """Compare two stored evaluations of one suite, as they are: without the anchor, on all their cases.

    Each is an evaluation's id, unique prefix or name. Raises NoBaselineError where they measured different suites.
    """
    from harness.baselines.naming import Pointed
    from harness.runs.judging import judge

    with workspace.store.reader() as store:  # opening the store costs more than a question
        before, after = store.evaluation(baseline), store.evaluation(candidate)
    if before.suite != after.suite:
        raise NoBaselineError(f"{baseline} measured {before.suite!r}, {candidate} measured {after.suite!r}")
    label, built = f"compare {baseline} {candidate}", workspace.suite(after.suite, after.selection)
    return judge(workspace, "compare", label, built, Pointed(before), after, exactly=True)


def gate(
    workspace: OpenProject,
    suite: str,
    baseline: str,
    *,
    candidate: str | None = None,
    predictions: str | Path | None = None,
    tier: str | None = None,
    policy: str = "default",
    looks: int = 1,
) -> Outcome:
    """Decide whether the candidate may pass; the decision is stored.

    `baseline`: a baseline's name, an evaluation or an exported file. `candidate`: an evaluation, or `predictions`: a
    file of recorded answers, read on `tier`; without either the newest evaluation of the suite. `policy` on what is
    inconclusive: default, strict or lenient. `looks=2`: more cases may follow if these cannot tell. Raises
    NoBaselineError where there is nothing to compare with; a run that says so is stored, too.
    """
    from harness.runs.judging import candidate_of, judge, refuse

    if candidate is not None and predictions is not None:
        raise UsageError("gate: give --candidate or --predictions, not both")
    if tier is not None and predictions is None:
        raise UsageError("--tier: is for --predictions; an evaluation has been measured on its own cases")
    if policy not in _POLICIES:
        raise UsageError(f"--policy {policy!r}: is no policy; there are default, strict and lenient")
    if looks not in (1, 2):
        raise UsageError(f"--looks {looks}: is no number of looks; there are 1 and 2")
    label = f"gate --suite {suite} --baseline {baseline}"
    try:
        built = _suites(workspace, [suite], tier or "gate")[0]
        before = workspace.baseline(baseline, built.suite.name)
        if predictions is not None:
            request = {"predictions": str(predictions), "suite": suite, "tier": tier or "gate"}
            found = _evaluate_recorded(workspace, f"evaluate {predictions}", request, predictions, [built], None)
            after = found.results[0].evaluation
        else:
            after = candidate_of(workspace.store, candidate, built.suite.name, before.evaluation)
    except HarnessError as error:
        refuse(workspace, label, error)
    return judge(workspace, "gate", label, built, before, after, policy=policy, looks=looks)


def run(
    workspace: OpenProject,
    recipe: str | Path,
    changes: Mapping[str, Any] | None = None,
    *,
    baseline: str | None = None,
) -> Outcome:
    """Clean, train, evaluate, compare and gate: one cycle of a recipe.

    `recipe`: its file. `changes` sets dotted keys of it: `{"trainer.learning_rate": 1e-4}`. `baseline`: a baseline's
    name, an evaluation or an exported file to compare with instead of the model that training starts from. The
    candidate's evaluations are in the comparisons.
    """
    from harness.runs.recipe import load_recipe, patched

    loaded = load_recipe(workspace.path(recipe))
    return run_recipe(
        workspace, patched(loaded, changes) if changes else loaded, str(recipe), f"run {recipe}", baseline
    )


def run_recipe(workspace: OpenProject, recipe: Recipe, file: str, label: str, baseline: str | None = None) -> Outcome:
    """`run` of a recipe that is loaded already; the run is stored under the label."""
    from harness.runs.assembled import assemble
    from harness.runs.loop import run_once

    ready = assemble(workspace, recipe, file)
    names = [one.suite.name for one in ready.built.suites]
    baselines = {} if baseline is None else {name: workspace.baseline(baseline, name) for name in names}
    with ready.project.session("run", label, recipe.record()) as session:
        return run_once(session, ready.built, baselines)


def refine(workspace: OpenProject, recipe: str | Path, *, cycles: int = 5) -> Outcome:
    """Try the proposals of the recipe's refiner on the dev tier, then measure the winner once on the gate tier.

    `recipe`: its file, which has a `refiner:`. `cycles`: the most proposals to try; alpha is spent over them.
    """
    from harness.runs.recipe import load_recipe

    return refine_recipe(workspace, load_recipe(workspace.path(recipe)), str(recipe), cycles)


def refine_recipe(workspace: OpenProject, recipe: Recipe, file: str, cycles: int) -> Outcome:
    """`refine` of a recipe that is loaded already."""
    from harness.runs import loop
    from harness.runs.assembled import assemble_refining

    if cycles < 1:
        raise UsageError(f"refine: {cycles} cycles are none; give 1 or more")
    ready = assemble_refining(workspace, recipe, file)
    assert ready.refiner is not None  # the recipe has one
    with ready.project.session("refine", f"refine {file} --cycles {cycles}", recipe.record()) as session:
        return loop.refine(session, ready.built, ready.refiner, cycles, ready.rebuild)


def rehearse(
    workspace: OpenProject, recipe: Recipe, file: str, *, refines: bool = False
) -> tuple[Assembled, Rehearsal]:
    """Check all of a recipe that needs no model: the recipe at work, and what becomes of its rows."""
    from harness.runs import rehearsal
    from harness.runs.assembled import assemble, assemble_refining
    from harness.runs.loop import on_tier

    ready = (assemble_refining if refines else assemble)(workspace, recipe, file)
    suites = ready.built.suites
    dev = [on_tier(suite, "dev") for suite in suites] if refines else []
    return ready, rehearsal.rehearse(ready.built, [*suites, *dev], workspace.stage)


def calibrate(
    workspace: OpenProject,
    model: str,
    suites: Sequence[str],
    *,
    times: int = 5,
    adapter: str | None = None,
    options: Sequence[str] = (),
    tier: str = "gate",
) -> Calibration:
    """Measure one model `times` times: how much each metric moves on this machine when nothing has changed."""
    from harness.runs.planning.margins import below_noise
    from harness.runs.steps.calibrating import calibrate_suite

    built = _suites(workspace, suites, tier)
    opened = workspace.model(model, adapter, options)
    _look_first(opened, built)
    label = " ".join(["calibrate", model, *(f"--suite {one}" for one in suites), f"--times {times}"])
    request = {"model": model, "adapter": adapter, "suites": list(suites), "tier": tier, "times": times}
    with workspace.session("calibrate", label, {**request, "options": list(options) or None}) as session:
        noises = tuple(noise for one in built for noise in calibrate_suite(session, opened, one, times))
        complete = len(noises) == sum(len(one.metrics) for one in built)
        session.code = ExitCode.PASS if complete else ExitCode.INCOMPLETE
    warnings = tuple(said for one in built for said in below_noise(workspace.store, one))
    return Calibration(session.run, noises, warnings, session.code)


def _suites(workspace: OpenProject, names: Sequence[str], selection: str) -> list[BuiltSuite]:
    """The named suites, built and checked; UsageError where none is named."""
    if not names:
        raise UsageError("--suite NAME is missing; see `harness suites list`")
    return [workspace.suite(name, selection) for name in names]


def _look_first(model: BuiltModel, suites: Sequence[BuiltSuite]) -> None:
    """What can be said of the suites' prompts before the model is opened; UsageError where one cannot be asked."""
    from harness.runs.assembly.checks import check_lengths
    from harness.runs.assembly.refusals import warn_of_prompts

    for suite in suites:
        check_lengths(model, suite)
        warn_of_prompts(model, suite)


def _evaluate_recorded(
    workspace: OpenProject,
    label: str,
    request: Mapping[str, Any],
    file: str | Path,
    suites: Sequence[BuiltSuite],
    name: str | None,
) -> Measurement:
    """Measure recorded answers; each file belongs to one suite, whose case ids it names."""
    from harness.documents.regular_files import file_hash
    from harness.runs.steps.evaluating import evaluate_answers
    from harness.suites.recorded import load_recorded_answers

    if len(suites) != 1:
        raise UsageError("--predictions: needs exactly one --suite, whose case ids the file names")
    (suite,) = suites
    samples = suite.suite.generation.samples
    if samples > 1:
        said = f"{suite.suite.name!r} draws {samples} replies a case, a file of recorded answers holds one"
        raise UsageError(f"--predictions: {said}; set generation.samples to 1")
    path = workspace.path(file)
    answers = load_recorded_answers(path, suite.suite.cases)
    content = file_hash(path)
    with workspace.session("evaluate", label, {**request, "content": content}) as session:
        return _measurement(session, suites, [evaluate_answers(session, suite, answers, path, content, name)])


def _measurement(session: Session, suites: Sequence[BuiltSuite], found: Sequence[Evaluation]) -> Measurement:
    """The figures of the evaluations, stored; the session ends with their code."""
    from harness.comparison.gate import is_measured
    from harness.runs.steps.comparing import figures_of

    results = tuple(figures_of(session, suite, one) for suite, one in zip(suites, found, strict=True))
    whole = all(is_measured(one.metrics, one.checks) for one in results)
    session.code = ExitCode.PASS if whole else ExitCode.INCOMPLETE
    return Measurement(session.run, results, session.code)
