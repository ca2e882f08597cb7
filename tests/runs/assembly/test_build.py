from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from stored_rows import add_rows

from harness import Component, hookimpl
from harness.errors import PluginError, StoreError, UsageError
from harness.host.host import PluginHost
from harness.host.records import PluginInfo
from harness.runs.assembly.build import build_recipe, build_suite
from harness.runs.assembly.built import BuiltRecipe
from harness.runs.assembly.suites import all_suites, find_suite
from harness.runs.recipe import load_recipe
from harness.store.rows.suite_rows import suite_rows
from harness.store.store import Store
from harness.suites.document import load_suite
from harness.suites.tiers import split
from harness.testing import FakeBackend, fakes
from harness.types import Answered, Identity, OpenRequest

if TYPE_CHECKING:
    from tests.conftest import Project


class Counting(FakeBackend):
    """A backend whose models have room for eight words."""

    def identify(self, request: OpenRequest) -> Identity:
        return Identity("counting", context_length=8)

    def count_tokens(self, request: OpenRequest, texts: Sequence[str]) -> Sequence[int]:
        return [len(text.split()) for text in texts]


class Broken(FakeBackend):
    def identify(self, request: OpenRequest) -> Identity:
        raise KeyError("weights")


class Faulty:
    """A metric that fails on every answer."""

    reads = "text"

    def __init__(self, leaves: bool) -> None:
        self.error = SystemExit() if leaves else IndexError()

    def score(self, answered: Answered) -> dict[str, float]:
        raise self.error

    def value(self, statistics: Mapping[str, Any]) -> Any:
        return statistics["sum"]


class Own:
    @staticmethod
    @hookimpl
    def register_backends() -> Any:
        return [Component("counting", Counting), Component("broken", Broken)]

    @staticmethod
    @hookimpl
    def register_metrics() -> Any:
        return [Component("faulty", Faulty)]


@pytest.fixture
def host() -> PluginHost:
    host = PluginHost()
    host.add(fakes, PluginInfo("fakes", "fakes.py"))
    host.add(Own, PluginInfo("own", "own.py"))
    return host


@pytest.fixture
def store(project: Project) -> Store:
    return Store(project.folder / ".harness")


def built(host: PluginHost, store: Store) -> BuiltRecipe:
    return build_recipe(host, load_recipe(Path("recipe.yaml")), "recipe.yaml", store)


def test_everything_is_built_and_no_model_is_opened(project: Project, host: PluginHost, store: Store) -> None:
    project.model("base", wrong=30, die_after=0)
    found = built(host, store)
    assert [len(one.cases) for one in found.suites] == [60]
    assert found.model.reference.reference == str(project.folder / "base.json")
    assert {"support-answers", "support-intents", "support-safety"} <= {suite.name for suite in found.others}
    assert not (project.folder / ".harness").exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"data": ["chat-json"]}, "recipe.yaml: data[0]: unknown dataset 'chat-json' (did you mean 'chat-jsonl'?)"),
        ({"data": [{"use": "chat-jsonl"}]}, "data[0]: dataset 'chat-jsonl': option 'path' is missing"),
        ({"data": [{"use": "chat-jsonl", "path": "none.jsonl"}]}, "none.jsonl"),
        ({"cleaners": ["role-ordre"]}, "cleaners[0]: unknown cleaner 'role-ordre' (did you mean 'role-order'?)"),
        ({"trainer": {"use": "fake", "steps": "4"}}, "trainer 'fake': steps: input should be a valid integer, got '4'"),
        ({"trainer": {"use": "fake", "steps": 0}}, "trainer 'fake': steps must be 1 or more, not 0"),
        ({"suites": ["taems"]}, "suite 'taems': not found in suites/, the installed suites and the store"),
        ({"suites": ["teams", "teams"]}, "recipe.yaml: suites: 'teams' is listed twice"),
        ({"suites": [{"use": "teams", "tier": "dev"}]}, "has no case in tier 'dev'"),
        ({"model": "fake:none.json"}, "none.json: no fake model"),
        ({"model": "counting:base.json"}, "case 'letter-0': 6 tokens and"),
    ],
)
def test_a_recipe_that_cannot_work_is_told_what_would(
    project: Project, host: PluginHost, store: Store, changes: dict[str, Any], said: str
) -> None:
    generation = {"max_new_tokens": 4}
    if "model" in changes:  # the room that is left in the context depends on the reply
        project.suite("teams", metrics=["accuracy"], checks=["pii"], generation=generation)
    project.recipe(**changes)
    with pytest.raises(UsageError) as raised:
        built(host, store)
    assert said in str(raised.value)


def test_a_backend_that_raises_is_named(project: Project, host: PluginHost, store: Store) -> None:
    project.recipe(model="broken:base.json")
    with pytest.raises(PluginError, match="plugin own: backend 'broken': identify: KeyError: 'weights'"):
        built(host, store)


