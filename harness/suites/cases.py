"""The cases of a suite: one JSON object a line -> Case."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from harness.documents.json_lines import explain, json_rows, raise_problems
from harness.documents.reading import Document
from harness.errors import did_you_mean
from harness.types import Case, Expect, Message, Prompt, Unit, message_from_record, message_record

ROLES = ("system", "user", "assistant", "tool")


class CaseLine(Document):
    """A line of a case file, as it is written."""

    id: str | int | None = None
    messages: list[dict[str, Any]] | None = None
    prompt: str | None = None
    follow_ups: list[str] = Field(default_factory=list)
    references: list[str] = Field(default_factory=list)
    reference: str | None = None
    choices: list[str] | None = None
    answer: str | None = None
    answers: list[Annotated[int, Field(ge=0)]] = Field(default_factory=list)
    ending: str | None = None
    size: dict[Unit, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)
    expect: Expect | None = None
    slices: dict[str, str | int | float | bool] = Field(default_factory=dict)
    cluster: str | int | None = None


def read_cases(path: Path, system: str | None = None, choices: Sequence[str] = ()) -> tuple[Case, ...]:
    """The cases of a file, in its order; UsageError with every bad line.

    `system` goes before the messages of a case that has no system message, `choices` to a case that has none.
    """
    problems: list[str] = []
    line_of_id: dict[str, int] = {}
    line_of_content: dict[str, int] = {}
    cases = []
    for number, row in json_rows(path, problems):
        try:
            case = _case(CaseLine.model_validate(row), system, tuple(choices))
            _refuse_repeat("id", case.id, number, line_of_id)
            _refuse_repeat("content of case", case.content, number, line_of_content)
        except ValidationError as error:
            problems += [f"{path}:{number}: {text}" for text in explain(error, CaseLine)]
        except ValueError as error:
            problems.append(f"{path}:{number}: {error}")
        else:
            cases.append(case)
    raise_problems(problems)
    return tuple(cases)


def parse_case(record: Mapping[str, Any]) -> Case:
    """The case of one line of a case file; ValueError says all that is wrong with it."""
    try:
        return _case(CaseLine.model_validate(record), None, ())
    except ValidationError as error:
        raise ValueError("; ".join(explain(error, CaseLine))) from error


def case_record(case: Case) -> dict[str, Any]:
    """The line that `read_cases` reads back as this case, without a suite's `system` or `choices`."""
    record: dict[str, Any] = {"id": case.id}
    if isinstance(case.prompt, str):
        record["prompt"] = case.prompt
    else:
        record["messages"] = [message_record(message) for message in case.prompt]
    optional = {
        "follow_ups": list(case.follow_ups),
        "references": list(case.references),
        "choices": list(case.choices),
        "answer": None if case.answers else case.answer,
        "answers": list(case.answers),
        "ending": case.ending,
        "size": dict(case.size),
        "expect": case.expect,
        "slices": dict(case.slices),
        "cluster": case.cluster,
    }
    return record | {key: value for key, value in optional.items() if value not in (None, [], {})}


def _case(line: CaseLine, system: str | None, default_choices: tuple[str, ...]) -> Case:
    choices = tuple(line.choices) if line.choices is not None else default_choices
    _check_choices(choices, line)
    _check_ending(choices, line)
    if line.references and line.reference is not None:
        raise ValueError("has both 'reference' and 'references'; keep one")
    case = Case(
        id="" if line.id is None else _named("id", line.id),
        prompt=_prompt(line, system),
        follow_ups=tuple(line.follow_ups),
        references=tuple(line.references) if line.reference is None else (line.reference,),
        choices=choices,
        answer=choices[line.answers[0]] if line.answers else line.answer,
        answers=tuple(line.answers),
        ending=line.ending,
        size=dict(line.size),
        expect=line.expect,
        slices={key: _text(value) for key, value in line.slices.items()},
        cluster=None if line.cluster is None else _named("cluster", line.cluster),
    )
    return case if case.id else replace(case, id=f"case-{case.content[:12]}")


def _prompt(line: CaseLine, system: str | None) -> Prompt:
    if (line.messages is None) == (line.prompt is None):
        raise ValueError("needs either 'messages' (a chat) or 'prompt' (a raw text, sent as it is)")
    if line.prompt is not None:
        if system is not None:
            raise ValueError("'prompt' is sent as it is and takes no system message; write 'messages' instead")
        return line.prompt
    messages = tuple(_message(index, record) for index, record in enumerate(line.messages or ()))
    if not messages:
        raise ValueError("messages: is empty")
    if messages[-1].role not in ("user", "tool"):
        last = messages[-1].role
        raise ValueError(f"messages: ends with role {last!r}; the model replies to a 'user' or 'tool' message")
    if system is not None and messages[0].role != "system":
        return (Message(role="system", content=system), *messages)
    return messages


def _message(index: int, record: Mapping[str, Any]) -> Message:
    for key in ("role", "content"):
        if not isinstance(record.get(key), str):
            raise ValueError(f"messages[{index}].{key}: must be a string, got {record.get(key)!r}")
    if record["role"] not in ROLES:
        hint = did_you_mean(record["role"], ROLES)
        raise ValueError(f"messages[{index}].role: unknown role {record['role']!r}{hint}; known: {', '.join(ROLES)}")
    return message_from_record(record)


def _check_choices(choices: tuple[str, ...], line: CaseLine) -> None:
    answer, answers = line.answer, line.answers
    if len(choices) == 1:
        raise ValueError(f"choices: {choices[0]!r} alone is no choice; give at least two")
    if not all(choice.strip() for choice in choices):
        raise ValueError("choices: one of them is empty")
    repeated = next((choice for index, choice in enumerate(choices) if choice in choices[:index]), None)
    if repeated is not None and answer is not None and not answers:
        raise ValueError(f"choices: {repeated!r} is there twice; tell them apart by `answers`, the positions from 0")
    if answers and answer is not None:
        raise ValueError("has both 'answer' and 'answers'; keep one")
    if answers and max(answers) >= len(choices):
        raise ValueError(f"answers: {max(answers)} is no position among {len(choices)} choices, counted from 0")
    if answer is not None and not choices:
        raise ValueError("has an 'answer' and no 'choices'; a free answer to compare with is a 'reference'")
    if answer is not None and answer not in choices:
        hint = did_you_mean(answer, choices)
        raise ValueError(f"answer: {answer!r} is not among the choices{hint}; choices: {', '.join(choices)}")


def _check_ending(choices: tuple[str, ...], line: CaseLine) -> None:
    if line.ending is None:
        return
    if not choices or line.prompt is None:
        raise ValueError("ending: is scored after each choice, so it needs 'choices' and a raw 'prompt'")
    if not line.ending.strip():
        raise ValueError("ending: is empty")


def _refuse_repeat(what: str, value: str, number: int, line_of: dict[str, int]) -> None:
    first = line_of.setdefault(value, number)
    if first != number:
        shown = f" {value!r}" if what == "id" else ""
        raise ValueError(f"{what}{shown} repeats line {first}")


def _named(key: str, value: str | int) -> str:
    if not str(value).strip():
        raise ValueError(f"{key}: must not be empty")
    return str(value)


def _text(value: str | int | float | bool) -> str:
    return value if isinstance(value, str) else json.dumps(value)
