from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.types.hashing import content_hash

if TYPE_CHECKING:
    from tests.cli.conftest import Run
    from tests.conftest import Project


@pytest.fixture(autouse=True)
def ada(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARNESS_USER", "ada")


@pytest.fixture
def exported(measured: Project, harness: Run) -> Path:
    """`main`, which was picked from three models, as a file."""
    harness("baselines", "set", "main", "good", "--note", "nine of ten", "--picked-from", "3")
    assert harness("baselines", "export", "main", "main.json").code == 0
    return measured.folder / "main.json"


def changed(file: Path, **content: object) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), **content}), encoding="utf-8")


def test_an_exported_baseline_holds_identity_answers_and_provenance(exported: Path) -> None:
    content = json.loads(exported.read_text(encoding="utf-8"))
    assert content["schema"] == "finetune-harness/baseline/2"
    assert len(content["tables"]["predictions"]) == 60
    provenance = {key: content["baseline"][key] for key in ("name", "suite", "note", "who", "selected_from")}
    assert provenance == {
        "name": "main",
        "suite": "teams",
        "note": "nine of ten",
        "who": "ada",
        "selected_from": 3,
    }


def test_exporting_what_is_not_there_is_5(project: Project, harness: Run) -> None:
    result = harness("baselines", "export", "main", "main.json")
    assert (result.code, "baseline 'main': there is none; known: none" in result.err) == (5, True)


def test_a_name_that_serves_two_suites_is_exported_for_one_of_them(measured: Project, harness: Run) -> None:
    measured.suite("others", metrics=["accuracy"])
    harness("evaluate", "fake:good.json", "--suite", "others", "--name", "other")
    for name in ("good", "other"):
        harness("baselines", "set", "main", name)
    result = harness("baselines", "export", "main", "main.json")
    assert (result.code, "serves others, teams; say which with --suite" in result.err) == (2, True)
    assert harness("baselines", "export", "main", "main.json", "--suite", "others").code == 0


def test_an_imported_baseline_keeps_its_provenance_in_a_store_that_is_new(
    exported: Path, harness: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_HOME", "elsewhere")
    monkeypatch.setenv("HARNESS_USER", "bob")
    result = harness("baselines", "import", "main.json", "--name", "release")
    assert (result.code, result.out.startswith("release on teams is now ")) == (0, True)
    (row,) = harness("baselines", "list", "--json").json
    assert (row["baseline"], row["note"], row["who"], row["selected"]) == ("release", "nine of ten", "ada", 3)
    assert harness("baselines", "export", "release", "again.json").code == 0


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_a_file_that_was_cut_is_refused(exported: Path, harness: Run, kept: float) -> None:
    text = exported.read_text(encoding="utf-8")
    exported.write_text(text[: int(len(text) * kept)], encoding="utf-8")
    result = harness("baselines", "import", "main.json")
    assert (result.code, "main.json: was cut or changed after `harness baselines export` wrote it" in result.err) == (
        2,
        True,
    )


def test_a_file_in_which_an_answer_was_changed_is_refused_by_the_gate_too(exported: Path, harness: Run) -> None:
    text = exported.read_text(encoding="utf-8")
    exported.write_text(text.replace('"sample": 0', '"sample": 1', 1), encoding="utf-8")
    for command in (("baselines", "import", "main.json"), ("gate", "--suite", "teams", "--baseline", "main.json")):
        result = harness(*command)
        assert (result.code, "its content does not have the hash" in result.err) == (2, True)


def test_a_file_with_a_key_twice_is_refused(exported: Path, harness: Run) -> None:
    text = exported.read_text(encoding="utf-8")
    exported.write_text(text.replace('"name": "main"', '"name": "best", "name": "main"', 1), encoding="utf-8")
    result = harness("baselines", "import", "main.json")
    assert (result.code, "baseline.name: is there twice" in result.err) == (2, True)


def test_forged_scores_are_refused_by_import_and_gate_whatever_the_hash(exported: Path, harness: Run) -> None:
    content = json.loads(exported.read_text(encoding="utf-8"))
    key = content["tables"]["predictions"][0]["answer_key"]
    content["tables"]["scores"] = [{"answer_key": key, "content": "c", "metric": "m", "samples": 1, "statistics": [0]}]
    changed(exported, **{**content, "hash": content_hash({key: content[key] for key in ("baseline", "tables")})})
    for command in (("baselines", "import", "main.json"), ("gate", "--suite", "teams", "--baseline", "main.json")):
        result = harness(*command)
        assert (result.code, "main.json: " in result.err) == (2, True)
        assert "tables.scores: is not written by an export" in result.err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            {"schema": "finetune-harness/baseline/1"},
            "this program reads 'finetune-harness/baseline/2'; export it again",
        ),
        ({"schema": "finetune-harness/report/1"}, "is no baseline of `harness baselines export`"),
    ],
)
def test_another_schema_is_named(exported: Path, harness: Run, content: dict[str, str], said: str) -> None:
    changed(exported, **content)
    result = harness("baselines", "import", "main.json")
    assert (result.code, said in result.err) == (2, True)


def test_a_file_that_is_not_there_is_named(project: Project, harness: Run) -> None:
    result = harness("baselines", "import", "nowhere.json")
    assert (result.code, "nowhere.json: No such file" in result.err) == (2, True)


def test_a_file_that_cannot_be_written_is_named(exported: Path, harness: Run) -> None:
    result = harness("baselines", "export", "main", "main.json/elsewhere.json")
    assert (result.code, "main.json/elsewhere.json: cannot be written" in result.err) == (2, True)


def test_a_baseline_that_claims_to_be_the_answers_of_the_candidate_cannot_replace_them(
    project: Project, harness: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = project.answers("answers.jsonl", wrong=60)
    assert harness("evaluate", "--predictions", answers, "--suite", "teams", "--name", "wrong").code == 0
    harness("baselines", "set", "main", "wrong")
    assert harness("baselines", "export", "main", "main.json").code == 0
    monkeypatch.setenv("HARNESS_HOME", "elsewhere")
    gate = ("gate", "--suite", "teams", "--baseline", "main.json", "--predictions", answers)
    assert harness(*gate).code == 0  # it is the same model, and says so
    monkeypatch.setenv("HARNESS_HOME", "attacked")
    text = (project.folder / "main.json").read_text(encoding="utf-8")
    content = json.loads(text.replace('"replies": ["delivery"]', '"replies": ["billing"]'))
    changed(
        project.folder / "main.json",
        **{**content, "hash": content_hash({key: content[key] for key in ("baseline", "tables")})},
    )
    result = harness(*gate)
    assert (result.code, "an imported baseline claims to be this file's answers" in result.err) == (2, True)


@pytest.mark.parametrize(
    "command", [("baselines", "export", "main"), ("report", "latest", "--format", "json", "--output")]
)
def test_nothing_is_written_in_place_of_the_store(exported: Path, harness: Run, command: tuple[str, ...]) -> None:
    result = harness(*command, ".harness/store.duckdb")
    assert (result.code, "store.duckdb: cannot be written: it is a database" in result.err) == (2, True)
    assert harness("runs").code == 0
