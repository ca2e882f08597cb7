"""A task file -> a suite."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from harness.errors import UsageError
from harness.suites.cases import parse_case
from harness.suites.lmeval import measures
from harness.suites.lmeval.contexts import Contexts, Examples, evaluated_table, example_pool
from harness.suites.lmeval.data import Splits, Table
from harness.suites.lmeval.fields import Fields
from harness.suites.lmeval.readers import Row
from harness.suites.lmeval.task import Task, load_task
from harness.suites.records import Suite
from harness.types import Case

Record: TypeAlias = dict[str, Any]

_PROBE = -1.0  # a log-likelihood that `process_results` passes through
_UNIT_OF = {"word_perplexity": "words", "byte_perplexity": "bytes", "bits_per_byte": "bytes"}


@dataclass(frozen=True, slots=True)
class Imported:
    """The suite of a task, without a version yet, and how many rows it does without: they repeat an earlier one."""

    suite: Suite
    repeated: int


def import_task(
    file: Path, *, trust_code: bool = False, shots: int | None = None, limit: int | None = None
) -> Imported:
    """The task as a suite of raw prompts. UsageError names file and key of whatever is wrong or not supported.

    `shots` is lm-eval's `--num_fewshot` and `limit` the first rows alone. Functions of the task run only where code is
    trusted; data is fetched only where the task names something remote.
    """
    task = load_task(file, trust_code)
    count = _shots(task, shots)
    generation = measures.generation(task)
    metrics = measures.metrics(task, generation.samples)
    splits = Splits(task)
    table = evaluated_table(task, splits)
    if not table.rows:
        raise task.refuse("test_split", f"the split {task.keys.evaluated_split!r} is empty")
    cases, repeated = _without_repeats(_cases(task, splits, table, count, limit))
    if any(len(case.references) > 1 for case in cases):
        measures.check_several_references(task, metrics)
    suite = Suite(
        name=re.sub(r"[^A-Za-z0-9._-]", "-", task.name).lstrip("._-") or "task",
        cases=cases,
        metrics=metrics,
        generation=generation,
        description=f"{task.name} of lm-evaluation-harness, {count} examples, {task.keys.evaluated_split}",
    )
    return Imported(suite, repeated)


def _shots(task: Task, asked: int | None) -> int:
    written = task.keys.num_fewshot
    if asked and written == 0:
        raise task.refuse("num_fewshot", "is 0, which lm-eval lets no option change; take it out to set another number")
    return (written or 0) if asked is None else asked


def _cases(task: Task, splits: Splits, table: Table, shots: int, limit: int | None) -> Iterator[Case]:
    examples = Examples(task, example_pool(task, splits).rows if shots else (), shots)
    writer = _Writer(task, Fields(task, table.columns), table.rows[0], examples)
    split = task.keys.evaluated_split
    for number, row in enumerate(table.rows[:limit]):
        try:
            yield parse_case({"id": f"{split}-{number}", **writer.record(row)})
        except ValueError as error:
            raise UsageError(f"{task.file}: row {number} of {split}: {error}") from error
        except UsageError as error:
            raise UsageError(f"{error} (row {number} of {split})") from error


def _without_repeats(cases: Iterator[Case]) -> tuple[tuple[Case, ...], int]:
    first: dict[str, Case] = {}
    total = 0
    for case in cases:
        first.setdefault(case.content, case)
        total += 1
    return tuple(first.values()), total - len(first)


class _Writer:
    """Writes rows as lines of a case file. What kind of task it is, the first row says, as in lm-eval."""

    def __init__(self, task: Task, fields: Fields, first: Row, examples: Examples) -> None:
        self._task = task
        self._fields = fields
        kind = task.keys.output_type
        self._in_question = kind == "multiple_choice" and isinstance(fields.text(first), int)
        self._several = (
            kind == "generate_until" and isinstance(fields.target(first), list) and fields.target(first) != []
        )
        self._contexts = Contexts(task, fields, examples, self._in_question)
        self._letters = measures.reads_letters(task)
        self.record = {
            "multiple_choice": self._choice,
            "generate_until": self._reply,
            "loglikelihood_rolling": self._whole,
        }[kind]
        if kind == "multiple_choice":
            _check_delimiter(task, self._in_question)
        if task.keys.process_results is not None and kind != "loglikelihood_rolling":
            raise task.refuse("process_results", "is not supported: what a reply is worth is what `metric_list` says")

    def _choice(self, row: Row) -> Record:
        fields, delimiter = self._fields, self._task.keys.target_delimiter
        choices, context = fields.choices(row), self._contexts.of(row)
        right = self._right(fields.text(row) if self._in_question else fields.target(row), choices)
        plain = len(right) == 1 and len(set(choices)) == len(choices)
        answer = {"answer": choices[right[0]]} if plain else {"answers": right}
        if not self._in_question:
            return {"prompt": context + delimiter, "choices": choices, **answer}
        return {"prompt": context, "choices": choices, "ending": f"{delimiter}{fields.target(row)}", **answer}

    def _right(self, target: Any, choices: list[str]) -> list[int]:
        """The positions of the right choices, which may be given as positions or, a single one, as its text."""
        if isinstance(target, str):
            target = choices.index(target) if target in choices else target
        positions = target if isinstance(target, list) else [target]
        if not positions or not all(isinstance(at, int) and 0 <= at < len(choices) for at in positions):
            raise self._task.refuse("doc_to_target", f"gives {target!r}, which is none of {len(choices)} choices")
        return [int(at) for at in positions]

    def _reply(self, row: Row) -> Record:
        target = self._fields.target(row)
        if self._fields.has_choices:
            choices = self._fields.choices(row)
            target = choices[self._right(target, choices)[0]]
        references = target if self._several and isinstance(target, list) else [target]
        if not references:
            raise self._task.refuse("doc_to_target", "gives no target")
        written = {"prompt": self._contexts.of(row), "references": [str(one) for one in references]}
        if not self._letters:
            return written
        if "choices" not in row:
            raise self._task.refuse(
                "filter_list", f"{measures.LETTERS} looks for a column 'choices', and there is none"
            )
        return {**written, "choices": self._fields.choices(row, "choices")}

    def _whole(self, row: Row) -> Record:
        text = self._fields.whole(row)
        return {"prompt": "", "reference": text, **self._size(row, text)}

    def _size(self, row: Row, text: str) -> Record:
        """What the text counts as, where the task counts by itself: its code passes the likelihood on with a count."""
        function = self._task.keys.process_results
        if function is None:
            return {}
        found = self._fields.called("process_results", function, row, (_PROBE,))
        sizes: dict[str, int] = {}
        for name, unit in _UNIT_OF.items():
            pair = found.get(name, (_PROBE, None)) if isinstance(found, Mapping) else None
            if not isinstance(pair, tuple) or len(pair) != 2 or pair[0] != _PROBE:
                raise self._task.refuse("process_results", f"gives {found!r}, not a likelihood with a count a metric")
            if pair[1] is not None:
                sizes[unit] = int(pair[1])
        own = {"words": len(re.split(r"\s+", text)), "bytes": len(text.encode())}
        differing = {unit: count for unit, count in sizes.items() if count != own[unit]}
        return {"size": differing} if differing else {}


def _check_delimiter(task: Task, in_question: bool) -> None:
    if task.keys.target_delimiter.strip() and not in_question:
        raise task.refuse(
            "target_delimiter",
            f"{task.keys.target_delimiter!r} is more than white space, so it would be scored with every choice; "
            "end `doc_to_text` with it and set this to ''",
        )
    if in_question and task.keys.gen_prefix:
        raise task.refuse("gen_prefix", "is not supported where the choices stand in the question")
