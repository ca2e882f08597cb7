"""The library `datasets` as a source of conversations, from files and without its cache."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness import Component, Message
from harness.testing import DatasetContract
from harness.types import Conversation, LoadRequest, Rejected, Source

if TYPE_CHECKING:
    from tests.conftest import Project
    from tests.third_party.conftest import Find, Run

FILE = "datasets_dataset.py"
CHATS = [
    [{"role": "user", "content": f"Question {number}"}, {"role": "assistant", "content": f"Reply {number}"}]
    for number in range(12)
]


def write(folder: Path, reader: str, chats: list[Any]) -> Path:
    """The chats as rows of a file."""
    file, rows = folder / f"chats.{reader}", [{"messages": chat} for chat in chats]
    if reader == "json":
        file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    else:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist(rows), file)
    return file


class TestHuggingFaceRows(DatasetContract):
    @pytest.fixture(autouse=True, params=["json", "parquet"])
    def load(self, find: Find, request: pytest.FixtureRequest, tmp_path: Path) -> None:
        self.found, self.reader = find(FILE, "dataset", "hf-rows"), request.param
        self.file = write(tmp_path, request.param, CHATS)

    def component(self) -> Component[Any]:
        return self.found

    def options(self) -> Mapping[str, Any]:
        return {"path": self.file, "reader": self.reader}


def test_a_row_has_its_number_as_id_and_line_and_a_row_without_a_chat_is_rejected(find: Find, tmp_path: Path) -> None:
    file = str(write(tmp_path, "json", [CHATS[0], None]))
    dataset = find(FILE, "dataset", "hf-rows").build(path=Path(file))
    messages = (Message("user", "Question 0"), Message("assistant", "Reply 0"))
    chat, rejected = dataset.load(LoadRequest())
    assert chat == Conversation("row-1", messages, source=Source(file, 1))
    assert isinstance(rejected, Rejected)
    assert (rejected.file, rejected.line) == (file, 2)
    assert rejected.reason.startswith("column 'messages' holds no chat: ")


def test_a_run_trains_on_the_rows_and_no_copy_of_them_is_made(project: Project, harness: Run) -> None:
    file = write(project.folder, "parquet", CHATS)
    data = [{"use": "hf-rows", "path": file.name, "reader": "parquet"}]
    project.recipe(data=data, plugins={"files": [str(project.plugin)]})
    done = harness(FILE, "run", "recipe.yaml", "--json")
    assert (done.code, done.report.data.loaded, done.report.data.kept) == (0, 12, 12)
    assert {file.suffix for file in (project.folder / "hf").rglob("*") if file.is_file()} <= {".lock"}


def test_a_row_that_is_rejected_stops_the_run_and_is_named(project: Project, harness: Run) -> None:
    file = write(project.folder, "json", [*CHATS, [{"role": "user", "content": None}]])
    project.recipe(data=[{"use": "hf-rows", "path": file.name}], plugins={"files": [str(project.plugin)]})
    done = harness(FILE, "run", "recipe.yaml", "--check")
    assert done.code == 2
    assert f"{file}:13: column 'messages' holds no chat: role and content must be strings" in done.err
