"""Who is named: the plugin whose component failed, the side of a comparison that was cut short or lost its answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import PluginError
from harness.evaluation.records import Evaluation
from harness.runs.assembly.build import build_recipe
from harness.runs.recipe import load_recipe
from harness.runs.session import Session
from harness.runs.steps.comparing import compare_suites
from harness.runs.steps.preparing import prepare_data_in
from tests.runs.conftest import evaluated_by

if TYPE_CHECKING:
    from harness.runs.workspace import Workspace
    from tests.conftest import Project

LACKS = "60 of 60 answers of the candidate are missing or failed, 1 % is tolerated"
CUT = "; the evaluation of the candidate was cut short; the same command goes on with it"


@pytest.fixture
def shop(project: Project, workspace_with: Callable[..., Workspace]) -> Workspace:
    project.model("dead", fail_on="letter")
    return workspace_with()


def stopped(session: Session, shop: Workspace, one: Evaluation) -> Evaluation:
    """The evaluation as it is while, or after, somebody measures it again and does not come to the end."""
    session.state("evaluation", one.id, "stopped")
    shop.store.ingest()
    return shop.store.evaluation(one.id)


@pytest.mark.parametrize(
    ("unfinished", "reason"),
    [([], LACKS), (["good"], LACKS), (["dead"], LACKS + CUT), (["good", "dead"], LACKS + CUT)],
)
def test_only_a_side_that_lacks_answers_is_told_to_be_cut_short(
    shop: Workspace, unfinished: list[str], reason: str
) -> None:
    with shop.session("run", "test", {}) as session:
        found = {name: evaluated_by(shop, session, f"fake:{name}.json") for name in ("good", "dead")}
        found |= {name: stopped(session, shop, found[name]) for name in unfinished}
        comparisons, _ = compare_suites(
            session, [shop.suite("teams")], {"teams": found["good"]}, {"teams": found["dead"]}
        )
    assert {metric.reason for metric in comparisons[0].metrics} == {reason}


def test_an_anchor_that_lacks_answers_is_called_the_anchor(shop: Workspace) -> None:
    with shop.session("run", "test", {}) as session:
        good, base, dead = (evaluated_by(shop, session, f"fake:{name}.json") for name in ("good", "base", "dead"))
        anchors = {"teams": stopped(session, shop, dead)}
        comparisons, _ = compare_suites(
            session, [shop.suite("teams")], {"teams": good}, {"teams": base}, anchors=anchors
        )
    reason = "60 of 60 answers of the anchor are missing or failed, 1 % is tolerated; the evaluation of the anchor was"
    assert all(metric.reason.startswith(reason) for metric in comparisons[1].metrics)


class Quoting:
    """A cleaner whose error quotes the dataset."""

    scope = "row"

    def clean(self, conversations: Any) -> Any:
        raise ValueError("no rows of plugin harness-datasets: dataset 'chat-jsonl': load")


def test_a_cleaner_that_fails_is_named_itself_whatever_its_error_quotes(
    project: Project, workspace_with: Callable[..., Workspace], tmp_path: Path
) -> None:
    shop = workspace_with(register_cleaners=Quoting)
    file = project.recipe(cleaners=["own"])
    built = build_recipe(shop.host, load_recipe(file), str(file), shop.store)
    with pytest.raises(PluginError, match=r"^plugin own-register_cleaners: cleaner 'own': clean: ValueError: no rows"):
        prepare_data_in(tmp_path / "data", built, record=lambda rows: None)
