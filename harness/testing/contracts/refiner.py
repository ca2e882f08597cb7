"""What every refiner must do."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, TypeAlias

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.protocols import MOST_PATCHES, PlansAhead, Refiner
from harness.testing.contracts.component import ComponentContract
from harness.testing.contracts.showing import shown
from harness.types import Cycle, History, Proposal
from harness.types.component import ComponentKind

BuildRefiner = Callable[[], Refiner]
Given: TypeAlias = tuple[History, Sequence[bool]]
"""Where it starts, and which of its proposals are accepted, over and over."""


class RefinerContract(ComponentContract):
    """Override `history` where the refiner needs a recipe to start from."""

    kind: ClassVar[ComponentKind] = "refiner"

    def history(self) -> History:
        return History(recipe={}, planned=20, seed=1)

    def test_each_proposal_changes_something_and_says_why(self, build: BuildRefiner, tmp_path: Path) -> None:
        def told(given: Given) -> None:
            proposals = self._work(build(), given)
            assert proposals, self._broken("it proposes something to begin with; override history() if it cannot")
            for one in proposals:
                changes = isinstance(one, Proposal) and (one.recipe_patch or one.data_patch)
                assert changes, self._broken(f"it gives a Proposal that changes something, or None; {shown(one)}")
                assert one.reason.strip(), self._broken(f"a proposal says why; {shown(one)}")

        self._for_each_input(build, tmp_path, told)

    def test_a_patch_holds_what_a_recipe_can_hold(self, build: BuildRefiner, tmp_path: Path) -> None:
        def plain(given: Given) -> None:
            for one in self._work(build(), given):
                for patch in (one.recipe_patch, one.data_patch):
                    rule = f"a patch has text keys, and values as in JSON with finite numbers; {shown(patch)}"
                    assert _is_json(patch), self._broken(rule)
                rule = f"a cost is a finite number or None, not {one.cost!r}"
                assert one.cost is None or math.isfinite(one.cost), self._broken(rule)

        self._for_each_input(build, tmp_path, plain)

    def test_nothing_is_proposed_twice(self, build: BuildRefiner, tmp_path: Path) -> None:
        def new(given: Given) -> None:
            patches = [(one.recipe_patch, one.data_patch) for one in self._work(build(), given)]
            again = [patch for number, patch in enumerate(patches) if patch in patches[:number]]
            assert not again, self._broken(f"what a cycle has tried is not proposed again; {shown(again)}")

        self._for_each_input(build, tmp_path, new)

    def test_a_proposal_depends_on_the_history_alone(self, build: BuildRefiner, tmp_path: Path) -> None:
        def stateless(given: Given) -> None:
            for history, proposal in _walk(build(), *given):
                rule = "a run that is resumed asks a new refiner: it keeps nothing between two calls of propose"
                assert build().propose(history) == proposal, self._broken(f"{rule}; {shown(proposal)}")

        self._for_each_input(build, tmp_path, stateless)

    def test_what_it_proposes_is_among_what_it_may_propose(self, build: BuildRefiner, tmp_path: Path) -> None:
        possible = _possible(build())
        if len(possible) == MOST_PATCHES:
            pytest.skip(f"the refiner may propose {MOST_PATCHES:,} or more")

        def among(given: Given) -> None:
            others = [one.recipe_patch for one in self._work(build(), given) if one.recipe_patch not in possible]
            assert not others, self._broken(f"possible_patches() has every patch that is proposed; {shown(others)}")

        self._for_each_input(build, tmp_path, among)

    def test_what_it_may_propose_is_known_from_the_start(self, build: BuildRefiner, tmp_path: Path) -> None:
        possible = _possible(build())
        for patch in possible:
            rule = f"a possible patch changes something, in values as in JSON with finite numbers; {shown(patch)}"
            good = patch and _is_json(patch)
            assert good, self._broken(rule)

        def the_same(given: Given) -> None:
            refiner = build()
            self._work(refiner, given)
            rule = "possible_patches() gives the same, in the same order, each time, whatever has been proposed"
            assert _possible(refiner) == possible, self._broken(rule)

        self._for_each_input(build, tmp_path, the_same)

    def test_what_it_is_given_stays_as_it_was(self, build: BuildRefiner, tmp_path: Path) -> None:
        def unchanged(given: Given) -> None:
            refiner = build()
            for history, _ in _walk(build(), *given):
                before = copy.deepcopy(history)
                refiner.propose(history)
                assert history == before, self._broken("the history is the harness's, and is changed by it")

        self._for_each_input(build, tmp_path, unchanged)

    def _inputs(self, build: BuildRefiner, folder: Path) -> Given:
        return self.history(), (False, True)

    def _drawn(self, build: BuildRefiner) -> SearchStrategy[Given]:
        return st.tuples(st.just(self.history()), st.lists(st.booleans(), min_size=1, max_size=6))

    def _work(self, built: Refiner, inputs: Given) -> list[Proposal]:
        return [proposal for _, proposal in _walk(built, *inputs) if proposal is not None]


def _possible(refiner: Refiner) -> list[Any]:
    """What the refiner may propose, so much of it as is checked before a refinement."""
    if not isinstance(refiner, PlansAhead):
        pytest.skip("the refiner does not know its proposals from the start")
    return list(islice(refiner.possible_patches(), MOST_PATCHES))


def _walk(refiner: Refiner, history: History, accepted: Sequence[bool]) -> Iterator[tuple[History, Proposal | None]]:
    """Each history with what the refiner proposes for it, until it ends or the plan does."""
    for number in range(history.planned):
        proposal = refiner.propose(copy.deepcopy(history))
        yield history, proposal
        if proposal is None:
            return
        values = {"suite/metric": 0.5 + 0.01 * number}
        taken = accepted[number % len(accepted)]
        verdicts = {"suite/metric": "improved" if taken else "inconclusive"}
        cycle = Cycle(number + 1, copy.deepcopy(proposal.recipe_patch), values, verdicts, accepted=taken)
        history = replace(history, cycles=(*history.cycles, cycle))


def _is_json(patch: object) -> bool:
    try:
        return bool(json.loads(json.dumps(patch, allow_nan=False)) == patch)
    except (TypeError, ValueError):
        return False
