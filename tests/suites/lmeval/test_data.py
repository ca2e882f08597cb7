from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from harness.suites.lmeval.data import Splits, Table
from harness.suites.lmeval.task import load_task

if TYPE_CHECKING:
    from tests.suites.lmeval.conftest import MakeTask, Refusal


def table_of(file: Path) -> Table:
    return Splits(load_task(file, trusted=False)).table("test_split", "test")


def at(format: str, name: Any, **options: Any) -> dict[str, Any]:  # noqa: A002
    return {"dataset_path": format, "dataset_kwargs": {"data_files": {"test": name}, **options}}


def test_json_lines_have_all_columns_and_numbers_of_one_kind(reply_task: MakeTask) -> None:
    table = table_of(reply_task([{"a": 1, "b": "x"}, {"a": 2.5, "c": [{"d": 1}]}]))
    assert table.columns == ("a", "b", "c")
    assert table.rows == [{"a": 1.0, "b": "x", "c": None}, {"a": 2.5, "b": None, "c": [{"d": 1}]}]


def test_an_array_may_be_the_file_or_a_field_of_it(tmp_path: Path, reply_task: MakeTask, refusal: Refusal) -> None:
    (tmp_path / "array.json").write_text(json.dumps([{"a": 1}]))
    (tmp_path / "field.json").write_text(json.dumps({"rows": [{"a": 2}]}))
    assert table_of(reply_task(**at("json", "array.json"))).rows == [{"a": 1}]
    assert table_of(reply_task(**at("json", "field.json", field="rows"))).rows == [{"a": 2}]
    assert "holds no JSON array of objects in 'data'" in refusal(reply_task(**at("json", "field.json", field="data")))


def test_csv_columns_are_numbers_truth_values_or_text_as_pandas_reads_them(
    tmp_path: Path, reply_task: MakeTask
) -> None:
    text = 'a,b,c,d,e\n007,1.5,True,"x, ""y""\nz",1\n8,2,False,NA,\n'
    (tmp_path / "rows.csv").write_text(text)
    assert table_of(reply_task(**at("csv", "rows.csv"))).rows == [
        {"a": 7, "b": 1.5, "c": True, "d": 'x, "y"\nz', "e": 1.0},
        {"a": 8, "b": 2.0, "c": False, "d": None, "e": None},
    ]


def test_csv_without_a_header_takes_the_names_that_are_given(tmp_path: Path, reply_task: MakeTask) -> None:
    (tmp_path / "rows.tsv").write_text("a\t1\nb\t2\n")
    keys = at("csv", "rows.tsv", sep="\t", header=None, column_names=["text", "label"])
    assert table_of(reply_task(**keys)).rows == [{"text": "a", "label": 1}, {"text": "b", "label": 2}]


def test_parquet_is_read_and_several_files_are_one_split(tmp_path: Path, reply_task: MakeTask) -> None:
    for number in (1, 2):
        duckdb.sql(f"SELECT {number} AS a, ['x', 'y'] AS b").write_parquet(str(tmp_path / f"part-{number}.parquet"))
    rows = table_of(reply_task(**at("parquet", "part-*.parquet"))).rows
    assert rows == [{"a": 1, "b": ["x", "y"]}, {"a": 2, "b": ["x", "y"]}]


def test_files_are_looked_for_from_the_current_folder_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply_task: MakeTask
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "rows.jsonl").write_text('{"a": "here"}\n')
    file = reply_task([{"a": "beside"}])
    assert table_of(file).rows == [{"a": "beside"}]
    monkeypatch.chdir(here)
    assert table_of(file).rows == [{"a": "here"}]


def test_a_function_processes_the_split_as_a_data_set(tmp_path: Path, reply_task: MakeTask) -> None:
    (tmp_path / "more.py").write_text("def half(split):\n    return split.map(lambda row: {'b': row['a'] / 2})\n")
    task = load_task(reply_task([{"a": 1}, {"a": 4}], process_docs="!function more.half"), trusted=True)
    table = Splits(task).table("test_split", "test", task.function("process_docs", task.keys.process_docs))  # type: ignore[arg-type]
    assert (table.columns, table.rows) == (("a", "b"), [{"a": 1, "b": 0.5}, {"a": 4, "b": 2.0}])


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (at("json", 5), "sums.yaml: dataset_kwargs: data_files: 5 is neither a file nor a list of files"),
        (at("json", ["rows.jsonl", None]), "sums.yaml: dataset_kwargs: data_files: ['rows.jsonl', None] is neither a"),
        (at("csv", "rows.jsonl", column_names=5), "sums.yaml: dataset_kwargs: 'int' object is not iterable"),
        (at("json", "none.jsonl"), "sums.yaml: dataset_kwargs: data_files: 'none.jsonl' is neither here nor beside"),
        (at("json", "rows.jsonl", split="x"), "sums.yaml: dataset_kwargs: 'split' is not supported for local files"),
        ({"dataset_kwargs": None}, "sums.yaml: dataset_kwargs: data_files is missing; name the file of each"),
        (at("parquet", "rows.jsonl"), "rows.jsonl: is no Parquet file: "),
        (at("json", "sums.yaml"), "sums.yaml: looks like YAML; write one JSON object a line"),
    ],
)
def test_data_that_cannot_be_read_is_named(
    keys: dict[str, Any], said: str, reply_task: MakeTask, refusal: Refusal
) -> None:
    assert refusal(reply_task(**keys)).startswith(said)


def test_any_other_data_set_comes_through_the_library(
    tmp_path: Path, reply_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "test.jsonl").write_text('{"a": 1, "b": ["x"]}\n')
    table = table_of(reply_task(dataset_path=str(tmp_path / "own"), dataset_kwargs={"trust_remote_code": True}))
    assert (table.columns, table.rows) == (("a", "b"), [{"a": 1, "b": ["x"]}])


def test_a_missing_library_says_how_to_get_it(
    reply_task: MakeTask, refusal: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    said = refusal(reply_task(dataset_path="openai/gsm8k", dataset_kwargs=None))
    assert said.startswith(
        "sums.yaml: dataset_path: this needs the library `datasets`: pip install 'finetune-harness[lm"
    )


def own_cache(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", folder / "cache")


class Evil:
    def __reduce__(self) -> Any:
        return Path.touch, (Path("ran"),)


@pytest.mark.filterwarnings("ignore:The Pandas builder is deprecated")
@pytest.mark.parametrize("kind", ["pandas", "arrow", "webdataset", "imagefolder"])
def test_files_that_may_hold_code_are_read_only_where_that_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply_task: MakeTask, refusal: Refusal, kind: str
) -> None:
    own_cache(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows.pkl").write_bytes(pickle.dumps(Evil()))
    said = refusal(reply_task(**at(kind, str(tmp_path / "rows.pkl"))))
    assert f"sums.yaml: dataset_path: {kind}: is read as '{kind}', which may run code" in said
    assert "--trust-code" in said
    assert not Path("ran").exists()
    assert "is read as" not in refusal(reply_task(**at(kind, str(tmp_path / "rows.pkl"))), trust_code=True)


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        ("test.txt", "one\ntwo\n", [{"text": "one"}, {"text": "two"}]),
        ("test.jsonl", '{"a": 1}\n', [{"a": 1}]),
        ("test.csv", "a\n1\n", [{"a": 1}]),
    ],
)
def test_a_folder_of_plain_files_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reply_task: MakeTask, name: str, text: str, rows: Any
) -> None:
    own_cache(monkeypatch, tmp_path)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / name).write_text(text)
    assert table_of(reply_task(dataset_path=str(folder), dataset_kwargs=None)).rows == rows
