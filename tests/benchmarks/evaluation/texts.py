"""What the rows are made of: problems, messages, instructions and prose, from a folder or drawn from a seed."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOPICS = 10
DRAWN = {"problems": 4_000, "messages": 1_500, "instructions": 400, "prose": 400}


@dataclass(frozen=True)
class Problem:
    """A question, the steps of its solution and the result."""

    question: str
    steps: tuple[str, ...]
    result: str


@dataclass(frozen=True)
class Texts:
    """`messages` come with their topic; `prose` is one long text."""

    problems: Sequence[Problem]
    messages: Sequence[tuple[str, str]]
    instructions: Sequence[str]
    prose: str


def read_texts(folder: Path) -> Texts:
    """GSM8K, Banking77 and self-instruct as they lie in the folder; each file in its publisher's format."""
    problems = [_problem(row) for row in _rows(folder / "eval" / "gsm8k_test.jsonl")]
    with (folder / "intent" / "banking77_test.csv").open(encoding="utf-8", newline="") as file:
        messages = [(row["text"].strip(), row["category"].replace("_", " ")) for row in csv.DictReader(file)]
    asked = _rows(folder / "instruction" / "self_instruct_user_oriented_252.jsonl")
    tasks = [*asked, *_rows(folder / "instruction" / "self_instruct_seed_tasks.jsonl")]
    return Texts(
        problems=problems,
        messages=messages,
        instructions=[_instruction(task) for task in asked],
        prose="\n\n".join(f"{_instruction(task)}\n{task['instances'][0]['output'].strip()}" for task in tasks),
    )


def draw_texts(vocabulary: Mapping[str, int], seed: int = 7) -> Texts:
    """The same kinds of text as strings of words of a byte-level vocabulary, frequent ones first as in a language."""
    words = sorted((token for token in vocabulary if re.fullmatch("Ġ[a-z]{2,}", token)), key=vocabulary.__getitem__)
    writer = _Writer([word[1:] for word in words], random.Random(seed))
    topics = [writer.words(2) for _ in range(TOPICS)]
    return Texts(
        problems=[writer.problem() for _ in range(DRAWN["problems"])],
        messages=[(writer.sentence(8, 20), writer.draw.choice(topics)) for _ in range(DRAWN["messages"])],
        instructions=[writer.sentence(8, 60) for _ in range(DRAWN["instructions"])],
        prose="\n\n".join(" ".join(writer.sentences(6)) for _ in range(DRAWN["prose"])),
    )


class _Writer:
    def __init__(self, words: Sequence[str], draw: random.Random) -> None:
        self._words = words
        self._weights = [1 / (rank + 3) for rank in range(len(words))]
        self.draw = draw

    def words(self, count: int) -> str:
        return " ".join(self.draw.choices(self._words, self._weights, k=count))

    def sentence(self, shortest: int, longest: int) -> str:
        text = self.words(self.draw.randint(shortest, longest))
        return f"{text[0].upper()}{text[1:]}."

    def sentences(self, count: int) -> list[str]:
        return [self.sentence(6, 24) for _ in range(count)]

    def problem(self) -> Problem:
        question, steps = self.sentences(4), self.sentences(self.draw.randint(2, 4))
        return Problem(" ".join(question), tuple(steps), str(self.draw.randint(10, 999)))


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _problem(row: Mapping[str, str]) -> Problem:
    *steps, result = re.sub("<<.*?>>", "", row["answer"]).split("\n")
    return Problem(row["question"].strip(), tuple(steps), result.removeprefix("#### "))


def _instruction(task: Mapping[str, Any]) -> str:
    return "\n".join(part for part in (task["instruction"].strip(), task["instances"][0]["input"].strip()) if part)
