from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.suites.cases import CaseLine, case_record, read_cases
from harness.types import Case, Message

USER = {"role": "user", "content": "hello"}


def write(folder: Path, *lines: str) -> Path:
    (folder / "cases.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder / "cases.jsonl"


def refusal(folder: Path, *lines: str, **defaults: object) -> list[str]:
    with pytest.raises(UsageError) as caught:
        read_cases(write(folder, *lines), **defaults)  # type: ignore[arg-type]
    return str(caught.value).replace(f"{folder}/", "").split("\n")


def test_all_keys_of_a_case_are_read(tmp_path: Path) -> None:
    row = {
        "id": 7,
        "messages": [USER, {"role": "assistant", "content": "hi", "name": "Robin"}, USER],
        "follow_ups": ["and then?"],
        "references": ["one", "two"],
        "choices": ["a", "b"],
        "answer": "b",
        "expect": "refuse",
        "slices": {"style": "terse", "turns": 3, "long": False},
        "cluster": 12,
    }
    (case,) = read_cases(write(tmp_path, json.dumps(row)))
    assert case == Case(
        id="7",
        prompt=(Message("user", "hello"), Message("assistant", "hi", name="Robin"), Message("user", "hello")),
        follow_ups=("and then?",),
        references=("one", "two"),
        choices=("a", "b"),
        answer="b",
        expect="refuse",
        slices={"style": "terse", "turns": "3", "long": "false"},
        cluster="12",
    )
    assert set(row) | {"prompt", "reference", "answers", "ending", "size"} == set(CaseLine.model_fields)


def test_a_case_without_id_is_named_after_its_content(tmp_path: Path) -> None:
    (case,) = read_cases(write(tmp_path, '{"prompt": "x", "reference": "y"}'))
    assert case.id == f"case-{case.content[:12]}"
    assert (case.prompt, case.references) == ("x", ("y",))


def test_defaults_yield_to_what_the_case_says(tmp_path: Path) -> None:
    own = {"messages": [{"role": "system", "content": "own"}, USER], "choices": ["x", "y"]}
    first, second = read_cases(
        write(tmp_path, json.dumps(own), json.dumps({"messages": [USER]})), system="default", choices=["a", "b"]
    )
    assert (first.prompt[0], first.choices) == (Message("system", "own"), ("x", "y"))
    assert (second.prompt[0], second.choices) == (Message("system", "default"), ("a", "b"))


def test_blank_lines_a_byte_order_mark_and_crlf_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"prompt": "a"}\r\n\r\n{"prompt": "b\\u2028c"}\r\n')
    assert [case.prompt for case in read_cases(path)] == ["a", "b\u2028c"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "is not JSON: Expecting property name enclosed in double quotes (column 2)"),
        ("[1]", "holds list '[1]', expected an object {...}"),
        ('{"promt": "x"}', "unknown key 'promt' (did you mean 'prompt'?); known keys: id, messages, prompt"),
        ('{"prompt": 3}', "prompt: input should be a valid string, got 3"),
        ('{"prompt": "x", "references": ["a", 1]}', "references[1]: input should be a valid string, got 1"),
        ('{"id": "q"}', "needs either 'messages' (a chat) or 'prompt' (a raw text, sent as it is)"),
        ('{"messages": []}', "messages: is empty"),
        ('{"messages": [{"role": "user"}]}', "messages[0].content: must be a string, got None"),
        ('{"messages": [{"role": "usr", "content": ""}]}', "unknown role 'usr' (did you mean 'user'?)"),
        ('{"messages": [{"role": "assistant", "content": ""}]}', "ends with role 'assistant'"),
        (
            '{"prompt": "x", "choices": ["a", "b"], "answer": "c"}',
            "answer: 'c' is not among the choices; choices: a, b",
        ),
        ('{"prompt": "x", "answer": "c"}', "has an 'answer' and no 'choices'"),
        ('{"prompt": "x", "choices": ["a"]}', "'a' alone is no choice"),
        ('{"prompt": "x", "choices": ["a", "a"], "answer": "a"}', "choices: 'a' is there twice"),
        ('{"prompt": "x", "choices": ["a", " "]}', "choices: one of them is empty"),
        ('{"prompt": "x", "expect": "comply"}', "expect: input should be 'answer' or 'refuse', got 'comply'"),
        ('{"prompt": "x", "slices": {"n": NaN}}', "NaN is no JSON number; write a finite one"),
        ('{"prompt": "x", "reference": "a", "reference": "b"}', "2: reference: is there twice"),
        ('{"messages": [{"role": "user", "role": "tool", "content": ""}]}', "2: messages[0].role: is there twice"),
        ('{"prompt": "\\ud83d"}', "holds half a surrogate pair"),
        ('{"prompt": "x", "id": " "}', "id: must not be empty"),
        ('{"prompt": "x", "reference": "a", "references": ["b"]}', "has both 'reference' and 'references'"),
    ],
)
def test_a_bad_line_is_named_with_what_is_wrong(tmp_path: Path, line: str, said: str) -> None:
    (message,) = refusal(tmp_path, '{"prompt": "fine"}', line)
    assert message.startswith("cases.jsonl:2: ")
    assert said in message


