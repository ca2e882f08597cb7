from __future__ import annotations

import pytest

from harness.host.indexing.api_range import range_problems, supported_range
from harness.host.records import PluginInfo

PLUGIN = PluginInfo("mine", "mine", "my-plugins", "2.0")


@pytest.mark.parametrize(
    ("requires", "supported"),
    [
        (["finetune-harness>=0.3,<0.4", "numpy"], ">=0.3,<0.4"),
        (["Finetune_Harness[models] >=0.3 ; python_version >= '3.8'"], ">=0.3"),
        (["finetune-harness>=0.3", "finetune-harness[dev]<2; extra == 'dev'"], ">=0.3"),
        (["finetune-harness"], ""),
        ([], ""),
    ],
)
def test_the_range_is_what_the_metadata_requires(requires: list[str], supported: str) -> None:
    assert supported_range(requires) == (supported, [])


def test_a_requirement_that_cannot_be_read_is_told_and_the_rest_counts() -> None:
    supported, unreadable = supported_range(["finetune harness >> 1", "finetune-harness>=0.3"])
    assert supported == ">=0.3"
    assert unreadable[0].startswith("its requirement 'finetune harness >> 1' cannot be read: ")


@pytest.mark.parametrize("here", ["0.3.0", "0.3.9", "0.3.0.dev4", "0.3.0rc1", "0.3.1.dev1+local"])
def test_versions_inside_are_no_problem(here: str) -> None:
    assert range_problems(PLUGIN, ">=0.3,<0.4", here) == []


@pytest.mark.parametrize("here", ["0.2.9", "0.4.0", "0.4.0.dev1", "0.1.0"])
def test_a_version_outside_is_fatal_and_says_what_helps(here: str) -> None:
    (problem,) = range_problems(PLUGIN, ">=0.3,<0.4", here)
    assert problem.fatal
    assert str(problem) == (
        f"plugin mine (my-plugins 2.0): needs finetune-harness >=0.3,<0.4; {here} is installed; update both: "
        "pip install --upgrade my-plugins finetune-harness"
    )


def test_no_range_at_all_is_a_note() -> None:
    (problem,) = range_problems(PLUGIN, "", "0.3.0")
    assert not problem.fatal
    assert "does not say which versions of finetune-harness it supports; write finetune-harness>=0.3.0" in str(problem)
