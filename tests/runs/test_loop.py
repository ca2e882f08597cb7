from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness import hookimpl, open_workspace
from harness.errors import ExitCode, UsageError
from harness.host.building import Built
from harness.host.records import PluginInfo
from harness.runs.assembly.build import build_recipe
from harness.runs.assembly.built import BuiltRecipe
from harness.runs.loop import on_tier, refine, run_once
from harness.runs.recipe import load_recipe
from harness.runs.records import Outcome
from harness.testing import fakes
from harness.types import CycleFinished, History, Proposal

if TYPE_CHECKING:
    from tests.conftest import Project

TIERS = {"dev": 0.5, "gate": 0.5}


class Listener:
    """A plugin that keeps what it is told."""

    def __init__(self) -> None:
        self.cycles: list[CycleFinished] = []

    @hookimpl
    def cycle_finished(self, event: CycleFinished) -> None:
        self.cycles.append(event)


class Tries:
    """Proposes one patch after the other and keeps the histories it saw."""

    def __init__(self, *patches: dict[str, Any]) -> None:
        self.patches, self.seen = patches, list[History]()

    def propose(self, history: History) -> Proposal | None:
        self.seen.append(history)
        tried = len(history.cycles)
        return Proposal(self.patches[tried]) if tried < len(self.patches) else None


class Loop:
    """The project's recipe at work, with a listener."""

    def __init__(self, project: Project) -> None:
        self.listener = Listener()
        self.workspace = open_workspace(project.folder)
        self.workspace.host.add(fakes, PluginInfo("fakes", "fakes.py"))
        self.workspace.host.add(self.listener, PluginInfo("listener", "here"))

    def built(self, recipe: Any = None) -> BuiltRecipe:
        place, recipe = self.workspace, recipe or load_recipe(Path("recipe.yaml"))
        return build_recipe(place.host, recipe, "recipe.yaml", place.store)

    def refine(self, refiner: Tries | Gives, cycles: int) -> Outcome:
        with self.workspace.session("run", "refine", {}) as session:
            used = Built(
                refiner, type(refiner).__name__.lower(), {}, plugin="here", distribution="", version="", code=""
            )
            return refine(session, self.built(), used, cycles, self.built)

    def run(self) -> Outcome:
        with self.workspace.session("run", "run", {}) as session:
            return run_once(session, self.built())


def learns(project: Project, *wrong: int) -> Sequence[dict[str, Any]]:
    return [{"trainer.learns": project.replies(wrong=number)} for number in wrong]


def test_one_cycle_compares_with_the_model_it_started_from_and_says_so(project: Project) -> None:
    loop = Loop(project)
    outcome = loop.run()
    (comparison,) = outcome.comparisons
    assert (comparison.baseline.model.adapter, outcome.decision.code) == (None, ExitCode.PASS)
    (event,) = loop.listener.cycles
    assert (event.cycle.values, event.cycle.verdicts) == ({"teams/accuracy": 0.9}, {"teams/accuracy": "improved"})


def test_each_proposal_meets_the_incumbent_and_the_refiner_sees_what_came_of_it(project: Project) -> None:
    project.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}], tiers=TIERS)
    refiner, loop = Tries(*learns(project, 4, 58)), Loop(project)
    outcome = loop.refine(refiner, cycles=4)
    history = refiner.seen[-1]
    assert [cycle.accepted for cycle in history.cycles] == [True, False]
    assert history.cycles[1].verdicts == {"teams/accuracy": "regressed"}  # against the first proposal
    assert (history.planned, len(loop.listener.cycles)) == (4, 2)
    assert outcome.decision.code == ExitCode.PASS


def test_the_more_cycles_are_planned_the_more_a_gain_has_to_show(project: Project) -> None:
    project.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}], tiers=TIERS)
    accepted = []
    for cycles in (2, 50):
        refiner = Tries(*learns(project, 19))
        Loop(project).refine(refiner, cycles=cycles)
        accepted += [cycle.accepted for cycle in refiner.seen[-1].cycles]
    assert accepted == [True, False]


def gaining(project: Project, tier: str, elsewhere: int) -> dict[str, Any]:
    """A training that ends with right answers on the tier, and with the first `elsewhere` wrong on the other."""
    (suite,) = Loop(project).built().suites
    inside = {case.prompt[-1].content for case in suite.suite.cases if suite.tier_of[case.content] == tier}
    right, other = project.replies(), project.replies(wrong=elsewhere)
    return {"trainer.learns": {question: (right if question in inside else other)[question] for question in right}}