def test_every_bad_line_of_the_data_is_listed_up_to_ten(project: Project, host: PluginHost, store: Store) -> None:
    project.write("talk.jsonl", "".join(f'{{"messages": {number}}}\n' for number in range(12)))
    with pytest.raises(UsageError) as raised:
        built(host, store)
    lines = str(raised.value).splitlines()
    assert len(lines) == 11
    assert lines[0].startswith(f"{project.folder / 'talk.jsonl'}:1: ")
    assert lines[-1] == "… and 2 more"


def test_rows_that_are_wrong_alike_are_one_line(project: Project, host: PluginHost, store: Store) -> None:
    project.write("talk.jsonl", '{"messages": []}\n' + '{"prompt": "hi", "completion": "hello"}\n' * 400)
    with pytest.raises(UsageError) as raised:
        built(host, store)
    first, second = str(raised.value).splitlines()
    assert first.startswith(f"{project.folder / 'talk.jsonl'}:1: messages: expected a list")
    assert second.startswith(f"{project.folder / 'talk.jsonl'}:2: looks like prompt and completion")
    assert second.endswith("(and 399 more rows)")


def test_data_that_is_empty_is_an_error(project: Project, host: PluginHost, store: Store) -> None:
    project.write("talk.jsonl", "\n")
    with pytest.raises(UsageError, match=r"talk\.jsonl:1: is empty; chat-jsonl expects JSON Lines"):
        built(host, store)


def test_a_full_disk_is_told_before_a_training_fills_it(
    project: Project, host: PluginHost, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**8))
    with pytest.raises(StoreError, match=r"0\.1 GB free; a run needs 1 GB"):
        built(host, store)


POSITIONS = {"choices": ["a", "b", "c"], "answers": [0, 2]}


@pytest.mark.parametrize(
    ("case", "metric", "said"),
    [
        ({}, "accuracy", "metric 'accuracy': case 'one' needs at least two choices and an answer"),
        ({}, "perplexity", "metric 'perplexity': case 'one' has no reference to score"),
        ({}, "chrf", "metric 'chrf': cannot score case 'one', which has no reference (tried on an empty reply): "),
        (POSITIONS, "macro-f1", "metric 'macro-f1': cannot score case 'one': case 'one' has `answers`; precision,"),
        (POSITIONS, "brier", "metric 'brier': cannot score case 'one': case 'one' has several answers; a Brier score"),
    ],
)
def test_a_case_holds_what_the_metrics_read(
    project: Project, host: PluginHost, case: dict[str, Any], metric: str, said: str
) -> None:
    row = {"id": "one", "messages": [{"role": "user", "content": "Hello?"}], **case}
    project.write("suites/words.jsonl", json.dumps(row))
    file = project.suite("words", cases="words.jsonl", choices=None, metrics=[metric])
    with pytest.raises(UsageError) as raised:
        build_suite(host, load_suite(file), "all")
    assert said in str(raised.value)


@pytest.mark.parametrize("leaves", [True, False])
def test_a_metric_that_fails_on_a_case_says_nothing_against_the_case(
    project: Project, host: PluginHost, leaves: bool
) -> None:
    project.write("suites/words.jsonl", '{"id": "one", "messages": [{"role": "user", "content": "Hello?"}]}')
    metrics = [{"use": "faulty", "leaves": leaves}]
    file = project.suite("words", cases="words.jsonl", choices=None, metrics=metrics)
    assert build_suite(host, load_suite(file), "all").metrics[0].use.name == "faulty"


def test_what_is_asked_of_a_model_is_what_metrics_and_checks_read(project: Project, host: PluginHost) -> None:
    choice = build_suite(host, load_suite(Path("suites/teams.yaml")), "gate")
    both = build_suite(host, load_suite(project.suite("teams", metrics=["accuracy"], checks=["pii"])), "gate")
    assert (choice.kinds, both.kinds) == ({"choice"}, {"choice", "text"})


def test_a_suite_is_found_by_path_then_in_the_project_then_installed_then_in_the_store(
    project: Project, host: PluginHost, store: Store
) -> None:
    suite = find_suite(host, "teams", project.folder, store)
    assert find_suite(host, "suites/teams.yaml", project.folder, store) == suite
    assert find_suite(host, "support-intents", project.folder, store).file is not None
    for table, rows in suite_rows(suite, split(suite)).items():
        add_rows(store, table, rows)
    Path("suites/teams.yaml").unlink()
    assert find_suite(host, "teams", project.folder, store).version == suite.version
    assert "teams" in {one.name for one in all_suites(host, project.folder, store)}


def test_the_cases_of_a_stored_suite_are_counted_and_not_made(project: Project, host: PluginHost, store: Store) -> None:
    suite = load_suite(project.suite("teams", metrics=["accuracy"], tiers={"dev": 0.5, "gate": 0.5}))
    for table, rows in suite_rows(suite, split(suite)).items():
        add_rows(store, table, rows)
    stored = store.latest_suite("teams")
    assert stored is not None
    assert "_cases" not in vars(build_suite(host, stored, "dev:10").suite.cases)
    assert build_suite(host, stored, "dev").cases == build_suite(host, suite, "dev").cases
    with pytest.raises(UsageError, match="has no case in tier 'vault'"):
        build_suite(host, stored, "vault")
