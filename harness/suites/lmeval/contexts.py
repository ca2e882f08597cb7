"""What stands before the answer: the description, the examples and the question, byte by byte as lm-eval writes it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import islice
from typing import Any

from harness.suites.lmeval.data import Splits, Table
from harness.suites.lmeval.fields import Fields
from harness.suites.lmeval.files import Function
from harness.suites.lmeval.readers import Row
from harness.suites.lmeval.task import FewshotEntry, Task

SEED = 1234


class Examples:
    """Draws the examples of one row after the other, from the first on: the draws depend on how many came before."""

    def __init__(self, task: Task, pool: Sequence[Row], count: int) -> None:
        self._task = task
        self._pool = list(pool)
        self._count = count
        self._random = random.Random(SEED)
        few = _fewshot(task)
        self._first = few.sampler == "first_n"
        # lm-eval compares the names of the splits, also where both are absent
        self._leaves_out_the_row = (few.split or task.keys.fewshot_split) == task.keys.test_split

    def draw(self, row: Row) -> Sequence[Row]:
        """The examples in front of the row; UsageError where there are too few."""
        if self._count == 0:
            return []
        left_out = row if self._leaves_out_the_row else None
        others = (one for one in self._pool if one != left_out)
        if self._first:
            return self._enough(list(islice(others, self._count)), self._count)
        if left_out is None:
            return self._random.sample(self._enough(self._pool, self._count), self._count)
        drawn = self._random.sample(self._enough(self._pool, self._count + 1), self._count + 1)
        drawn = [one for one in drawn if one != left_out]
        if len(drawn) < self._count:  # the row is there more than once
            drawn = self._random.sample(self._enough(list(others), self._count), self._count)
        return drawn[: self._count]

    def _enough(self, pool: list[Row], needed: int) -> list[Row]:
        if len(pool) < needed:
            raise self._task.refuse("num_fewshot", f"{self._count} examples are asked for, of {len(pool)} rows")
        return pool


class Contexts:
    """Writes the context of a row, which ends before the choices where these stand `in_question`."""

    def __init__(self, task: Task, fields: Fields, examples: Examples, in_question: bool) -> None:
        self._task = task
        self._fields = fields
        self._examples = examples
        self._in_question = in_question
        self._few = _fewshot(task)

    def of(self, row: Row) -> str:
        """The text before the answer, or before the choices where they are in the question."""
        keys, fields = self._task.keys, self._fields
        parts = [fields.filled("description", row, keys.description)]
        parts += [self._example(one) for one in self._examples.draw(row)]
        if not self._in_question:
            prefix = fields.filled("gen_prefix", row, keys.gen_prefix)
            parts.append(self._turn(fields.text(row), None, prefix, keys.target_delimiter, ""))
        return "".join(parts)

    def _example(self, row: Row) -> str:
        few, keys = self._few, self._task.keys
        question: Any = self._fields.text(row, few.doc_to_text)
        choices = None
        if self._fields.has_choices or few.doc_to_choice is not None:
            choices = self._fields.choices(row, few.doc_to_choice)
        answer = self._fields.target(row, few.doc_to_target)
        if self._in_question:
            question, choices = self._chosen("doc_to_text", choices, question), None
        if isinstance(answer, int) and choices:
            answer = self._chosen("doc_to_target", choices, answer)
        prefix = self._fields.filled("gen_prefix", row, keys.gen_prefix if few.gen_prefix is None else few.gen_prefix)
        target_delimiter = keys.target_delimiter if few.target_delimiter is None else few.target_delimiter
        end = keys.fewshot_delimiter if few.fewshot_delimiter is None else few.fewshot_delimiter
        answer = answer[0] if isinstance(answer, list) and answer else answer
        return self._turn(question, answer, prefix, target_delimiter, end)

    def _chosen(self, key: str, choices: Sequence[str] | None, position: Any) -> str:
        if choices is None or not isinstance(position, int) or not 0 <= position < len(choices):
            raise self._task.refuse(key, f"gives {position!r} for an example, which is none of its choices")
        return choices[position]

    def _turn(self, question: Any, answer: Any, prefix: str, delimiter: str, end: str) -> str:
        text = self._text("doc_to_text", question)
        if answer is None or answer == "":
            return text + (delimiter if _touches(text, prefix) else "") + prefix
        between = delimiter if not prefix or _touches(text, prefix) else ""
        said = self._text("doc_to_target", answer)
        return text + between + prefix + (" " if _touches(prefix, said) else "") + said + end

    def _text(self, key: str, value: Any) -> str:
        if isinstance(value, str):
            return value
        raise self._task.refuse(key, f"gives {value!r}, which is no text")


def example_pool(task: Task, splits: Splits) -> Table:
    """Where the examples are drawn from: the split or the rows that the task names, else training, else evaluated."""
    keys, few = task.keys, _fewshot(task)
    split = few.split or keys.fewshot_split
    if split is not None:
        return _table(task, splits, "fewshot_split", split, few.process_docs or keys.process_docs)
    if few.samples is not None:
        samples = few.samples
        rows = task.function("fewshot_config", samples)() if isinstance(samples, Function) else samples
        return Table(tuple(rows[0]) if rows else (), rows)
    key = next(key for key in ("training_split", "validation_split", "test_split") if getattr(keys, key))
    return _table(task, splits, key, getattr(keys, key), keys.process_docs)


def evaluated_table(task: Task, splits: Splits) -> Table:
    """The rows that are evaluated."""
    key = "test_split" if task.keys.test_split else "validation_split"
    return _table(task, splits, key, str(task.keys.evaluated_split), task.keys.process_docs)


def _table(task: Task, splits: Splits, key: str, split: str, process: Function | None) -> Table:
    return splits.table(key, split, None if process is None else task.function("process_docs", process))


def _fewshot(task: Task) -> FewshotEntry:
    return task.keys.fewshot_config or FewshotEntry()


def _touches(before: str, after: str) -> bool:
    """Whether two texts meet without white space between them."""
    return bool(before) and bool(after) and not (before[-1].isspace() or after[0].isspace())