@pytest.mark.parametrize(
    ("elsewhere", "verdict", "code", "codes"),
    [
        (30, "inconclusive", 3, (3,)),
        (27, "inconclusive", 3, (3,)),
        (60, "regressed", 1, (1, 3)),
        (0, "improved", 0, (0,)),
    ],
)
def test_a_winner_whose_gain_is_gone_on_the_gate_tier_does_not_pass(
    project: Project, elsewhere: int, verdict: str, code: int, codes: tuple[int, ...]
) -> None:
    project.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}], tiers=TIERS)
    loop = Loop(project)
    outcome = loop.refine(Tries(gaining(project, "dev", elsewhere)), cycles=1)
    assert loop.listener.cycles[0].cycle.accepted
    assert outcome.comparisons[0].metrics[0].verdict == verdict
    assert (outcome.decision.code, outcome.decision.codes) == (code, codes)
    assert ("the gain that this model was picked for is not shown" in " ".join(outcome.decision.reasons)) == (
        3 in codes
    )


def test_a_gain_that_comes_with_a_regression_elsewhere_is_not_kept(project: Project) -> None:
    metrics = [{"use": "accuracy", "role": "primary"}]
    project.suite("teams", metrics=metrics, tiers=TIERS)
    cases = (project.folder / "suites/cases.jsonl").read_text()
    for team, other in [("billing", "#"), ("returns", "billing"), ("delivery", "returns"), ("#", "delivery")]:
        cases = cases.replace(team, other)
    project.write("suites/turned.jsonl", cases)
    project.suite("turned", cases="turned.jsonl", metrics=metrics, tiers=TIERS)
    project.recipe(suites=["teams", "turned"])
    refiner = Tries(*learns(project, 0))
    outcome = Loop(project).refine(refiner, cycles=2)
    (cycle,) = refiner.seen[-1].cycles
    assert cycle.verdicts == {"teams/accuracy": "improved", "turned/accuracy": "regressed"}
    assert (cycle.accepted, outcome.decision.code) == (False, ExitCode.INCONCLUSIVE)


class Gives:
    """Proposes what it is given, one after the other."""

    def __init__(self, *proposals: Proposal) -> None:
        self.proposals = proposals

    def propose(self, history: History) -> Proposal | None:
        tried = len(history.cycles)
        return self.proposals[tried] if tried < len(self.proposals) else None


def test_a_proposal_that_does_not_fit_the_recipe_is_rejected_and_the_next_one_tried(project: Project) -> None:
    project.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}], tiers=TIERS)
    patches = ({"trainer.stpes": 2}, {"trainer.steps": 0}, {"trianer.steps": 2}, {"suites": []})
    (good,) = learns(project, 4)
    loop = Loop(project)
    refiner = Gives(Proposal(data_patch={"drop": ["a"]}), *map(Proposal, patches), Proposal(good))
    outcome = loop.refine(refiner, cycles=6)
    cycles = [event.cycle for event in loop.listener.cycles]
    assert [cycle.accepted for cycle in cycles] == [False] * 5 + [True]
    assert outcome.decision.code == ExitCode.PASS
    wrong = ("a change of the data", "unknown option 'stpes'", "steps must be 1", "no 'trianer'", "at least 1 item")
    for cycle, said in zip(cycles, wrong, strict=False):
        assert cycle.reason.startswith("plugin here: refiner 'gives': propose: ")
        assert said in cycle.reason


def test_a_proposal_that_cannot_be_trained_is_rejected_and_the_next_one_tried(project: Project) -> None:
    project.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}], tiers=TIERS)
    refiner, loop = Tries({"trainer.fail_on": "e"}, *learns(project, 4)), Loop(project)
    outcome = loop.refine(refiner, cycles=2)
    first, second = (event.cycle for event in loop.listener.cycles)
    assert (first.accepted, second.accepted, outcome.decision.code) == (False, True, ExitCode.PASS)
    assert "'fake'" in first.reason


def test_a_tier_keeps_the_frozen_size_of_the_selection(project: Project) -> None:
    project.suite("teams", metrics=["accuracy"], tiers=TIERS)
    project.recipe(suites=[{"use": "teams", "limit": 10}])
    (suite,) = Loop(project).built().suites
    assert (on_tier(suite, "dev").selection, len(on_tier(suite, "dev").cases)) == ("dev:10", 10)
    with pytest.raises(UsageError, match="has no vault tier"):
        on_tier(suite, "vault")
