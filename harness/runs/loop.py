"""Cycles: prepare, train, evaluate, compare; and, for `refine`, propose until nobody has more to propose."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from harness.baselines.naming import Pointed
from harness.comparison.records import Comparison, Decision
from harness.comparison.statistics.paired import ALPHA
from harness.errors import ExitCode, HarnessError, UsageError
from harness.evaluation.records import Evaluation
from harness.host.blame import fitting, label
from harness.host.building import Built
from harness.protocols import Refiner
from harness.runs.assembly.built import BuiltModel, BuiltRecipe, BuiltSuite
from harness.runs.models import Models
from harness.runs.recipe import Recipe, patched
from harness.runs.records import Outcome
from harness.runs.rehearsal import rehearse
from harness.runs.session import Session
from harness.runs.steps.comparing import compare_suites
from harness.runs.steps.confirming import confirm_loss
from harness.runs.steps.evaluating import evaluate_suite
from harness.runs.steps.gating import gating
from harness.runs.steps.preparing import prepare_data
from harness.runs.steps.training import checkpoint_at_fault, train_model
from harness.suites.tiers import select
from harness.types import Cycle, CycleFinished, History, Proposal

_log = logging.getLogger("harness")
Rebuild = Callable[[Recipe], BuiltRecipe]


def run_once(session: Session, built: BuiltRecipe, baselines: Mapping[str, Pointed] | None = None) -> Outcome:
    """One cycle: train on the recipe's data and compare with the baselines, or with the model it started from.

    `baselines` holds what to compare with by suite; a suite without one is compared with the starting model.
    """
    data = prepare_data(session, built)
    _, candidate = train_model(session, built, data)
    with Models(session) as models:
        before = dict(baselines or {})
        for suite in built.suites:
            if suite.suite.name not in before:
                before[suite.suite.name] = Pointed(evaluate_suite(session, models, built.model, suite))
        with checkpoint_at_fault(built):
            after = {one.suite.name: evaluate_suite(session, models, candidate, one) for one in built.suites}
        comparisons, decision = _gated(session, models, built, built.suites, before, after, candidate)
    cycle = _cycle(1, {}, comparisons, decision.code == ExitCode.PASS)
    session.journal.cycle(session.run, cycle)
    session.notify("cycle_finished", CycleFinished(session.run, session.folder, cycle))
    return Outcome(session.run, comparisons, decision)


def refine(session: Session, built: BuiltRecipe, refiner: Built, cycles: int, rebuild: Rebuild) -> Outcome:
    """Train and judge one proposal a cycle on the dev tier; measure the winner once on the gate tier.

    A proposal replaces the incumbent only if a primary metric improved by a one-sided paired test at alpha / `cycles`
    (Bonferroni: alpha is spent evenly over the planned looks) and nothing that gates regressed. The winner passes only
    if a primary metric improved on the gate tier, too: the best of several looks better than it is where it was picked.
    """
    dev = [on_tier(suite, "dev") for suite in built.suites]
    rehearse(built, [*dev, *built.suites], session.stage)
    with Models(session) as models:
        incumbent = built.model
        standing = {one.suite.name: evaluate_suite(session, models, incumbent, one) for one in dev}
        history = History(recipe=built.recipe.record(), planned=cycles, seed=built.recipe.seed)
        for number in range(1, cycles + 1):
            proposal = _propose(session, refiner, history)
            if proposal is None:
                break
            try:
                changed = _changed(refiner, built, proposal, rebuild)
                _, candidate = train_model(session, changed, prepare_data(session, changed))
            except HarnessError as error:
                # A setting that cannot be trained is an answer, too: the others are still to be tried.
                _log.warning("cycle %d: %s", number, error)
                cycle = Cycle(number, dict(proposal.recipe_patch), {}, {}, accepted=False, reason=str(error))
            else:
                with checkpoint_at_fault(changed):
                    figures = {one.suite.name: evaluate_suite(session, models, candidate, one) for one in dev}
                comparisons, decision = compare_suites(
                    session, dev, standing, figures, alpha=ALPHA / cycles, keep=False
                )
                cycle = _cycle(number, proposal.recipe_patch, comparisons, _is_better(comparisons, decision))
                if cycle.accepted:
                    incumbent, standing = candidate, figures
            session.journal.cycle(session.run, cycle)
            session.notify("cycle_finished", CycleFinished(session.run, session.folder, cycle))
            history = replace(history, cycles=(*history.cycles, cycle))
        return _final(session, models, built, incumbent, len(history.cycles))


def check_tiers(suites: Sequence[BuiltSuite]) -> None:
    """UsageError unless every suite has cases for the cycles and others for the end."""
    for suite in suites:
        for tier in ("dev", "gate"):
            on_tier(suite, tier)


def on_tier(built: BuiltSuite, tier: str) -> BuiltSuite:
    """The suite on another tier, of the same frozen size; UsageError when it has none."""
    if tier not in built.tier_of.values():
        raise UsageError(
            f"suite {built.suite.name!r}: has no {tier} tier to refine on; add `tiers: {{dev: 0.5, gate: 0.5}}` to it, "
            "so that what is looked at in every cycle is not what decides at the end"
        )
    _, _, limit = built.selection.partition(":")
    selection = f"{tier}:{limit}" if limit else tier
    if not select(built.suite, selection):
        raise UsageError(f"suite {built.suite.name!r}: no case is in {selection!r}")
    return replace(built, selection=selection)


def _propose(session: Session, refiner: Built, history: History) -> Proposal | None:
    instance: Refiner = refiner.instance
    with session.at_work(refiner, "refiner", "propose"):
        proposal = instance.propose(history)
        if proposal is not None:
            fitting(proposal, Proposal)
        return proposal


def _changed(refiner: Built, built: BuiltRecipe, proposal: Proposal, rebuild: Rebuild) -> BuiltRecipe:
    """The recipe that the proposal asks for; UsageError, which names the refiner, where there is no such setting."""
    place = label(refiner, "refiner", "propose")
    if proposal.data_patch:
        raise UsageError(f"{place}: gave a change of the data, which `harness refine` does not apply")
    try:
        return rebuild(patched(built.recipe, proposal.recipe_patch))
    except UsageError as error:
        raise UsageError(f"{place}: {error}") from error


def _final(session: Session, models: Models, built: BuiltRecipe, winner: BuiltModel, tried: int) -> Outcome:
    gate = [on_tier(suite, "gate") for suite in built.suites]
    if winner.identity == built.model.identity:
        reason = f"none of {tried} proposals was shown to be better on the dev tier; the model stays as it was"
        decision = Decision(ExitCode.INCONCLUSIVE, (ExitCode.INCONCLUSIVE,), (reason,))
        session.journal.decision(session.run, decision)
        return Outcome(session.run, (), decision)
    before = {one.suite.name: Pointed(evaluate_suite(session, models, built.model, one)) for one in gate}
    with checkpoint_at_fault(built):
        after = {one.suite.name: evaluate_suite(session, models, winner, one) for one in gate}
    return Outcome(session.run, *_gated(session, models, built, gate, before, after, winner, picked=True))


def _gated(
    session: Session,
    models: Models,
    built: BuiltRecipe,
    suites: Sequence[BuiltSuite],
    before: Mapping[str, Pointed],
    after: Mapping[str, Evaluation],
    candidate: BuiltModel,
    *,
    picked: bool = False,
) -> tuple[tuple[Comparison, ...], Decision]:
    """The comparisons and the decision as a gate has them; a loss on drawn replies is looked at again."""
    sides = gating(session.store, suites, before, after, run=session.run)
    settings = {"policy": built.recipe.policy, "picked": picked, **sides.settings}
    given = (sides.suites, sides.baselines, sides.candidates)
    if sides.fresh:  # only part of a suite is compared, and an evaluation is never of a part
        return compare_suites(session, *given, **settings)
    return confirm_loss(session, models, *given, built.model, candidate, **settings)


def _is_better(comparisons: Sequence[Comparison], decision: Decision) -> bool:
    verdicts = [metric.verdict for one in comparisons for metric in one.metrics if metric.role == "primary"]
    blocking = {ExitCode.REGRESSED, ExitCode.INCOMPLETE, ExitCode.NO_BASELINE}
    return "improved" in verdicts and not blocking & set(decision.codes)


def _cycle(number: int, patch: Mapping[str, object], comparisons: Sequence[Comparison], accepted: bool) -> Cycle:
    metrics = {f"{one.suite}/{metric.metric}": metric for one in comparisons for metric in one.metrics}
    return Cycle(
        number=number,
        patch=dict(patch),
        values={name: metric.candidate for name, metric in metrics.items() if metric.candidate is not None},
        verdicts={name: metric.verdict for name, metric in metrics.items()},
        accepted=accepted,
    )
