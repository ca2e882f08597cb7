from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def test_the_latest_report_is_shown_again_from_what_is_stored(measured: Project, harness: Run) -> None:
    shown = harness("compare", "good", "base")
    assert harness("report", "latest").out == shown.out
    as_json = harness("compare", "good", "base", "--json").json
    assert harness("report", "--format", "json").json == as_json


def test_a_run_is_addressed_by_a_unique_prefix(measured: Project, harness: Run) -> None:
    run = harness("runs", "--json").json[-1]["run"]
    assert harness("report", run[:-2], "--json").json["run"] == run
    result = harness("report", "1999")
    assert (result.code, "run '1999'" in result.err) == (2, True)


def test_the_report_of_an_evaluation_says_how_to_see_its_figures(measured: Project, harness: Run) -> None:
    (warning,) = harness("report", "--json").json["warnings"]
    assert warning.endswith("the same command shows them again, unasked")
