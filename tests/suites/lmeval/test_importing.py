from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.suites.lmeval.importing import import_task
from harness.suites.records import Generation, MetricUse

if TYPE_CHECKING:
    from tests.suites.lmeval.conftest import CasesOf, MakeTask, Refusal


def test_a_choice_task_becomes_raw_prompts_with_choices(choice_task: MakeTask) -> None:
    imported = import_task(choice_task())
    first = imported.suite.cases[0]
    assert (imported.suite.name, imported.repeated) == ("sums", 0)
    assert (first.id, first.prompt) == ("test-0", "Q: Two and two?\nA: ")
    assert (first.choices, first.answer, first.answers) == (("3", "4"), "4", ())
    assert imported.suite.metrics == (
        MetricUse("acc", "accuracy", role="primary"),
        MetricUse("acc_norm", "accuracy", {"per": "character"}, role="watch"),
    )


def test_a_reply_task_becomes_prompts_with_references_and_settings(reply_task: MakeTask) -> None:
    suite = import_task(reply_task(generation_kwargs={"until": "\n", "max_gen_toks": 9})).suite
    assert (suite.cases[1].prompt, suite.cases[1].references) == ("Q: Two and three?\nA:", ("5",))
    assert suite.generation == Generation(max_new_tokens=9, stop=("\n",))


def test_a_rolling_task_scores_whole_texts(make_task: MakeTask) -> None:
    suite = import_task(make_task(output_type="loglikelihood_rolling", doc_to_target="{{question}}")).suite
    assert [(case.prompt, case.references) for case in suite.cases][:1] == [("", ("Two and two?",))]
    assert [metric.use for metric in suite.metrics] == ["word-perplexity", "byte-perplexity", "bits-per-byte"]


def test_choices_in_the_question_are_followed_by_the_target(make_task: MakeTask, cases_of: CasesOf) -> None:
    choices = {"output_type": "multiple_choice", "doc_to_choice": "{{['It', 'He']}}"}
    (case,) = cases_of(make_task([{"n": 1}], doc_to_text="{{n}}", doc_to_target="broke.", **choices))
    assert (case.prompt, case.choices, case.answer, case.ending) == ("", ("It", "He"), "He", " broke.")


@pytest.mark.parametrize(
    ("target", "choices", "answer", "answers"),
    [
        ("b", ["a", "b"], "b", ()),
        ("{{[0, 2]}}", ["a", "b", "c"], "a", (0, 2)),
        (2, ["a", "b", "a"], "a", (2,)),
        (1, ["a", "b", "a"], "b", (1,)),
    ],
)
def test_the_target_may_be_a_text_a_position_or_several(
    target: object, choices: list[str], answer: str, answers: tuple[int, ...], choice_task: MakeTask, cases_of: CasesOf
) -> None:
    keys = {"doc_to_target": target, "doc_to_choice": choices}
    (case,) = cases_of(choice_task([{"question": "?"}], **keys))
    assert (case.answer, case.answers) == (answer, answers)


def test_several_targets_of_a_reply_are_references(make_task: MakeTask, cases_of: CasesOf) -> None:
    rows = [{"question": "?", "aliases": ["Lisbon", "Lisboa"]}]
    assert cases_of(make_task(rows, doc_to_target="{{aliases}}"))[0].references == ("Lisbon", "Lisboa")


def test_rows_that_repeat_are_left_out_and_counted(choice_task: MakeTask, rows: Sequence[Mapping[str, Any]]) -> None:
    imported = import_task(choice_task([*rows, rows[1]]))
    assert ([case.id for case in imported.suite.cases], imported.repeated) == (["test-0", "test-1", "test-2"], 1)


def test_a_limit_takes_the_first_rows(choice_task: MakeTask, cases_of: CasesOf) -> None:
    assert [case.id for case in cases_of(choice_task(), limit=2)] == ["test-0", "test-1"]


def test_a_task_that_counts_by_itself_gives_its_cases_a_size(
    tmp_path: Path, make_task: MakeTask, cases_of: CasesOf
) -> None:
    found = "{'word_perplexity': (results[0], 7), 'byte_perplexity': (results[0], 12)}"
    (tmp_path / "counting.py").write_text(f"def count(row, results):\n    return {found}\n")
    file = make_task(
        output_type="loglikelihood_rolling", doc_to_target="{{question}}", process_results="!function counting.count"
    )
    assert [dict(case.size) for case in cases_of(file, trust_code=True)] == [
        {"words": 7},  # "Two and two?" has 12 bytes itself
        {"words": 7, "bytes": 12},
        {"words": 7, "bytes": 12},
    ]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"doc_to_target": 2}, "sums.yaml: doc_to_target: gives 2, which is none of 2 choices (row 0 of test)"),
        ({"doc_to_text": "{{quest}}"}, "sums.yaml: doc_to_text: UndefinedError: 'quest' is undefined"),
        (
            {"doc_to_choice": "{{question}}"},
            "sums.yaml: doc_to_choice: gives 'Two and two?', which is no list of choices",
        ),
        ({"target_delimiter": ":"}, "sums.yaml: target_delimiter: ':' is more than white space"),
        ({"test_split": "tset"}, "sums.yaml: test_split: the data has no split 'tset'; it has test"),
        ({"doc_to_text": "{{ 'a'.ljust(10**10) }}"}, "sums.yaml: doc_to_text: MemoryError: took more than 500 MB"),
        ({"doc_to_text": "{{ 'a'|center(10**10) }}"}, "sums.yaml: doc_to_text: MemoryError: took more than 500 MB"),
        ({"doc_to_text": "{{ ''.__class__.__mro__ }}"}, "sums.yaml: doc_to_text: SecurityError: access to attribute"),
    ],
)
def test_what_a_row_does_not_give_is_refused_with_key_and_row(
    keys: dict[str, object], said: str, choice_task: MakeTask, refusal: Refusal
) -> None:
    assert refusal(choice_task(**keys)).startswith(said)


