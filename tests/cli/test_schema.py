from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness import PluginHost
from harness.authoring.schemas.documents import suite_schema

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project

METRIC = """
from harness import metric

@metric
def shouts(answered, least: int = 1) -> bool:
    "Whether a reply has so many exclamation marks."
    return answered.text.count("!") >= least
"""


def test_the_schema_is_printed_with_the_components_of_a_plugin_file(project: Project, harness: Run) -> None:
    project.write("shouts.py", METRIC)
    printed = harness("schema", "suite", "--plugin", "shouts.py").out
    assert json.loads(printed) == suite_schema(PluginHost(files=[project.plugin, project.folder / "shouts.py"]))
    assert '"Whether a reply has so many exclamation marks."' in printed
    assert '"least: int = 1"' in printed


def test_a_file_is_written_in_place_of_an_older_one(project: Project, harness: Run) -> None:
    file = project.write("schema/recipe.json", "old")
    result = harness("schema", "recipe", "--out", "schema/recipe.json")
    assert (result.code, json.loads(file.read_text())["title"]) == (0, "Recipe")
    assert "# yaml-language-server: $schema=recipe.json" in result.out


def test_what_there_is_no_schema_of_is_a_usage_error(project: Project, harness: Run) -> None:
    result = harness("schema", "suites")
    assert (result.code, "'suites' is not one of 'recipe', 'suite'" in result.err) == (2, True)
