from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import pytest

from harness.errors import ExitCode, UsageError, worst
from harness.host.building import build
from harness.host.host import PluginHost
from harness.host.options import Written
from harness.runs.recipe import ModelSpec, load_recipe, model_spec, patched, recipe_from_record

RECIPE = """
name: tiny
model: ./model
data: [{use: chat-jsonl, path: a.jsonl}]
cleaners: [role-order]
trainer: {use: sft, learning_rate: 1e-4, schedule: no}
suites: [one, {use: two, tier: dev, limit: 5}]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "recipe.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_recipe_is_read_with_its_folder(tmp_path: Path) -> None:
    recipe = load_recipe(written(tmp_path, RECIPE))
    assert recipe.folder == tmp_path
    assert recipe.model.reference == "./model"
    assert [suite.selection() for suite in recipe.suites] == ["gate", "dev:5"]


def test_numbers_without_a_point_are_numbers_and_no_is_a_word(tmp_path: Path) -> None:
    trainer = load_recipe(written(tmp_path, RECIPE)).trainer.as_mapping()
    assert trainer == {"use": "sft", "learning_rate": 0.0001, "schedule": "no"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("cleaners:", "cleeners:"), ":5: cleeners: unknown key (did you mean 'cleaners'?); known keys: name, model"),
        (("name: tiny\n", ""), ": name: is missing"),
        (("limit: 5", "limit: 0"), ":7: suites[1].limit: input should be greater than or equal to 1, got 0"),
        (("name: tiny", "name: tiny\nname: big"), ":3: name: stands already on line 2"),
        (("[role-order]", "[role-order"), ":6: is not YAML"),
        (
            ("model: ./model", 'model: "a\\0b"'),
            "model.reference: holds a NUL character, which no path has, got 'a\\x00b'",
        ),
        (("suites: [one,", 'suites: ["a\\0b",'), "suites[0].use: holds a NUL character, which no path has"),
        (("name: tiny", 'name: tiny\nplugins: {files: ["a\\0b"]}'), "plugins.files[0]: holds a NUL character"),
        (("name: tiny", "name: tiny\nvalidation: .nan"), "validation: is nan; write a finite number"),
        (("data: [{use: chat-jsonl, path: a.jsonl}]", "data: []"), "data: list should have at least 1 item"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    file = written(tmp_path, RECIPE.replace(*change))
    with pytest.raises(UsageError) as raised:
        load_recipe(file)
    assert str(raised.value).startswith(str(file))
    assert said in str(raised.value)


def test_a_recipe_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere.yaml: No such file"):
        load_recipe(tmp_path / "nowhere.yaml")


def test_the_record_of_a_recipe_gives_it_back(tmp_path: Path) -> None:
    recipe = load_recipe(written(tmp_path, RECIPE))
    assert recipe_from_record(recipe.record(), tmp_path) == recipe


def test_a_patch_sets_dotted_keys_and_leaves_the_recipe_alone(tmp_path: Path) -> None:
    recipe = load_recipe(written(tmp_path, RECIPE))
    changed = patched(recipe, {"trainer.learning_rate": 0.5, "data.0.path": "b.jsonl"})
    assert changed.trainer.as_mapping()["learning_rate"] == 0.5
    assert changed.data[0].as_mapping()["path"] == "b.jsonl"
    assert recipe.trainer.as_mapping()["learning_rate"] == 0.0001


def test_a_patch_that_leads_nowhere_says_so(tmp_path: Path) -> None:
    recipe = load_recipe(written(tmp_path, RECIPE))
    with pytest.raises(UsageError, match=r"'trainr.epochs': the recipe has no 'trainr' \(did you mean 'trainer'\?\)"):
        patched(recipe, {"trainr.epochs": 1})


@pytest.mark.parametrize(
    ("text", "reference", "backend"),
    [
        ("smollm2-135m-instruct", "smollm2-135m-instruct", "transformers"),
        ("openai:gpt-x", "gpt-x", "openai"),
        ("C:model", "C:model", "transformers"),
        ("./a:b", "./a:b", "transformers"),
    ],
)
def test_a_model_is_a_reference_or_backend_and_reference(text: str, reference: str, backend: str) -> None:
    spec = model_spec(text)
    assert (spec["reference"], spec["backend"]) == (reference, {"use": backend})


def test_options_of_a_backend_are_read_as_in_a_recipe() -> None:
    spec = model_spec("m", None, ["dtype=bfloat16", "batch_tokens=512", "headers={a: b=c}"])
    assert spec["backend"] == {
        "use": "transformers",
        "dtype": "bfloat16",
        "batch_tokens": Written("512", 512),
        "headers": {"a": "b=c"},
    }


@pytest.mark.parametrize("revision", ["2024", "1.10", "2024-06-01", "2024-13-01", "0x1F", "on", "1_0", "12e3456"])
def test_a_text_option_from_the_command_line_is_taken_as_it_is_written(revision: str) -> None:
    options = [f"revision={revision}", "concurrency=2", "timeout=30", "base_url=http://host/v1"]
    spec = ModelSpec.model_validate(model_spec("openai:m", None, options))
    backend = build(PluginHost(), "backend", spec.backend.as_mapping(), "model 'm'", Path()).instance
    assert (backend.revision, backend.concurrency, backend.timeout) == (revision, 2, 30.0)


@pytest.mark.parametrize("option", ["dtype", "=x", "use=other", "dtype=[1"])
def test_an_option_without_key_or_value_is_refused(option: str) -> None:
    with pytest.raises(UsageError, match="--option"):
        model_spec("m", None, [option])


@pytest.mark.parametrize("timeout", [".inf", "1e999", "-.inf", "9" * 400])
def test_a_number_from_the_command_line_that_is_not_finite_is_none(timeout: str) -> None:
    spec = ModelSpec.model_validate(model_spec("openai:m", None, ["base_url=http://host/v1", f"timeout={timeout}"]))
    with pytest.raises(UsageError, match="model 'm': backend 'openai': timeout: input should be a valid number"):
        build(PluginHost(), "backend", spec.backend.as_mapping(), "model 'm'", Path())


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ({"trainer.learning_rate": math.inf}, "setting 'trainer.learning_rate': is inf; write a finite number"),
        (
            {"trainer": {"use": "sft", "epochs": [math.nan]}},
            "setting 'trainer.epochs.0': is nan; write a finite number",
        ),
        ({"seeds": 3}, "setting 'seeds': the recipe has no 'seeds' (did you mean 'seed'?)"),
        ({"seed": -1}, "setting 'seed': input should be greater than or equal to 0, got -1"),
        ({"seed": 2**64}, "setting 'seed': is too large a number, of 20 digits"),
    ],
)
def test_a_patch_whose_value_does_not_fit_says_so(tmp_path: Path, patch: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=f"^{re.escape(said)}"):
        patched(load_recipe(written(tmp_path, RECIPE)), patch)


def test_an_option_that_is_given_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="--option 'dtype=float16': 'dtype' is given twice"):
        model_spec("m", None, ["dtype=bfloat16", "dtype=float16"])


def test_the_worst_exit_code_follows_the_precedence() -> None:
    assert worst([]) == ExitCode.PASS
    assert worst([ExitCode.INCONCLUSIVE, ExitCode.NO_BASELINE]) == ExitCode.NO_BASELINE
    assert worst([ExitCode.INCOMPLETE, ExitCode.REGRESSED]) == ExitCode.REGRESSED
    assert worst(ExitCode(code) for code in (0, 1, 2, 3, 4, 5)) == ExitCode.USAGE
    assert worst(ExitCode(code) for code in (0, 1, 2, 3, 4, 5, 6)) == ExitCode.INTERNAL
