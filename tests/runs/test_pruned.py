"""What is measured after, or while, answers are removed from the store."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.runs.steps.comparing import figures_of
from harness.store.store import Store
from harness.testing import FakeBackend, FakeModel
from harness.types import Identity, OpenRequest
from tests.runs.conftest import evaluated_by

if TYPE_CHECKING:
    from harness.runs.workspace import Workspace
    from tests.conftest import Project


class Fickle(FakeBackend):
    """Always the same model, which says what is in the file `said`; where the file `full` is, opening it prunes."""

    def identify(self, request: OpenRequest) -> Identity:
        return Identity("fickle", numerics="fake")

    def open(self, request: OpenRequest) -> Any:
        if Path("full").exists():
            Store(Path(".harness")).prune(0)
        said = Path("said").read_text()
        return nullcontext(FakeModel(lambda message: said))


@pytest.fixture
def shop(project: Project, workspace_with: Callable[..., Workspace]) -> Workspace:
    project.write("said", "billing")
    cases = (project.folder / "suites/cases.jsonl").read_text()
    project.write("suites/cases.jsonl", cases.replace('"answer":', '"reference":'))
    checks = [{"use": "blocked-terms", "terms": ["bomb"], "limit": 0.5}]
    project.suite("replies", choices=None, metrics=["exact-match"], checks=checks)
    return workspace_with(register_backends=Fickle)


def test_another_answer_after_pruning_is_scored_and_checked_anew(project: Project, shop: Workspace) -> None:
    found = []
    for said in ("billing", "bomb"):
        project.write("said", said)
        with shop.session("run", "test", {}) as session:
            evaluation = evaluated_by(shop, session, "own:x", shop.suite("replies"))
            result = figures_of(session, shop.suite("replies"), evaluation)
        found.append((result.metrics[0].value, result.checks[0].found))
        shop.store.prune(0)
    assert found == [(20 / 60, 0), (0.0, 60)]


def test_what_is_removed_while_the_model_is_opened_is_asked_too(project: Project, shop: Workspace) -> None:
    with shop.session("run", "test", {}) as session:
        evaluated_by(shop, session, "own:x", shop.suite("replies", "gate:10"))
    project.write("full", "")
    with shop.session("run", "test", {}) as session:
        evaluation = evaluated_by(shop, session, "own:x", shop.suite("replies"))
    assert shop.store.is_answered(evaluation, {"text"})


class Emptied(Store):
    """Pruned at the last moment before an evaluation is written down."""

    def has_suite(self, version: str) -> bool:
        Store(self.home).prune(0)
        return super().has_suite(version)


def test_what_is_removed_when_all_seemed_to_be_there_is_asked(shop: Workspace) -> None:
    with shop.session("run", "test", {}) as session:
        evaluated_by(shop, session, "own:x", shop.suite("replies"))
    shop = replace(shop, store=Emptied(shop.store.home))
    with shop.session("run", "test", {}) as session:
        evaluation = evaluated_by(shop, session, "own:x", shop.suite("replies", "gate:10"))
    assert shop.store.is_answered(evaluation, {"text"})
    assert evaluation.facts == {"device": "fake", "threads": 1}
