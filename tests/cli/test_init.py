from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml
from jsonschema import Draft7Validator

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def test_what_it_writes_passes_the_check(project: Project, harness: Run) -> None:
    assert harness("init", "mine").code == 0
    file = project.folder / "mine/recipe.yaml"
    text = file.read_text().replace("smollm2-135m-instruct ", "fake:../base.json ").replace("use: sft", "use: fake")
    file.write_text(text.replace("epochs: 3, learning_rate: 1e-3", "steps: 3"))
    result = harness("run", file, "--check")
    assert result.code == 0
    assert "my-suite: " in result.out
    assert "!" not in result.out  # nothing is warned of
    assert harness("runs", "--json").json == []


def test_its_files_name_schemas_that_know_the_plugins_of_the_command_line(project: Project, harness: Run) -> None:
    assert harness("init", "mine").code == 0
    for name in ("recipe.yaml", "suites/my-suite.yaml"):
        file = project.folder / "mine" / name
        first = file.read_text().partition("\n")[0]
        schema = json.loads((file.parent / first.removeprefix("# yaml-language-server: $schema=")).read_text())
        assert Draft7Validator(schema).is_valid(yaml.safe_load(file.read_text().replace("1e-3", "0.001")))
    assert '"fake"' in (project.folder / "mine/schema/recipe.json").read_text()


def test_it_never_overwrites_a_file(project: Project, harness: Run) -> None:
    before = (project.folder / "recipe.yaml").read_text()
    result = harness("init")
    assert (result.code, "recipe.yaml: exists already; choose another folder" in result.err) == (2, True)
    assert (project.folder / "recipe.yaml").read_text() == before
