from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from stored_rows import add_rows

from harness.report.json import from_json
from harness.store.journal.values import now
from harness.store.store import Store

if TYPE_CHECKING:
    from harness.report.model import Trend
    from tests.cli.conftest import Run
    from tests.conftest import Project

BEGINS = {
    "html": "<!doctype html>",
    "markdown": "**REGRESSED** · exit 1",
    "json": '{\n  "schema": 2,',
    "junit": "<?xml",
}
FILES = {"html": "report.html", "markdown": "report.md", "json": "report.json", "junit": "junit.xml"}


def trend(harness: Run) -> Trend:
    """The only trend of the last report."""
    (only,) = from_json(harness("report", "--json").json).trends
    return only


def test_the_latest_report_is_shown_again_from_what_is_stored(measured: Project, harness: Run) -> None:
    shown = harness("compare", "good", "base")
    assert harness("report", "latest").out == shown.out
    as_json = harness("compare", "good", "base", "--json").json
    assert harness("report", "--json").json == as_json


def test_a_run_is_addressed_by_a_unique_prefix(measured: Project, harness: Run) -> None:
    run = harness("runs", "--json").json[-1]["run"]
    assert harness("report", run[:-2], "--json").json["run"] == run
    result = harness("report", "1999")
    assert (result.code, "run '1999'" in result.err) == (2, True)


def test_an_evaluation_is_shown_again_from_what_is_stored(project: Project, harness: Run) -> None:
    shown = harness("evaluate", "fake:good.json", "--suite", "teams")
    assert (shown.code, "MEASURED  compared with nothing" in shown.out) == (0, True)
    assert harness("report").out == shown.out
    as_json = harness("evaluate", "fake:good.json", "--suite", "teams", "--json").json
    assert as_json["results"][0]["metrics"][0]["value"] == 0.9
    assert harness("report", "--json").json == as_json


def test_every_form_has_the_values_of_an_evaluation(measured: Project, harness: Run) -> None:
    forms = {form: harness("report", "--format", form, "--output", "-").out for form in FILES}
    assert "<h1>MEASURED</h1>" in forms["html"]
    assert forms["markdown"].startswith("**MEASURED** · compared with nothing")
    spread = "[0.40, 0.60]"
    assert [form for form in ("html", "markdown", "junit") if spread not in forms[form]] == []


def test_an_evaluation_whose_figures_were_not_kept_says_how_to_see_them(measured: Project, harness: Run) -> None:
    store = Store(measured.folder / ".harness")
    add_rows(
        store,
        "runs",
        [
            {
                "id": "old",
                "command": "evaluate m --suite s",
                "recipe": {},
                "folder": "reports/old",
                "started_at": "2020-01-01",
            }
        ],
    )
    add_rows(store, "states", [{"subject": "run", "id": "old", "state": "complete", "at": "2020-01-01"}])
    assert "NO DECISION  the run is complete" in harness("report", "old").out
    (warning,) = harness("report", "old", "--json").json["warnings"]
    assert "harness history METRIC" in warning


@pytest.mark.parametrize("form", FILES)
def test_a_failed_gate_is_written_into_the_folder_of_its_run(measured: Project, harness: Run, form: str) -> None:
    assert harness("compare", "good", "base").code == 1
    run = harness("runs", "--json").json[0]["run"]
    written = harness("report", "latest", "--format", form)
    assert (written.code, written.out) == (0, f"reports/{run}/{FILES[form]}\n")
    assert Path(written.out.strip()).read_text(encoding="utf-8").lower().startswith(BEGINS[form].lower())


@pytest.mark.parametrize("form", FILES)
def test_a_file_of_ones_own_and_stdout_get_the_same(measured: Project, harness: Run, form: str) -> None:
    harness("compare", "good", "base")
    assert harness("report", "--format", form, "--output", "out/one").out == "out/one\n"
    assert Path("out/one").read_text(encoding="utf-8") == harness("report", "--format", form, "--output", "-").out


def test_json_and_junit_say_what_the_gate_said(measured: Project, harness: Run) -> None:
    harness("gate", "--suite", "teams", "--baseline", "good", "--candidate", "near")
    report = from_json(harness("report", "--format", "json", "--output", "-").json)
    assert report.decision is not None
    root = ET.fromstring(harness("report", "--format", "junit", "--output", "-").out)
    decision = root.find("testsuite/testcase/failure")
    assert decision is not None
    assert (report.decision.code, decision.attrib["type"]) == (3, "inconclusive")
    lenient = ("gate", "--suite", "teams", "--baseline", "good", "--candidate", "near", "--policy", "lenient")
    assert harness(*lenient).code == 0
    assert "baselines" not in harness("report").out  # what a lenient gate let through is no baseline to propose
    root = ET.fromstring(harness("report", "--format", "junit", "--output", "-").out)
    assert (root.attrib["failures"], root.attrib["errors"]) == ("0", "0")


def test_a_gate_that_measured_too_little_has_a_report_that_is_not_green(measured: Project, harness: Run) -> None:
    answers = measured.answers("answers.jsonl", count=40)
    assert harness("gate", "--suite", "teams", "--baseline", "good", "--predictions", answers).code == 4
    assert harness("report", "--format", "markdown", "--output", "-").out.startswith("**INCOMPLETE** · exit 4")
    root = ET.fromstring(harness("report", "--format", "junit", "--output", "-").out)
    assert (root.attrib["failures"], root.attrib["errors"]) == ("0", "2")


def test_the_values_before_are_the_trend(measured: Project, harness: Run) -> None:
    harness("compare", "good", "near")
    assert [point.model for point in trend(harness).points] == ["good", "near"]
    harness("compare", "good", "base")
    assert [(point.model, point.value) for point in trend(harness).points] == [
        ("good", 0.9),
        ("near", 0.85),
        ("base", 0.5),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "pdf"), "--format 'pdf': is no format; there are rich, html, markdown, json, junit"),
        (("--output", "report.txt"), "--output: rich is for terminals"),
        (("--json", "--format", "junit"), "--json prints JSON on stdout"),
        (("--json", "--output", "a.json"), "--json prints JSON on stdout"),
    ],
)
def test_options_that_make_no_sense_are_2(
    measured: Project, harness: Run, arguments: tuple[str, ...], said: str
) -> None:
    result = harness("report", *arguments)
    assert result.code == 2
    assert said in result.err


def test_without_any_run_it_says_where_to_start(project: Project, harness: Run) -> None:
    result = harness("report", "--format", "junit")
    assert (result.code, "there is no run yet" in result.err) == (2, True)


def test_a_run_whose_id_is_a_path_gets_no_report_elsewhere(project: Project, harness: Run) -> None:
    row = {"id": "../../x", "command": "compare", "recipe": {}, "folder": "x", "started_at": now()}
    add_rows(Store(project.folder / ".harness"), "runs", [row])
    result = harness("report", "../../x", "--format", "html")
    assert (result.code, "run '../../x': must be usable as the name of a folder" in result.err) == (4, True)
    assert harness("runs").code == 0
