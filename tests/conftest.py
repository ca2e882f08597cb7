"""A small project around fake models: a suite of 60 cases, training data, a recipe."""

from __future__ import annotations

import json
import logging
import signal
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.testing import fakes

FAKES = Path(fakes.__file__)
TEAMS = ("billing", "delivery", "returns")
RIGHT = {f"Which team answers letter {number}?": TEAMS[number % 3] for number in range(60)}
"""The answer of each question of the suite `teams`."""


@dataclass(frozen=True)
class Project:
    """A folder with `recipe.yaml`, `talk.jsonl` and the suites `teams` (choice) and `replies` (text)."""

    folder: Path
    plugin: Path = FAKES

    def write(self, name: str, text: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def replies(self, wrong: int = 0) -> dict[str, str]:
        """What a model says that gets the first `wrong` questions wrong."""
        return {
            question: TEAMS[(number + 1) % 3] if number < wrong else right
            for number, (question, right) in enumerate(RIGHT.items())
        }

    def model(self, name: str, wrong: int = 0, **faults: Any) -> str:
        """A fake model of that name, as a command line writes it."""
        fakes.write_fake_model(self.folder / f"{name}.json", self.replies(wrong), **faults)
        return f"fake:{name}.json"

    def suite(self, name: str, **changes: Any) -> Path:
        """A suite of the same 60 questions; a key changed to None is left out."""
        content = {"name": name, "cases": "cases.jsonl", "choices": list(TEAMS), **changes}
        # JSON is YAML
        return self.write(f"suites/{name}.yaml", json.dumps({k: v for k, v in content.items() if v is not None}))

    def recipe(self, name: str = "recipe.yaml", **changes: Any) -> Path:
        """A recipe that trains the fake model `base` to answer as `learns` says."""
        content: Mapping[str, Any] = {
            "name": "tiny",
            "model": "fake:base.json",
            "data": [{"use": "chat-jsonl", "path": "talk.jsonl"}],
            "trainer": {"use": "fake", "learns": self.replies(wrong=6)},
            "suites": ["teams"],
        }
        return self.write(name, json.dumps({**content, **changes}))

    def talk(self, *questions: str) -> Path:
        """Training data: a dozen conversations that are no case of any suite, and one for each question."""
        asked = [f"Good morning from customer number {number}" for number in range(12)] + list(questions)
        rows = [
            {"messages": [{"role": "user", "content": text}, {"role": "assistant", "content": f"Hello to {text}!"}]}
            for text in asked
        ]
        return self.write("talk.jsonl", "".join(json.dumps(row) + "\n" for row in rows))

    def answers(self, name: str, wrong: int = 0, count: int = 60) -> Path:
        """The answers of a model to the first `count` questions, recorded elsewhere."""
        said = list(self.replies(wrong).values())[:count]
        rows = [json.dumps({"id": f"letter-{number}", "text": text}) for number, text in enumerate(said)]
        return self.write(name, "\n".join(rows))


def pytest_configure() -> None:
    """Ctrl-C reaches the commands under test, though a job in the background was started to ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first: a process that meets the longest of them last keeps all others waiting."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def as_talkative_as_before() -> Iterator[None]:
    """A command that ran in this process shows the harness's messages; the next test hears no more of them for it."""
    logger = logging.getLogger("harness")
    level, handlers = logger.level, list(logger.handlers)
    yield
    logger.setLevel(level)
    logger.handlers[:] = handlers


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The current folder is an unused project; `base` answers half of the questions, `good` nine of ten."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HARNESS_HOME", raising=False)
    (tmp_path / "tracebacks").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tracebacks"))
    return filled(tmp_path)


def filled(folder: Path) -> Project:
    """A new project in the folder."""
    made = Project(folder)
    cases = [
        {"id": f"letter-{number}", "messages": [{"role": "user", "content": question}], "answer": right}
        for number, (question, right) in enumerate(RIGHT.items())
    ]
    made.write("suites/cases.jsonl", "".join(json.dumps(case) + "\n" for case in cases))
    made.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}])
    made.talk()
    made.model("base", wrong=30)
    made.model("good", wrong=6)
    made.recipe()
    return made
