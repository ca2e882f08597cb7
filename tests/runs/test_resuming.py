"""An evaluation that was interrupted goes on as it was begun."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.runs.models import Models
from harness.testing import FakeBackend, FakeModel, fakes
from harness.types import Answer, Generate, OpenRequest, Request
from tests.runs.conftest import evaluated_by

if TYPE_CHECKING:
    from harness.evaluation.records import Evaluation
    from harness.runs.workspace import Workspace
    from tests.conftest import Project


class Tight(FakeBackend):
    """Halves its batches after 20 answers, and is interrupted after 30 where the file `unlucky` is there."""

    def __init__(self) -> None:
        self.resumed: list[Any] = []
        self.expected: list[int | None] = []

    def open(self, request: OpenRequest) -> Any:
        inner, backend = fakes.open_fake_model(request.model), self
        backend.resumed.append(dict(request.resume))

        class Model(FakeModel):
            def answer(self, requests: Sequence[Request]) -> Iterator[Answer]:
                backend.expected = [one.expected_tokens for one in requests if isinstance(one, Generate)]
                for number, answer in enumerate(inner.answer(requests)):
                    if number == 30 and Path("unlucky").exists():
                        raise KeyboardInterrupt
                    if number == 20:
                        self.facts = {**self.facts, "batch_tokens": 1024}
                    yield answer

        return nullcontext(Model(facts={"batch_tokens": 2048, **request.resume}))


@pytest.fixture
def shop(workspace_with: Callable[..., Workspace]) -> tuple[Workspace, Tight]:
    backend = Tight()
    return workspace_with(register_backends=lambda: backend), backend


def measured(shop: Workspace, model: str, suite: str = "teams") -> Evaluation:
    with shop.session("run", "test", {}) as session:
        return evaluated_by(shop, session, model, shop.suite(suite))


def test_what_the_model_said_last_is_handed_on(project: Project, shop: tuple[Workspace, Tight]) -> None:
    unlucky = project.write("unlucky", "")
    with pytest.raises(KeyboardInterrupt):
        measured(shop[0], "own:good.json")
    unlucky.unlink()
    evaluation = measured(shop[0], "own:good.json")
    assert (shop[1].resumed, evaluation.facts) == ([{}, {"batch_tokens": 1024}], {"batch_tokens": 1024})


def test_a_complete_evaluation_hands_nothing_on(project: Project, shop: tuple[Workspace, Tight]) -> None:
    project.model("good", wrong=6, fail_on="letter 59")
    measured(shop[0], "own:good.json")
    project.model("good", wrong=6)
    measured(shop[0], "own:good.json")
    assert shop[1].resumed == [{}, {}]


def test_new_facts_are_written_before_the_answers_they_hold_for(
    project: Project, shop: tuple[Workspace, Tight]
) -> None:
    project.write("unlucky", "")
    with pytest.raises(KeyboardInterrupt):
        measured(shop[0], "own:good.json")
    (row,) = shop[0].store.evaluations()
    states = shop[0].store.states("evaluation", row.id)
    assert [state.detail["facts"]["batch_tokens"] for state in states] == [2048, 1024]
    keys = [one.answer_key for one in shop[0].store.evaluation_cases(row.id)]
    assert len(shop[0].store.known_keys(keys)) == 30


def test_a_request_says_how_long_the_replies_of_others_were(project: Project, shop: tuple[Workspace, Tight]) -> None:
    rows = [{"id": f"q{n}", "prompt": f"Say {n}", "reference": "a"} for n in range(3)]
    project.write("suites/words.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    project.suite("words", cases="words.jsonl", choices=None, metrics=["exact-match"])
    for name, words in (("one", "a"), ("three", "a b c"), ("five", "a b c d e")):
        fakes.write_fake_model(project.folder / f"{name}.json", {"Say 0": words, "Say 1": words})
        measured(shop[0], f"own:{name}.json", "words")
    fakes.write_fake_model(project.folder / "new.json", {})
    measured(shop[0], "own:new.json", "words")
    assert shop[1].expected == [3, 3, None]


def test_an_open_model_is_opened_anew_for_what_was_interrupted(shop: tuple[Workspace, Tight]) -> None:
    with shop[0].session("run", "test", {}) as session, Models(session) as models:
        model = shop[0].model("own:good.json")
        first = models.get(model)
        assert models.get(model) is first
        assert models.get(model, {"batch_tokens": 7}).facts == {"batch_tokens": 7}
    assert shop[1].resumed == [{}, {"batch_tokens": 7}]
