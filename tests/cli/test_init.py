from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def test_what_it_writes_passes_the_check(project: Project, harness: Run) -> None:
    assert harness("init", "mine").code == 0
    file = project.folder / "mine/recipe.yaml"
    text = file.read_text().replace("smollm2-135m-instruct ", "fake:../base.json ").replace("use: sft", "use: fake")
    file.write_text(text.replace("epochs: 3, learning_rate: 1e-3", "steps: 3"))
    result = harness("run", file, "--check")
    assert (result.code, result.err) == (0, "")
    assert "my-suite: " in result.out
    assert harness("runs", "--json").json == []


def test_it_never_overwrites_a_file(project: Project, harness: Run) -> None:
    before = (project.folder / "recipe.yaml").read_text()
    result = harness("init")
    assert (result.code, "recipe.yaml is there already; choose another folder" in result.err) == (2, True)
    assert (project.folder / "recipe.yaml").read_text() == before
