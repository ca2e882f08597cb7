"""The keys of a task file, checked: what is not supported is an error that says what would work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, ValidationError

from harness.documents.reading import MOST_SHOWN, Components, Document, value_in
from harness.errors import UsageError, did_you_mean
from harness.suites.lmeval.files import Function, Written, load_function, read_task

OutputType: TypeAlias = Literal["multiple_choice", "generate_until", "loglikelihood_rolling"]
Source: TypeAlias = str | int | list[Any] | Function
"""Where a text comes from: the name of a column, a Jinja template, a fixed value or a function of the row."""

_REFUSED: Mapping[str, str] = {
    "class": "a task written as a Python class is not supported; a task file is",
    "custom_dataset": "data made by code is not supported; write it to a file and name that as `dataset_path: json`",
    "use_prompt": "Promptsource prompts are not supported; write the prompt as `doc_to_text`",
    "doc_to_image": "pictures are not supported; tasks of text are",
    "doc_to_audio": "sound is not supported; tasks of text are",
    "unsafe_code": "replies that are run as code are not supported",
}
_CHANGE_NOTHING = {"tag", "task_alias", "group", "group_alias", "metadata", "doc_to_decontamination_query"}
_CHANGE_NOTHING |= {"should_decontaminate", "task_list"}


class FilterEntry(Document):
    """One of `filter_list`: steps between the reply and what the metrics see."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    name: str
    filter: list[dict[str, Any]]


class FewshotEntry(Document):
    """`fewshot_config`: what differs for the examples in front of the question."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    sampler: Literal["default", "first_n"] = "default"
    split: str | None = None
    samples: list[dict[str, Any]] | Function | None = None
    process_docs: Function | None = None
    doc_to_text: Source | None = None
    doc_to_target: Source | None = None
    doc_to_choice: Source | dict[str, Any] | None = None
    gen_prefix: str | None = None
    fewshot_delimiter: str | None = None
    target_delimiter: str | None = None


class TaskFile(Document):
    """A task as it is written, but for the keys that change nothing."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    task: str | None = None
    output_type: OutputType = "generate_until"
    dataset_path: str
    dataset_name: str | None = None
    dataset_kwargs: dict[str, Any] | None = None
    training_split: str | None = None
    validation_split: str | None = None
    test_split: str | None = None
    fewshot_split: str | None = None
    process_docs: Function | None = None
    doc_to_text: Source | None = None
    doc_to_target: Source | None = None
    doc_to_choice: Source | dict[str, Any] | None = None
    process_results: Function | None = None
    description: str | None = None
    target_delimiter: str = " "
    fewshot_delimiter: str = "\n\n"
    gen_prefix: str | None = None
    num_fewshot: Annotated[int, Field(ge=0)] | None = None
    fewshot_config: FewshotEntry | None = None
    metric_list: Components[dict[str, Any]] | None = None
    filter_list: Components[FilterEntry] | None = None
    generation_kwargs: dict[str, Any] | None = None
    repeats: Annotated[int, Field(ge=1)] = 1

    @property
    def evaluated_split(self) -> str | None:
        return self.test_split or self.validation_split


_INSIDE: Mapping[str, type[Document]] = {"fewshot_config": FewshotEntry, "filter_list": FilterEntry}


class Task:
    """A checked task file. Its functions are imported where `trusted`; else they are errors that say how to."""

    def __init__(self, written: Written, keys: TaskFile, trusted: bool) -> None:
        self.keys = keys
        self.file: Path = written.file
        self._written = written
        self.trusted = trusted

    @property
    def name(self) -> str:
        return self.keys.task or self.file.stem

    def where(self, key: str) -> str:
        """File and key as an error names them."""
        return self._written.where(key)

    def refuse(self, key: str, said: str) -> UsageError:
        """The error that says what is wrong with a key."""
        return UsageError(f"{self.where(key)}: {said}")

    def function(self, key: str, function: Function) -> Any:
        """The function that a key names; UsageError where code is not trusted."""
        if not self.trusted:
            raise self.refuse(key, f"{function} runs Python code of the task; read it, then import with --trust-code")
        return load_function(function)


def load_task(file: Path, trusted: bool) -> Task:
    """The task of a file; UsageError names the file and key of all that is wrong or not supported."""
    written = read_task(file)
    _refuse_unsupported(written)
    keys = {key: value for key, value in written.keys.items() if key not in _CHANGE_NOTHING | _REFUSED.keys()}
    try:
        task = Task(written, TaskFile.model_validate(keys), trusted)
    except ValidationError as error:
        raise UsageError("\n".join(_explained(error, written))) from error
    if task.keys.evaluated_split is None:
        raise task.refuse("test_split", "neither this nor `validation_split` names the split to evaluate")
    return task


def _refuse_unsupported(written: Written) -> None:
    if isinstance(written.keys.get("task"), list):
        raise UsageError(f"{written.where('task')}: is a group of tasks; add the file of each task by itself")
    if "dataset_path" not in written.keys:
        raise UsageError(f"{written.where('dataset_path')}: is missing, so this is no task by itself")
    if written.keys.get("output_type") == "loglikelihood":
        raise UsageError(
            f"{written.where('output_type')}: loglikelihood is not supported, because its accuracy asks whether greedy "
            "decoding gives the target; multiple_choice, generate_until and loglikelihood_rolling are"
        )
    for key, said in _REFUSED.items():
        if written.keys.get(key):
            raise UsageError(f"{written.where(key)}: {said}")


def _explained(error: ValidationError, written: Written) -> Iterator[str]:
    """A line for each key that is wrong: a union of types reports each of them, and the first is enough."""
    seen = set()
    for one in error.errors()[:MOST_SHOWN]:
        if not one["loc"]:  # a key that is no text, such as half a surrogate pair
            yield f"{written.file}: {one['msg'][:1].lower()}{one['msg'][1:]}"
            continue
        key, *inside = one["loc"]
        place = written.where(str(key)) if inside or one["type"] != "extra_forbidden" else str(written.file)
        if one["type"] == "extra_forbidden":
            known = list(_INSIDE.get(str(key), TaskFile).model_fields if inside else TaskFile.model_fields)
            hint = did_you_mean(str(one["loc"][-1]), known)
            yield f"{place}: unknown key {one['loc'][-1]!r}{hint}; known keys: {', '.join(known)}"
        elif key not in seen:
            yield f"{place}: {one['msg'][:1].lower()}{one['msg'][1:]}{value_in(one)}"
        seen.add(key)
    if error.error_count() > MOST_SHOWN:
        yield f"… and {error.error_count() - MOST_SHOWN:,} more"
