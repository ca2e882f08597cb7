"""A store that somebody deletes in the middle of a run is said as that."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
