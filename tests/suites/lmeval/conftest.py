"""Task files written by a test, over three rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from harness.errors import UsageError
from harness.suites.lmeval.importing import import_task
from harness.types import Case

MakeTask: TypeAlias = Callable[..., Path]
CasesOf: TypeAlias = Callable[..., list[Case]]
Refusal: TypeAlias = Callable[..., str]
ROWS = [
    {"question": "Two and two?", "options": ["3", "4"], "right": 1, "reply": "4"},
    {"question": "Two and three?", "options": ["5", "6"], "right": 0, "reply": "5"},
    {"question": "Two and four?", "options": ["7", "6"], "right": 1, "reply": "6"},
]
TASK = {
    "task": "sums",
    "dataset_path": "json",
    "dataset_kwargs": {"data_files": {"test": "rows.jsonl"}},
    "test_split": "test",
    "doc_to_text": "Q: {{question}}\nA:",
}


@pytest.fixture
def make_task(tmp_path: Path) -> MakeTask:
    """Writes `sums.yaml` with the given keys beside its rows; None takes a key away."""

    def make(rows: Sequence[Mapping[str, Any]] = ROWS, **keys: Any) -> Path:
        (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        text = yaml.safe_dump({key: value for key, value in {**TASK, **keys}.items() if value is not None})
        (tmp_path / "sums.yaml").write_text(text.replace("'!function ", "!function '"), "utf-8")
        return tmp_path / "sums.yaml"

    return make


@pytest.fixture
def choice_task(make_task: MakeTask) -> MakeTask:
    """Writes a task that chooses among the options."""
    choices = {"output_type": "multiple_choice", "doc_to_target": "right", "doc_to_choice": "options"}
    return lambda *rows, **keys: make_task(*rows, **{**choices, **keys})


@pytest.fixture
def reply_task(make_task: MakeTask) -> MakeTask:
    """Writes a task that asks for a reply."""
    return partial(make_task, doc_to_target="reply")


@pytest.fixture
def rows() -> Sequence[Mapping[str, Any]]:
    """The rows of a task that is given none."""
    return ROWS


@pytest.fixture
def cases_of() -> CasesOf:
    """The cases of an imported file."""
    return lambda file, **options: list(import_task(file, **options).suite.cases)


@pytest.fixture
def refusal() -> Refusal:
    """What the import says where it refuses a file, without the folder."""

    def refused(file: Path, **options: Any) -> str:
        with pytest.raises(UsageError) as caught:
            import_task(file, **options)
        return str(caught.value).replace(f"{file.parent}/", "")

    return refused
