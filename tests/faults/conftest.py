"""Projects with one component that misbehaves, and the command lines that meet it."""

from __future__ import annotations

import json
import logging
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from harness.cli import main
from harness.host.isolation.limits import MEMORY, SECONDS
from harness.testing import fakes

if TYPE_CHECKING:
    from tests.conftest import Project

FAULTY = Path(__file__).with_name("faulty.py")
COUNTS = """
    SELECT (SELECT count(*) FROM predictions) AS answers, (SELECT count(*) FROM checked) AS passages,
        (SELECT count(*) FROM trainings) AS checkpoints, (SELECT count(*) FROM cycles) AS cycles,
        (SELECT count(*) FROM scores JOIN metrics ON metrics.key = scores.metric WHERE use = 'accuracy') AS others,
        (SELECT count(*) FROM scores JOIN metrics ON metrics.key = scores.metric WHERE use = 'faulty') AS own
"""


@dataclass(frozen=True)
class Ended:
    """What a command line ended with; `err` has its white space folded, because messages wrap."""

    code: int
    out: str
    err: str

    @property
    def asked(self) -> int:
        """How many answers a model was asked for."""
        return sum(int(number) for number in re.findall(r"on teams: (\d+) to do", self.err))


@dataclass(frozen=True)
class Faulty:
    """A project in which the component `faulty` of one kind is used by a command."""

    arguments: tuple[str, ...]
    capture: pytest.CaptureFixture[str]

    @property
    def line(self) -> tuple[str, ...]:
        return ("--plugin", fakes.__file__, "--plugin", "faulty.py", *self.arguments)

    def run(self, *arguments: str) -> Ended:
        self.capture.readouterr()
        code = main(arguments or self.line)
        out, err = self.capture.readouterr()
        return Ended(code, out, " ".join(err.split()))

    def counts(self) -> Mapping[str, int]:
        counts: Mapping[str, int] = json.loads(self.run("sql", COUNTS, "--json").out)[0]
        return counts

    def kept(self) -> str:
        """What is in the store, in words."""
        counts = self.counts()
        names = {"answers": "answers", "others": "scores of accuracy", "own": "scores of faulty"}
        names |= {"passages": "passages checked", "checkpoints": "checkpoint", "cycles": "cycle"}
        words = [f"{counts[key]} {name}" for key, name in names.items() if counts[key]]
        if not counts["checkpoints"]:
            words += [
                f"{len(json.loads(one.read_text()))} steps" for one in Path(".harness").rglob("fake-trainer.json")
            ]
        return ", ".join(words) or "nothing"


Make: TypeAlias = Callable[..., Faulty]


@pytest.fixture
def faulty(project: Project, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """A project where the kind's component is the faulty one; `isolate` as it stands beside its `use:`."""
    monkeypatch.setenv(SECONDS, "2")
    monkeypatch.setenv(MEMORY, "400MB")
    shutil.copy(FAULTY, "faulty.py")

    def make(kind: str, isolate: bool | None = None) -> Faulty:
        use = {"use": "faulty"} if isolate is None else {"use": "faulty", "isolate": isolate}
        return Faulty((*_PREPARED[kind](project, use), "--json"), capfd)

    yield make
    logging.getLogger("harness").handlers.clear()


def _recipe(key: str, **options: Any) -> Any:
    def write(project: Project, use: Mapping[str, Any]) -> tuple[str, ...]:
        one = {**use, **({"learns": project.replies(wrong=6)} if key == "trainer" else {})}
        project.recipe(**{key: one if key == "trainer" else [one]})
        return "run", "recipe.yaml"

    return write


def _suite(key: str, **more: Any) -> Any:
    accuracy = {"use": "accuracy", "role": "primary"}

    def write(project: Project, use: Mapping[str, Any]) -> tuple[str, ...]:
        one = {**use, **more}
        project.suite(
            "teams",
            metrics=[accuracy, one] if key == "metrics" else [accuracy],
            checks=[one] if key == "checks" else [],
        )
        return "evaluate", "fake:base.json", "--suite", "teams"

    return write


def _backend(project: Project, use: Mapping[str, Any]) -> tuple[str, ...]:
    option = ("--option", f"isolate={str(use['isolate']).lower()}") if "isolate" in use else ()
    return "evaluate", "faulty:base.json", "--suite", "teams", *option


def _refiner(project: Project, use: Mapping[str, Any]) -> tuple[str, ...]:
    project.suite("teams", metrics=[{"use": "accuracy", "role": "primary"}], tiers={"dev": 0.5, "gate": 0.5})
    project.recipe(refiner=use)
    return "refine", "recipe.yaml", "--cycles", "2"


def _recorded(project: Project, use: Mapping[str, Any]) -> tuple[str, ...]:
    """A gate of replies to choices: there a metric says what they choose."""
    project.suite("teams", metrics=[{**use, "role": "primary"}])
    project.answers("before.jsonl", wrong=30)
    project.answers("after.jsonl", wrong=6)
    plugin = ("--plugin", "faulty.py")
    assert main([*plugin, "evaluate", "--predictions", "before.jsonl", "--suite", "teams", "--name", "before"]) == 0
    return "gate", "--suite", "teams", "--baseline", "before", "--predictions", "after.jsonl"


_PREPARED: Mapping[str, Callable[[Project, Mapping[str, Any]], tuple[str, ...]]] = {
    "dataset": _recipe("data"),
    "cleaner": _recipe("cleaners"),
    "trainer": _recipe("trainer"),
    "metric": _suite("metrics", role="primary"),
    "whole metric": _suite("metrics", use="faulty-whole", role="primary"),
    "safety check": _suite("checks", limit=0.9),
    "backend": _backend,
    "refiner": _refiner,
    "trainer: check_data": _recipe("trainer"),
    "metric: warnings": _suite("metrics", role="primary"),
    "metric: chosen": _recorded,
    "backend: check_requests": _backend,
    "refiner: possible_patches": _refiner,
}
