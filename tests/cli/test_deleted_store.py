"""A store that somebody deletes in the middle of a run is said as that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project

DELETING = """
import shutil
from harness import metric

@metric(bounds=(0, 1), reads="choice")
def deleting(answered):
    shutil.rmtree(".harness", ignore_errors=True)
    return 1.0
"""


def test_a_store_that_is_deleted_in_the_middle_is_said_as_that(project: Project, harness: Run) -> None:
    (project.folder / "deleting.py").write_text(DELETING, "utf-8")
    project.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}, {"use": "deleting", "role": "watch"}])
    result = harness("evaluate", "fake:base.json", "--suite", "teams", "--plugin", "deleting.py")
    assert result.code == 4
    assert f"{project.folder}/.harness: was deleted or moved in the middle of the run" in result.err
    assert not (project.folder / ".harness" / "journal").exists()


@pytest.mark.parametrize(
    ("link", "command"),
    [
        (".harness", ["runs"]),
        ("loop.yaml", ["run", "loop.yaml"]),
        ("loop.yaml", ["evaluate", "fake:good.json", "--suite", "loop.yaml"]),
        ("loop.py", ["--plugin", "loop.py", "plugins"]),
        ("reports", ["evaluate", "fake:good.json", "--suite", "teams"]),
        ("loop.jsonl", ["evaluate", "--predictions", "loop.jsonl", "--suite", "teams"]),
    ],
)
def test_a_link_that_leads_to_itself_is_named(project: Project, harness: Run, link: str, command: list[str]) -> None:
    Path(link).symlink_to(link)
    result = harness(*command)
    assert (result.code, link in result.err) == (2, True)
