"""The kinds of files that people hand in: a sound one of each, how it is read, and the command that reads it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from harness.host.host import PluginHost
from harness.runs.assembly.build import build_suite
from harness.runs.recipe import load_recipe
from harness.suites.document import load_suite
from harness.suites.lmeval.importing import import_task
from harness.suites.recorded import load_recorded_answers

_EVALUATE = ("evaluate", "--predictions", "answers.jsonl", "--suite", "suite.yaml", "--tier", "all")
_ADD = ("suites", "add", "task.yaml", "--from", "lm-eval", "--to", "imported")

SUITE: Mapping[str, Any] = {
    "name": "numbers",
    "cases": "cases.jsonl",
    "description": "Sums.",
    "choices": ["one", "two"],
    "generation": {"max_new_tokens": 16, "stop": ["\n"], "seed": 1},
    "metrics": [
        {
            "use": "exact-match",
            "role": "primary",
            "margin": 0.1,
            "extract": [{"use": "regex", "pattern": "\\w+"}],
        },
        {"use": "token-f1", "role": "watch"},
        {"use": "chrf", "role": "guard", "floor": 0.1},
    ],
    "checks": [{"use": "pii", "limit": 0.1}, {"use": "blocked-terms", "terms": ["damn"]}],
}
RECIPE: Mapping[str, Any] = {
    "name": "greetings",
    "model": {"reference": "model.json", "backend": {"use": "fake"}},
    "data": [{"use": "chat-jsonl", "path": "talk.jsonl"}],
    "cleaners": [{"use": "role-order"}, {"use": "length-bounds", "max_words": 400}, "exact-duplicates"],
    "validation": 0.2,
    "trainer": {"use": "fake", "learns": {"hello": "one"}},
    "suites": [{"use": "suite.yaml", "tier": "all"}],
    "policy": "lenient",
    "plugins": {"disable": []},
    "seed": 3,
}
TASK: Mapping[str, Any] = {
    "task": "sums",
    "dataset_path": "json",
    "dataset_kwargs": {"data_files": {"test": "rows.jsonl"}},
    "test_split": "test",
    "output_type": "generate_until",
    "doc_to_text": "Q: {{question}}\nA:",
    "doc_to_target": "answer",
    "metric_list": [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True, "ignore_case": True}],
    "filter_list": [{"name": "f", "filter": [{"function": "regex", "regex_pattern": "\\d+"}]}],
    "generation_kwargs": {"until": ["\n"], "max_gen_toks": 8},
    "num_fewshot": 0,
    "metadata": {"version": 1},
}  # fmt: skip


def _as_it_is(content: bytes, random: Random) -> bytes:
    return content


@dataclass(frozen=True, slots=True)
class Subject:
    """A file of a kind: its name in the folder, its form, the command that reads it, and the call that does."""

    kind: str
    file: str
    form: str
    command: Sequence[str]
    read: Callable[[], object] = field(compare=False)
    share: int = 1
    repaired: Callable[[bytes, Random], bytes] = field(default=_as_it_is, compare=False)
    """What is done to it once it was changed, so that more of it is looked at."""
    refusals: tuple[type[Exception], ...] = ()
    """Errors, beside the harness's own, that the host tells in a sentence."""


@cache
def _host() -> PluginHost:
    return PluginHost()


def _read_suite() -> object:
    return build_suite(_host(), load_suite(Path("suite.yaml")), "all")


def _read_recipe() -> object:
    return load_recipe(Path("recipe.yaml"))


def _read_task() -> object:
    return import_task(Path("task.yaml"))


def _read_answers() -> object:
    return load_recorded_answers(Path("answers.jsonl"), load_suite(Path("suite.yaml")).cases)


SUBJECTS = (
    Subject("suite", "suite.yaml", "yaml", _EVALUATE, _read_suite, 5),
    Subject("cases", "cases.jsonl", "jsonl", _EVALUATE, _read_suite, 3),
    Subject("answers", "answers.jsonl", "jsonl", _EVALUATE, _read_answers, 3),
    Subject("recipe", "recipe.yaml", "yaml", ("run", "recipe.yaml", "--check"), _read_recipe, 4),
    Subject("task", "task.yaml", "yaml", _ADD, _read_task, 4),
    Subject("rows", "rows.jsonl", "jsonl", _ADD, _read_task, 2),
)  # fmt: skip
"""Read in a moment; a baseline file and a model folder are read by a whole command alone."""


def fill(folder: Path) -> None:
    """Write a sound file of each kind, and what they name, into the folder."""
    cases = [
        {"id": f"c{n}", "prompt": f"{n} and {n}?", "reference": "two", "choices": ["one", "two"], "answer": "two"}
        for n in range(8)
    ]
    answers = [{"id": f"c{n}", "text": "two" if n % 2 else "one", "finish_reason": "stop"} for n in range(8)]
    talk = [
        {"messages": [{"role": "user", "content": f"hello {n}"}, {"role": "assistant", "content": f"good day {n}"}]}
        for n in range(8)
    ]
    rows = [{"question": f"{n} and {n}?", "answer": str(2 * n), "options": ["1", str(2 * n)]} for n in range(5)]
    for name, lines in {"cases": cases, "answers": answers, "talk": talk, "rows": rows}.items():
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    for name, content in {"suite": SUITE, "recipe": RECIPE, "task": TASK}.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    (folder / "model.json").write_text(json.dumps({"replies": {}}), "utf-8")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe")
