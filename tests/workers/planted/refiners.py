"""Faults of refiners."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from harness.testing import RefinerContract as Rules
from harness.types import History, Proposal
from planted.sound import CountDown, CountDownKnown, Stuck
from planted.table import Planted, row


class GivesNoGrounds(CountDown):
    def propose(self, history: History) -> Proposal | None:
        proposal = super().propose(history)
        return proposal and replace(proposal, reason="")


class ProposesInfinity(CountDown):
    def propose(self, history: History) -> Proposal | None:
        proposal = super().propose(history)
        return proposal and replace(proposal, recipe_patch={**proposal.recipe_patch, "limit": math.inf})


class Insists(CountDown):
    def propose(self, history: History) -> Proposal | None:
        return Proposal({"seed": 1}, reason="again")


class CountsItsProposals(CountDown):
    def __init__(self) -> None:
        self.left = 4

    def propose(self, history: History) -> Proposal | None:
        self.left -= 1
        return Proposal({"trainer.steps": self.left}, reason="fewer steps") if self.left else None


class WritesHistory(CountDown):
    def propose(self, history: History) -> Proposal | None:
        history.recipe["seen"] = True  # type: ignore[index]
        return super().propose(history)


class NumbersItsReasons(CountDown):
    builds = itertools.count()

    def __init__(self) -> None:
        self.build = next(self.builds)

    def propose(self, history: History) -> Proposal | None:
        proposal = super().propose(history)
        return proposal and replace(proposal, reason=f"reason {self.build}")


class ReasonsThatAreStuck(CountDown):
    def propose(self, history: History) -> Proposal | None:
        proposal = super().propose(history)
        return proposal and replace(proposal, reason=Stuck("fewer steps"))


class PlansNothing(CountDownKnown):
    def possible_patches(self) -> Iterable[Mapping[str, Any]]:
        return [*super().possible_patches(), {}]


class PlansInfinity(CountDownKnown):
    def possible_patches(self) -> Iterable[Mapping[str, Any]]:
        return [*super().possible_patches(), {"limit": math.inf}]


class PlansOnce(CountDownKnown):
    """Gives what is left of one iterator."""

    def __init__(self) -> None:
        self.patches = super().possible_patches()

    def possible_patches(self) -> Iterable[Mapping[str, Any]]:
        return self.patches

    def propose(self, history: History) -> Proposal | None:
        _ = list(self.patches)
        return super().propose(history)


class PlansLess(CountDown):
    def possible_patches(self) -> list[dict[str, int]]:
        return [{"trainer.steps": 1}]


ROWS: dict[str, Planted] = dict(
    [
        row("refiner", GivesNoGrounds, Rules.test_each_proposal_changes_something_and_says_why),
        row("refiner", ProposesInfinity, Rules.test_a_patch_holds_what_a_recipe_can_hold),
        row("refiner", Insists, Rules.test_nothing_is_proposed_twice),
        row("refiner", PlansLess, Rules.test_what_it_proposes_is_among_what_it_may_propose),
        row("refiner", CountDownKnown),
        row("refiner", PlansNothing, Rules.test_what_it_may_propose_is_known_from_the_start),
        row("refiner", PlansInfinity, Rules.test_what_it_may_propose_is_known_from_the_start),
        row("refiner", PlansOnce, Rules.test_what_it_may_propose_is_known_from_the_start),
        row("refiner", CountsItsProposals, Rules.test_a_proposal_depends_on_the_history_alone),
        row("refiner", WritesHistory, Rules.test_what_it_is_given_stays_as_it_was),
        row(
            "refiner",
            NumbersItsReasons,
            Rules.test_two_that_are_built_alike_do_the_same,
            Rules.test_a_proposal_depends_on_the_history_alone,
        ),
        row("refiner", ReasonsThatAreStuck, Rules.test_what_it_gives_can_go_to_another_process),
    ]
)
