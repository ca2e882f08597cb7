"""What an editor offers: keys, names of components and suites, and the options of the component that is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator

from harness import PluginHost
from harness.authoring.schemas.documents import recipe_schema, suite_schema
from harness.authoring.schemas.keys import SAID_OF_KEY, SAID_OF_TIER
from harness.runs.recipe import ModelSpec, Plugins, Recipe, SuiteUse
from harness.suites.document import CheckEntry, GenerationEntry, MetricEntry, SuiteFile
from harness.suites.tiers import TIERS

if TYPE_CHECKING:
    from tests.authoring.schemas.conftest import Complete

DOCUMENTS = (Recipe, ModelSpec, SuiteUse, Plugins, SuiteFile, GenerationEntry, MetricEntry, CheckEntry)


@pytest.fixture(scope="module")
def recipe(host: PluginHost) -> dict[str, Any]:
    return recipe_schema(host)


@pytest.fixture(scope="module")
def suite(host: PluginHost) -> dict[str, Any]:
    return suite_schema(host)


def test_every_key_is_described() -> None:
    keys = {model.__name__: set(model.model_fields) for model in DOCUMENTS}
    keys["MetricEntry"].remove("use")  # described with the components
    keys["CheckEntry"].remove("use")
    assert {name: set(said) for name, said in SAID_OF_KEY.items()} == keys
    assert list(SAID_OF_TIER) == list(TIERS)


def test_the_keys_of_a_recipe_and_of_its_parts(recipe: dict[str, Any], complete: Complete) -> None:
    document = {"name": "x", "model": {"reference": "y"}, "plugins": {}, "suites": [{"use": "z"}]}
    assert complete(recipe, document) == {
        *("data", "cleaners", "validation", "allow_contaminated", "trainer"),
        *("policy", "refiner", "seed"),
    }
    assert complete(recipe, document, "model") == {"adapter", "revision", "backend"}
    assert complete(recipe, document, "plugins") == {"files", "allow", "disable"}
    assert complete(recipe, document, "suites", 0) == {"tier", "limit"}


def test_a_component_is_offered_by_name_and_alone_only_where_it_needs_no_option(
    recipe: dict[str, Any], complete: Complete
) -> None:
    document = {"cleaners": [None], "data": [None, {"use": None}], "trainer": {"use": None}}
    assert complete(recipe, document, "cleaners", 0) == {"exact-duplicates", "length-bounds", "role-order"}
    assert complete(recipe, document, "data", 0) == set()
    assert complete(recipe, document, "data", 1, "use") == {"chat-jsonl", "sample"}
    assert complete(recipe, document, "trainer", "use") == {"sft"}


def test_the_options_are_those_of_the_component_that_is_named(recipe: dict[str, Any], complete: Complete) -> None:
    document = {"cleaners": [{"use": "length-bounds", "max_turns": 4}, {"use": "role-order"}, {}]}
    characters = {f"{end}_{what}" for end in ("min", "max") for what in ("characters", "reply_characters")}
    assert complete(recipe, document, "cleaners", 0) == {*characters, "isolate"}
    assert complete(recipe, document, "cleaners", 1) == {"mend", "isolate"}
    assert complete(recipe, document, "cleaners", 2) == {"use", "isolate"}
    backend = {"model": {"backend": {"use": "transformers", "dtype": None}}}
    assert complete(recipe, backend, "model", "backend") == {"device", "batch_tokens", "isolate"}
    assert complete(recipe, backend, "model", "backend", "dtype") == {"float32", "bfloat16", "auto", "fast"}


def test_a_plugin_that_is_a_file_is_completed_as_deep_as_it_nests(recipe: dict[str, Any], complete: Complete) -> None:
    inner = {"use": "sample", "of": {"use": "chat-jsonl"}}
    document = {"data": [{"use": "sample", "of": inner}]}
    assert complete(recipe, document, "data", 0) == {"share", "seed", "isolate"}
    assert complete(recipe, document, "data", 0, "of") == {"share", "seed", "isolate"}
    assert complete(recipe, document, "data", 0, "of", "of") == {"path", "isolate"}


def test_an_installed_suite_is_offered_by_name(recipe: dict[str, Any], complete: Complete) -> None:
    shipped = {"support-answers", "support-intents", "support-safety"}
    assert complete(recipe, {"suites": [None]}, "suites", 0) == shipped
    assert complete(recipe, {"suites": [{"use": None}]}, "suites", 0, "use") == shipped


def test_a_suite_s_own_keys_are_offered_beside_the_options(suite: dict[str, Any], complete: Complete) -> None:
    document = {"metrics": [{"use": "token-f1", "role": None}], "checks": [{"use": "refusal"}], "tiers": {"dev": 0.4}}
    own = {"name", "margin", "floor", "cap", "per_case", "isolate"}
    assert complete(suite, document, "metrics", 0) == {*own, "normalise", "extract"}
    assert complete(suite, document, "metrics", 0, "role") == {"primary", "guard", "watch"}
    assert complete(suite, document, "checks", 0) == {"name", "limit", "isolate", "expect"}
    assert complete(suite, document, "tiers") == {"gate", "vault"}


def test_a_metric_inside_another_has_no_role(suite: dict[str, Any], complete: Complete) -> None:
    document = {"metrics": [{"use": "best", "parts": [{"use": "token-f1"}], "other": {"use": "chrf"}}]}
    assert complete(suite, document, "metrics", 0, "parts", 0) == {"normalise", "extract", "isolate"}
    assert complete(suite, document, "metrics", 0, "other") == {"word_order", "lowercase", "extract", "isolate"}


def test_an_option_that_is_a_record_is_completed(suite: dict[str, Any], complete: Complete) -> None:
    document = {"metrics": [{"use": "weighted", "steps": [{"word": "no"}]}]}
    assert complete(suite, document, "metrics", 0, "steps", 0) == {"weight"}


def test_an_option_of_which_yaml_knows_nothing_may_be_anything(suite: dict[str, Any]) -> None:
    (branch,) = [one["then"] for one in suite["$defs"]["own-metric"]["anyOf"][-1]["allOf"] if "weighted" in str(one)]
    assert branch["properties"]["key"] == {"description": "key: Callable[[str], str] | None = None"}


def test_each_default_is_a_value_that_may_be_written(recipe: dict[str, Any], suite: dict[str, Any]) -> None:
    for schema in (recipe, suite):
        uses = [one["anyOf"][-1] for one in schema["$defs"].values() if "allOf" in one.get("anyOf", [{}])[-1]]
        options = [o for use in uses for branch in use["allOf"] for o in branch["then"]["properties"].values()]
        defaults = [option for option in options if option is not True and "default" in option]
        assert len(defaults) > 10
        for option in defaults:
            assert Draft7Validator({**option, "$defs": schema["$defs"]}).is_valid(option["default"])


def test_what_no_document_can_use_is_not_offered(suite: dict[str, Any], complete: Complete) -> None:
    offered = complete(suite, {"metrics": [{"use": None}]}, "metrics", 0, "use")
    assert {"best", "macro-f1"} <= offered
    assert not {"unreadable", "accuracy"} & offered  # its options cannot be read; two plugins offer it


def test_an_option_is_described_by_its_type_and_by_what_the_docstring_says_of_it(recipe: dict[str, Any]) -> None:
    branches = recipe["$defs"]["dataset"]["anyOf"][-1]["allOf"]
    (sample,) = [one["then"] for one in branches if one["then"]["title"] == "sample"]
    assert sample["properties"]["share"]["description"] == "share: float\n\nDraws `share` of the rows"
    assert sample["properties"]["seed"] == {"type": "integer", "description": "seed: int = 0", "default": 0}
    assert sample["required"] == ["of", "share"]


def test_where_nothing_is_installed_nothing_fits() -> None:
    bare = recipe_schema(PluginHost(allowed=[]))
    assert bare["$defs"]["trainer"] == {"not": {}, "description": "No trainer is installed."}
