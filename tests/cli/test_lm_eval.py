from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.testing import write_fake_model

if TYPE_CHECKING:
    from tests.cli.conftest import Run

TASK = """\
task: sums
dataset_path: json
dataset_kwargs: {data_files: {test: sums.jsonl}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{question}}"
doc_to_choice: ["3", "4", "5"]
doc_to_target: "{{right}}"
"""


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A task file in the folder of the project."""
    monkeypatch.chdir(tmp_path)
    rows = [{"question": f"{one} and {two}?", "right": one + two - 3} for one in (1, 2) for two in (2, 3)]
    Path("sums.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    Path("sums-task.yaml").write_text(TASK, "utf-8")
    return Path("sums-task.yaml")


def test_an_imported_task_is_a_suite_like_any_other(harness: Run, task: Path) -> None:
    added = harness("suites", "add", "--from", "lm-eval", task)
    assert (added.code, added.out.splitlines()[0]) == (0, "wrote suites/sums.yaml")
    assert added.out.splitlines()[1].startswith("sums: 4 cases, version ")
    write_fake_model(Path("model.json"), {"1 and 2?": "3", "1 and 3?": "4", "2 and 2?": "5"})
    report = harness("evaluate", "fake:model.json", "--suite", "sums", "--json").json
    figures = {metric["metric"]: metric["value"] for metric in report["results"][0]["metrics"]}
    assert figures == {"acc": 0.5, "acc_norm": 0.5}


def test_an_imported_suite_is_never_overwritten(harness: Run, task: Path) -> None:
    harness("suites", "add", "--from", "lm-eval", task)
    again = harness("suites", "add", "--from", "lm-eval", task)
    assert (again.code, "suites/sums.yaml: exists already" in again.err) == (2, True)
    elsewhere = harness("suites", "add", "--from", "lm-eval", task, "--to", "smaller", "--limit", "2")
    assert "sums: 2 cases" in elsewhere.out


def test_nothing_is_written_where_the_task_is_wrong(harness: Run, task: Path) -> None:
    task.write_text(TASK.replace("{{right}}", "{{wrong}}"), "utf-8")
    refused = harness("suites", "add", "--from", "lm-eval", task)
    assert refused.code == 2
    assert refused.err == "harness: sums-task.yaml: doc_to_target: UndefinedError: 'wrong' is undefined (row 0 of test)"
    assert not Path("suites").exists()


@pytest.mark.parametrize("options", [["--limit", "2"], ["--trust-code"], ["--num-fewshot", "0"]])
def test_options_of_an_import_need_one(options: list[str], harness: Run, task: Path) -> None:
    refused = harness("suites", "add", task, *options)
    assert (refused.code, "add --from lm-eval" in refused.err) == (2, True)