def test_a_raw_prompt_takes_no_system_message(tmp_path: Path) -> None:
    assert "takes no system message" in refusal(tmp_path, '{"prompt": "x"}', system="be brief")[0]


def test_repeated_ids_and_contents_name_both_lines(tmp_path: Path) -> None:
    lines = ['{"id": "a", "prompt": "x"}', '{"id": "a", "prompt": "y"}', '{"id": "c", "prompt": "x"}']
    assert refusal(tmp_path, *lines) == [
        "cases.jsonl:2: id 'a' repeats line 1",
        "cases.jsonl:3: content of case repeats line 1",
    ]


def test_all_bad_lines_are_reported_up_to_twenty(tmp_path: Path) -> None:
    message = refusal(tmp_path, *["{}"] * 25)
    assert len(message) == 21
    assert message[-1] == "… and 5 more"


def test_an_empty_file_is_an_error(tmp_path: Path) -> None:
    assert refusal(tmp_path, "", " ") == ["cases.jsonl: is empty; write one JSON object a line"]


def test_a_written_case_reads_back_equal(tmp_path: Path) -> None:
    case = Case("a", (Message("user", "hi", name="Ann", extra={"mood": 1}),), references=("r",), slices={"k": "v"})
    assert read_cases(write(tmp_path, json.dumps(case_record(case)))) == (case,)


def test_right_choices_may_be_given_by_position_where_texts_cannot_tell_them(tmp_path: Path) -> None:
    row = {"prompt": "Q", "choices": ["a", "b", "a"], "answers": [2, 1]}
    (case,) = read_cases(write(tmp_path, json.dumps(row)))
    assert (case.choices, case.answer, case.answers) == (("a", "b", "a"), "a", (2, 1))
    assert read_cases(write(tmp_path, json.dumps(case_record(case)))) == (case,)


def test_an_ending_and_a_size_are_part_of_what_a_case_is(tmp_path: Path) -> None:
    row = {"prompt": "The cup fell. ", "choices": ["It", "He"], "answer": "It", "ending": " broke."}
    first, second, third = read_cases(
        write(
            tmp_path,
            json.dumps(row),
            '{"prompt": "", "reference": "a b"}',
            '{"prompt": "", "reference": "a b", "size": {"words": 3}}',
        )
    )
    assert (first.ending, third.size) == (" broke.", {"words": 3})
    assert second.content != third.content
    assert case_record(third)["size"] == {"words": 3}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            '{"prompt": "Q", "choices": ["a", "a"], "answer": "a"}',
            "choices: 'a' is there twice; tell them apart by `answers`",
        ),
        ('{"prompt": "Q", "choices": ["a", "b"], "answers": [2]}', "answers: 2 is no position among 2 choices"),
        ('{"prompt": "Q", "choices": ["a", "b"], "answers": [1], "answer": "b"}', "has both 'answer' and 'answers'"),
        ('{"prompt": "Q", "ending": "x"}', "ending: is scored after each choice, so it needs 'choices'"),
        ('{"prompt": "", "reference": "x", "size": {"lines": 1}}', "size: input should be 'words' or 'bytes'"),
    ],
)
def test_positions_endings_and_sizes_are_checked(line: str, said: str, tmp_path: Path) -> None:
    assert said in refusal(tmp_path, line)[0]
