from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


def test_a_suite_is_added_once_and_listed_with_where_it_is(project: Project, harness: Run) -> None:
    for _ in range(2):
        result = harness("suites", "add", "suites/teams.yaml")
        assert (result.code, result.out[:26]) == (0, "teams: 60 cases, version " + result.out[25])
    rows = [row for row in harness("suites", "list", "--json").json if row["suite"] == "teams"]
    assert [(row["cases"], row["where"]) for row in rows] == [(60, "suites/teams.yaml")]


def test_the_suites_that_ship_are_listed(project: Project, harness: Run) -> None:
    names = {row["suite"] for row in harness("suites", "list", "--json").json}
    assert names >= {"support-answers", "support-intents", "support-safety", "teams"}


def test_a_suite_shows_its_settings_and_tiers(project: Project, harness: Run) -> None:
    project.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}], tiers={"dev": 0.5, "gate": 0.5})
    rows = {row["key"]: row["value"] for row in harness("suites", "show", "teams", "--json").json}
    assert (rows["cases"], rows["metrics"]) == (60, "accuracy (primary)")
    assert rows["tiers"].startswith("dev ")


def test_two_versions_differ_in_what_was_edited(project: Project, harness: Run) -> None:
    version = harness("suites", "add", "suites/teams.yaml").out.split()[-1]
    cases = (project.folder / "suites/cases.jsonl").read_text()
    project.write("suites/cases.jsonl", cases.replace("answers letter 7?", "will answer letter 7?"))
    project.suite("teams", metrics=["accuracy"])
    difference = harness("suites", "diff", version, "teams", "--json").json
    assert (difference["added"], difference["removed"], difference["changed"]) == ([], [], ["letter-7"])
    stored = {row["key"]: row["value"] for row in harness("suites", "show", "teams", "--json").json}["stored"]
    assert stored.startswith(version)
    assert difference["settings"] == ['metrics.accuracy.role: "primary" -> "guard"']
    assert "changed: 1: letter-7" in harness("suites", "diff", version, "teams").out


def test_a_suite_that_is_only_in_the_store_is_exported_to_files(project: Project, harness: Run) -> None:
    version = harness("suites", "add", "suites/teams.yaml").out.split()[-1]
    (project.folder / "suites/teams.yaml").unlink()
    assert harness("suites", "export", "teams", "out").out == "wrote out/teams.yaml\n"
    assert harness("suites", "add", "out/teams.yaml").out.split()[-1] == version
    again = harness("suites", "export", "teams", "out")
    assert (again.code, "exists already" in again.err) == (2, True)


def test_a_mistake_in_a_suite_is_named_with_file_and_line(project: Project, harness: Run) -> None:
    file = project.write(
        "suites/bad.yaml",
        "name: bad\ncases: cases.jsonl\nchoices: [billing, delivery, returns]\nmetrics:\n  - {use: acuracy}\n",
    )
    result = harness("suites", "add", file)
    assert result.code == 2
    assert "metrics[0]: unknown metric 'acuracy' (did you mean 'accuracy'?)" in result.err
