"""What an installed distribution says of itself: entry point, API range, extras."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.authoring.doctor.records import Line
from tests.authoring.doctor.conftest import HEALTHY, diagnosed

if TYPE_CHECKING:
    from tests.authoring.doctor.conftest import Install

RANGE = "Requires-Dist: finetune-harness>=0.1,<0.2"
EMPTY = "from harness import hookimpl\n@hookimpl\ndef register_metrics(): yield from ()\n"
NEEDS = HEALTHY.replace("@metric", "@metric(needs=('[big]',))")


def line_of(subject: str) -> Line:
    (line,) = [line for line in diagnosed("mine").lines if line.subject == subject]
    return line


def test_a_healthy_plugin_is_well(install: Install) -> None:
    install(HEALTHY, RANGE)
    found = diagnosed("mine")
    assert (str(found.plugin), found.well) == ("mine (mine 1.2)", True)
    assert [line.subject for line in found.lines] == [
        "entry point", "API range", "import", "hooks", "options", "contract",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("requirement", "state", "said", "mend"),
    [
        ("finetune-harness>=0.1,<0.2", "ok", "<0.2; 0.1.0 is installed", ""),
        ("finetune-harness>=7", "fail", "needs finetune-harness >=7", "take a release of the plugin"),
        ("finetune-harness>=0.1", "note", ">=0.1 has no upper end", '"finetune-harness>=0.1,<0.2"'),
        ("finetune-harness", "note", "does not say which releases", '"finetune-harness>=0.1,<0.2"'),
        ("numpy", "note", "does not say which releases", '"finetune-harness>=0.1,<0.2"'),
    ],
)
def test_the_range_of_releases(install: Install, requirement: str, state: str, said: str, mend: str) -> None:
    install(EMPTY, f"Requires-Dist: {requirement}")
    line = line_of("API range")
    assert (line.state, said in line.text, mend in line.mend) == (state, True, True), line


def test_an_entry_point_that_leads_nowhere(install: Install) -> None:
    install(EMPTY, RANGE, value="mien")
    line = line_of("entry point")
    assert (line.state, "No module named 'mien'" in line.text) == ("fail", True)
    assert "correct the entry point" in line.mend


def test_an_entry_point_into_a_module_is_pointed_out(install: Install) -> None:
    text = "from harness import hookimpl\nclass Hooks:\n    @hookimpl\n    def register_metrics(self): yield from ()\n"
    install(text + "hooks = Hooks()", RANGE, value="mine:hooks")
    line = line_of("entry point")
    assert (line.state, line.mend) == ("note", "write mine")


@pytest.mark.parametrize(
    ("metadata", "state", "said", "mend"),
    [
        ((), "fail", "mine has no such extra", "big = […]"),
        (("Provides-Extra: big", "Requires-Dist: numpy; extra == 'big'"), "ok", "[big]: installed", ""),
        (
            ("Provides-Extra: big", "Requires-Dist: numpy>=99; extra == 'big'"),
            *("not run", "not installed: numpy", 'pip install "mine[big]"'),
        ),
    ],
)
def test_an_extra_that_is_needed(install: Install, metadata: tuple[str, ...], state: str, said: str, mend: str) -> None:
    install(NEEDS, RANGE, *metadata)
    *_, line, contract = diagnosed("mine").lines
    assert (line.subject, line.state, said in line.text, mend in line.mend) == ("needs", state, True, True), line
    assert contract.state == ("not run" if state == "not run" else "ok")


def test_what_ships_with_the_harness_is_looked_at_when_it_is_named() -> None:
    found = diagnosed("harness-refiners")
    assert found.well, found.lines
    assert "it ships with the harness" in [line.text for line in found.lines]
