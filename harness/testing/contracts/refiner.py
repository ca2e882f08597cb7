"""What every refiner must do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from harness.protocols import Refiner
from harness.testing.contracts.build import ComponentContract
from harness.types import Cycle, History, Proposal

BuildRefiner = Callable[[], Refiner]


class RefinerContract(ComponentContract):
    """Override `history` where the refiner needs a recipe to start from."""

    def history(self) -> History:
        return History(recipe={}, planned=20, seed=1)

    def test_each_proposal_changes_something_and_says_why(self, build: BuildRefiner) -> None:
        proposals = _proposals(build(), self.history())
        assert proposals
        for proposal in proposals:
            assert isinstance(proposal, Proposal)
            assert proposal.recipe_patch or proposal.data_patch
            assert proposal.reason

    def test_nothing_is_proposed_twice(self, build: BuildRefiner) -> None:
        proposals = _proposals(build(), self.history())
        patches = [(proposal.recipe_patch, proposal.data_patch) for proposal in proposals]
        assert [patch for number, patch in enumerate(patches) if patch in patches[:number]] == []

    def test_the_same_history_gives_the_same_proposals(self, build: BuildRefiner) -> None:
        assert _proposals(build(), self.history()) == _proposals(build(), self.history())


def _proposals(refiner: Refiner, history: History) -> Sequence[Proposal]:
    """What the refiner proposes when every second proposal is accepted, until it ends or the plan does."""
    proposals: list[Proposal] = []
    while len(proposals) < history.planned and (proposal := refiner.propose(history)) is not None:
        proposals.append(proposal)
        number = len(history.cycles) + 1
        values = {"suite/metric": 0.5 + 0.01 * number}
        cycle = Cycle(number, proposal.recipe_patch, values, {"suite/metric": "improved"}, accepted=number % 2 == 0)
        history = replace(history, cycles=(*history.cycles, cycle))
    return proposals
