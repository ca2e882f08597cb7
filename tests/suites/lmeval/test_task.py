from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.suites.lmeval.files import read_task

if TYPE_CHECKING:
    from tests.suites.lmeval.conftest import CasesOf, MakeTask, Refusal


def test_own_keys_win_over_included_ones_and_each_knows_its_file(tmp_path: Path, make_task: MakeTask) -> None:
    (tmp_path / "_base").write_text("doc_to_text: base\ndoc_to_choice: [a, b]\n")
    written = read_task(make_task(include="_base", doc_to_text="own"))
    assert (written.keys["doc_to_text"], written.keys["doc_to_choice"]) == ("own", ["a", "b"])
    assert written.where("doc_to_choice") == f"{tmp_path / '_base'}: doc_to_choice"
    assert written.where("doc_to_text") == f"{tmp_path / 'sums.yaml'}: doc_to_text"


def test_a_mistake_in_an_included_file_names_that_file(tmp_path: Path, choice_task: MakeTask, refusal: Refusal) -> None:
    (tmp_path / "_base.yaml").write_text("num_fewshot: many\n")
    assert refusal(choice_task(include="_base.yaml")) == (
        "_base.yaml: num_fewshot: input should be a valid integer, got 'many'"
    )


@pytest.mark.parametrize(
    "twice",
    [
        "num_fewshot: 2\nnum_fewshot: 2\n",
        "metadata: {version: 1.0,\n  version: 2.0}\n",
        "metric_list:\n  - metric: acc\n    metric: acc_norm\n",
    ],
)
def test_a_key_that_stands_twice_is_refused_with_file_and_line(
    choice_task: MakeTask, refusal: Refusal, twice: str
) -> None:
    file = choice_task()
    rest = file.read_text("utf-8")
    file.write_text(twice + rest, "utf-8")
    line = len(twice.splitlines())
    key = twice.splitlines()[-1].strip().partition(":")[0]
    assert refusal(file) == f"sums.yaml:{line}: {key}: stands already on line {line - 1}"


def test_in_a_file_of_lm_eval_itself_the_last_of_two_keys_counts_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "lm_eval" / "tasks" / "sums"
    folder.mkdir(parents=True)
    (folder / "_base").write_text("test_split: test\ntest_split: dev\n")
    (tmp_path / "mine.yaml").write_text("include: lm_eval/tasks/sums/_base\n")
    assert read_task(tmp_path / "mine.yaml").keys == {"test_split": "dev"}
    (record,) = caplog.records
    assert "_base:2: test_split: stands already on line 1; the last one counts, as in lm-eval" in record.message


def test_a_file_that_includes_itself_is_refused(make_task: MakeTask, refusal: Refusal) -> None:
    assert "sums.yaml: include: " in refusal(make_task(include="sums.yaml"))


def test_functions_run_only_where_code_is_trusted(
    tmp_path: Path, choice_task: MakeTask, cases_of: CasesOf, refusal: Refusal
) -> None:
    ran = tmp_path / "ran"
    code = ["import pathlib", f"pathlib.Path({str(ran)!r}).touch()", "def ask(row): return row['question']"]
    (tmp_path / "text.py").write_text("\n".join(code))
    file = choice_task(doc_to_text="!function text.ask")
    said = "sums.yaml: doc_to_text: !function text.ask runs Python code of the task; read it, then import with --trust"
    assert refusal(file).startswith(said)
    assert not ran.exists()
    assert cases_of(file, trust_code=True)[0].prompt == "Two and two? "


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.ask", "sums.yaml: !function nowhere.ask: ModuleNotFoundError: No module named 'nowhere'"),
        ("text.aks", "sums.yaml: !function text.aks: AttributeError: module"),
    ],
)
def test_a_function_that_cannot_be_imported_is_named(
    name: str, said: str, tmp_path: Path, choice_task: MakeTask, refusal: Refusal
) -> None:
    (tmp_path / "text.py").write_text("def ask(row): ...\n")
    file = choice_task(doc_to_text=f"!function {name}")
    assert refusal(file, trust_code=True).startswith(said)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"doc_to_txt": "x"}, "sums.yaml: unknown key 'doc_to_txt' (did you mean 'doc_to_text'?); known keys: task"),
        (
            {"fewshot_config": {"splits": "x"}},
            "sums.yaml: fewshot_config: unknown key 'splits' (did you mean 'split'?); known keys: sampler",
        ),
        ({"task": ["a", "b"]}, "sums.yaml: task: is a group of tasks; add the file of each task by itself"),
        ({"dataset_path": None}, "sums.yaml: dataset_path: is missing, so this is no task by itself"),
        ({"test_split": None}, "sums.yaml: test_split: neither this nor `validation_split` names the split"),
        ({"output_type": "loglikelihood"}, "sums.yaml: output_type: loglikelihood is not supported, because"),
        ({"use_prompt": "promptsource:x"}, "sums.yaml: use_prompt: Promptsource prompts are not supported; write"),
        ({"doc_to_image": "picture"}, "sums.yaml: doc_to_image: pictures are not supported"),
        ({"process_results": "!function a.b"}, "sums.yaml: process_results: is not supported: what a reply is worth"),
        (
            {"fewshot_config": {"sampler": "balanced"}},
            "sums.yaml: fewshot_config: input should be 'default' or 'first_n'",
        ),
    ],
)
def test_what_is_not_supported_says_what_would_work(
    keys: dict[str, object], said: str, choice_task: MakeTask, refusal: Refusal
) -> None:
    assert refusal(choice_task(**keys)).startswith(said)


def test_keys_that_change_nothing_are_fine(reply_task: MakeTask, cases_of: CasesOf) -> None:
    keys = {"tag": ["x"], "task_alias": "y", "metadata": {"version": 1}, "should_decontaminate": True}
    assert len(cases_of(reply_task(**keys))) == 3


def test_a_key_that_is_no_text_is_refused(make_task: MakeTask, refusal: Refusal) -> None:
    file = make_task()
    file.write_text(file.read_text() + '"\\ud800": 1\n')
    assert refusal(file).startswith("sums.yaml: input should be a valid string")