def test_an_empty_choice_names_the_row(choice_task: MakeTask, refusal: Refusal) -> None:
    row = {"question": "?", "options": ["", "x"], "right": 1}
    assert refusal(choice_task([row])) == "sums.yaml: row 0 of test: choices: one of them is empty"


def test_what_a_function_of_the_task_raises_is_told(tmp_path: Path, choice_task: MakeTask, refusal: Refusal) -> None:
    (tmp_path / "broken.py").write_text("def ask(row): return row['absent']\n")
    said = refusal(choice_task(doc_to_text="!function broken.ask"), trust_code=True)
    assert said.startswith("sums.yaml: doc_to_text: !function broken.ask: KeyError: 'absent'")


def test_an_example_whose_target_is_no_choice_is_refused(choice_task: MakeTask, refusal: Refusal) -> None:
    samples = {"samples": [{"question": "?", "options": ["x", "y"], "right": 2}]}
    assert "doc_to_target: gives 2 for an example, which is none" in refusal(
        choice_task(num_fewshot=1, fewshot_config=samples)
    )


def test_letters_need_the_choices_of_the_row(reply_task: MakeTask, refusal: Refusal) -> None:
    letters = [{"name": "letter", "filter": [{"function": "multi_choice_regex"}]}]
    assert refusal(reply_task(filter_list=letters)).startswith(
        "sums.yaml: filter_list: multi_choice_regex looks for a column 'choices'"
    )


def test_letters_are_of_choices_that_may_read_the_same(
    reply_task: MakeTask, rows: Sequence[Mapping[str, Any]], cases_of: CasesOf
) -> None:
    letters = [{"name": "letter", "filter": [{"function": "multi_choice_regex"}]}]
    (case,) = cases_of(reply_task([{**rows[0], "choices": ["3", "4", "3"]}], filter_list=letters))
    assert (case.choices, case.answer, case.references) == (("3", "4", "3"), None, ("4",))


@pytest.mark.parametrize("written", ['["a","b"]', "[0x10]", "007", "[\n1]"])
def test_a_text_that_is_scored_whole_is_taken_as_it_is(written: str, make_task: MakeTask, cases_of: CasesOf) -> None:
    keys = {"output_type": "loglikelihood_rolling", "doc_to_target": "{{question}}", "doc_to_text": ""}
    (case,) = cases_of(make_task([{"question": written}], **keys))
    assert case.references == (written,)


@pytest.mark.parametrize(
    "template",
    [
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{{ ('a' * 40 ~ 'b') | regex_replace('(a+)+$', '') }}",
    ],
)
def test_a_template_that_never_ends_is_refused(
    template: str, reply_task: MakeTask, refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.suites.lmeval.fields._SECONDS", 0.2)
    monkeypatch.setattr("harness.documents.patterns.SECONDS", 0.1)
    said = refusal(reply_task(doc_to_text=template))
    assert "sums.yaml: doc_to_text: " in said
    assert "takes more than 0.1 s" in said or "took more than 0.2 s of processor time" in said


@pytest.mark.parametrize("target", ["{{ '[' * 5000 ~ ']' * 5000 }}", "{{ '9' * 5000 }}", "[{{ '-' * 100000 }}1]"])
def test_a_target_that_cannot_be_a_python_value_is_a_text(target: str, reply_task: MakeTask, cases_of: CasesOf) -> None:
    assert len(cases_of(reply_task(doc_to_target=target))[0].references[0]) >= 5_000


def test_files_that_include_each_other_without_end_are_refused(
    tmp_path: Path, reply_task: MakeTask, refusal: Refusal
) -> None:
    for depth in range(12):
        (tmp_path / f"part-{depth}.yaml").write_text(f"include: [part-{depth + 1}.yaml, part-{depth + 1}.yaml]\n")
    (tmp_path / "part-12.yaml").write_text("repeats: 1\n")
    said = refusal(reply_task(include="part-0.yaml"))
    assert said == "sums.yaml: include: leads to more than 200 files"
