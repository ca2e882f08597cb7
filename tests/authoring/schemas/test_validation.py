"""The schemas accept the documents that ship and those of the guides, and refuse what the loaders refuse."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from harness import PluginHost, UsageError
from harness.authoring.schemas.documents import recipe_schema, suite_schema
from harness.documents.reading import _Loader, parse_document
from harness.host.building import build
from harness.runs.recipe import Recipe
from harness.suites.document import SuiteFile

ROOT = Path(__file__).parents[3]
RECIPES = ("harness/cli/demo_project/recipe.yaml", "harness/cli/template/recipe.yaml")
SUITES = (
    "harness/cli/template/suites/my-suite.yaml",
    *(f"suites/harness_suites/support-{name}.yaml" for name in ("answers", "intents", "safety")),
)
PAGES = "\n".join(page.read_text("utf-8") for page in sorted((ROOT / "plugins").glob("*.md")))
GUIDE = dict(re.findall(r"`([^`\n]+)`:\n\n```\w+\n(.*?)```", PAGES, re.DOTALL))
"""The text of each file of the plugin guide."""

RECIPE: Mapping[str, Any] = {
    "name": "tiny",
    "model": {"reference": "base", "backend": "transformers"},
    "data": [{"use": "chat-jsonl", "path": str(ROOT / "harness/cli/template/conversations.jsonl")}],
    "cleaners": ["role-order", {"use": "length-bounds", "max_turns": None, "isolate": False}],
    "trainer": {"use": "sft", "epochs": 2, "method": "full"},
    "suites": ["teams", {"use": "words.yaml", "limit": 30}],
    "refiner": {"use": "grid", "settings": {"trainer.rank": [4, 8]}},
    "plugins": {"disable": []},
}
SUITE: Mapping[str, Any] = {
    "name": "teams",
    "cases": "cases.jsonl",
    "generation": {"samples": 2, "temperature": 0.7},
    "tiers": {"dev": 0.4, "gate": 0.6},
    "metrics": ["chrf", {"use": "token-f1", "name": "words", "role": "primary", "margin": 0.03, "normalise": "none"}],
    "checks": [{"use": "pii", "kinds": ["email"], "limit": 0.1, "isolate": True}],
}
MISTAKES_OF_RECIPE: Mapping[str, tuple[str, Any]] = {
    "an unknown key": ("trainr", "sft"),
    "a key of another type": ("seed", "3"),
    "a value out of bounds": ("validation", 1),
    "no data": ("data", []),
    "an unknown component": ("cleaners.0", "role-oder"),
    "an unknown component with options": ("trainer.use", "sftt"),
    "a component without a name": ("cleaners.1", {"max_turns": 3}),
    "an unknown option": ("trainer.epoch", 3),
    "an option of another component": ("cleaners.1.mend", True),
    "an option of another type": ("trainer.rank", "8"),
    "an option that is none of its values": ("trainer.method", "half"),
    "an option that is missing": ("data.0", {"use": "chat-jsonl"}),
    "a bare name where an option is missing": ("refiner", "grid"),
    "a role outside a suite": ("cleaners.1.role", "watch"),
    "a switch that is neither true nor false": ("cleaners.1.isolate", "yes"),
    "an unknown key of a model": ("model.adaptor", "x"),
    "an unknown option of a backend": ("model.backend", {"use": "transformers", "dtyp": "auto"}),
    "an unknown tier": ("suites.1.tier", "test"),
    "an unknown key of plugins": ("plugins.file", []),
}
MISTAKES_OF_SUITE: Mapping[str, tuple[str, Any]] = {
    "an unknown key": ("metric", []),
    "a name with a space": ("name", "my teams"),
    "an unknown metric": ("metrics.0", "chrff"),
    "an unknown option of a metric": ("metrics.1.normalize", "none"),
    "an option of another type": ("checks.0.kinds", "email"),
    "an unknown role": ("metrics.1.role", "first"),
    "a negative margin": ("metrics.1.margin", -0.1),
    "a role of a check": ("checks.0.role", "watch"),
    "a limit above 1": ("checks.0.limit", 2),
    "a check among the metrics": ("metrics.0", "pii"),
    "an unknown tier": ("tiers.test", 0.1),
    "an unknown key of generation": ("generation.top_k", 5),
}


@pytest.fixture(scope="module")
def installed() -> PluginHost:
    return PluginHost()


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> PluginHost:
    """The plugins of the guide, in files of their own."""
    folder = tmp_path_factory.mktemp("guide")
    names = [name for name in GUIDE if name.endswith(".py") and not name.startswith("test_")]
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(GUIDE[name], encoding="utf-8")
    return PluginHost(files=[folder / name for name in names])


def errors(schema: Mapping[str, Any], text: str) -> list[str]:
    return [error.message for error in Draft7Validator(schema).iter_errors(yaml.load(text, Loader=_Loader))]


def changed(document: Mapping[str, Any], key: str, value: Any) -> Any:
    """The document with the value at a dotted key."""
    new = deepcopy(dict(document))
    *path, last = [int(part) if part.isdigit() else part for part in key.split(".")]
    inner: Any = new
    for part in path:
        inner = inner[part]
    inner[last] = value
    return new


def load(host: PluginHost, document: Any, model: type[Recipe] | type[SuiteFile]) -> None:
    """What the harness checks before it loads data or a model."""
    read = parse_document(yaml.safe_dump(document), Path("file.yaml"), model)
    parts: Mapping[str, Any] = (
        {"dataset": read.data, "cleaner": read.cleaners, "trainer": [read.trainer], "backend": [read.model.backend]}
        | {"refiner": [read.refiner] if read.refiner else []}
        if isinstance(read, Recipe)
        else {"metric": read.metrics or [], "safety check": read.checks}
    )
    for kind, uses in parts.items():
        for one in uses:
            build(host, kind, {"use": one.use, **(one.model_extra or {})}, "file.yaml", Path())  # type: ignore[arg-type]


def test_both_are_schemas_of_the_draft_that_they_name(installed: PluginHost) -> None:
    for schema in (recipe_schema(installed), suite_schema(installed)):
        assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
        Draft7Validator.check_schema(schema)


@pytest.mark.parametrize("file", RECIPES)
def test_recipes_that_ship_are_valid(installed: PluginHost, file: str) -> None:
    assert errors(recipe_schema(installed), (ROOT / file).read_text("utf-8")) == []


@pytest.mark.parametrize("file", SUITES)
def test_suites_that_ship_are_valid(installed: PluginHost, file: str) -> None:
    assert errors(suite_schema(installed), (ROOT / file).read_text("utf-8")) == []


@pytest.mark.parametrize("name", [name for name in GUIDE if name.endswith(".yaml")])
def test_documents_of_the_plugin_guide_are_valid_with_its_plugins_alone(
    guide: PluginHost, installed: PluginHost, name: str
) -> None:
    schema = recipe_schema if "model:" in GUIDE[name] else suite_schema
    assert errors(schema(guide), GUIDE[name]) == []
    assert errors(schema(installed), GUIDE[name]) != []


def test_suites_of_the_suite_guide_are_valid(installed: PluginHost) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "suites/README.md").read_text("utf-8"), re.DOTALL)
    assert [errors(suite_schema(installed), f"name: x\ncases: y\n{text}") for text in blocks[1:]] == [[]]
    assert errors(suite_schema(installed), blocks[0]) == []


def test_what_the_harness_accepts_is_valid(installed: PluginHost) -> None:
    load(installed, dict(RECIPE), Recipe)
    load(installed, dict(SUITE), SuiteFile)
    assert Draft7Validator(recipe_schema(installed)).is_valid(RECIPE)
    assert Draft7Validator(suite_schema(installed)).is_valid(SUITE)


@pytest.mark.parametrize("mistake", MISTAKES_OF_RECIPE)
def test_a_recipe_that_the_harness_refuses_is_not_valid(installed: PluginHost, mistake: str) -> None:
    wrong = changed(RECIPE, *MISTAKES_OF_RECIPE[mistake])
    assert not Draft7Validator(recipe_schema(installed)).is_valid(wrong)
    with pytest.raises(UsageError):
        load(installed, wrong, Recipe)


@pytest.mark.parametrize("mistake", MISTAKES_OF_SUITE)
def test_a_suite_that_the_harness_refuses_is_not_valid(installed: PluginHost, mistake: str) -> None:
    wrong = changed(SUITE, *MISTAKES_OF_SUITE[mistake])
    assert not Draft7Validator(suite_schema(installed)).is_valid(wrong)
    with pytest.raises(UsageError):
        load(installed, wrong, SuiteFile)
