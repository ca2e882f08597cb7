"""What is done under faults: a command in a project, what it is for, and what a person owns there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.testing import fakes, write_fake_model
from injection.shim import Ended, ended

TEAMS = ("billing", "delivery", "returns")
_FAKES = ("--plugin", fakes.__file__)
_MEASURED = ("metric", "value", "low", "high", "baseline", "candidate", "verdict", "n")


@dataclass(frozen=True)
class Scene:
    """A command, the folder that a copy of is made for each fault, and what an undisturbed one gives.

    `writes` are files that the command is to write: old or new, but whole. All others that are there before are left
    alone. `refusal` is the exit code of a disk that is full. `asks` is another command, whose figures tell what the
    first has done.
    """

    name: str
    command: Sequence[str]
    project: Path
    refusal: int
    writes: Sequence[str] = ()
    passes: Sequence[int] = (0,)
    asks: Sequence[str] = ()

    def result(self, folder: Path, said: Ended) -> Any:
        """What the command is for: its figures, or the files that it writes."""
        if self.writes:
            return {name: timeless((folder / name).read_bytes()) for name in self.writes if (folder / name).exists()}
        if self.asks:
            said = ended(self.asks, folder, _home(folder))
        return figures(said.out) if said.code in self.passes else []


def figures(report: str) -> list[Any]:
    """All that was measured, without ids and times."""
    return list(_figures(json.loads(report)))


def _figures(part: Any) -> Iterator[Any]:
    if isinstance(part, Mapping):
        measured = {key: part[key] for key in _MEASURED if key in part and not isinstance(part[key], Mapping | list)}
        if "metric" in measured:
            yield measured
        if "verdicts" in part:  # a cycle of a refinement
            yield {key: part[key] for key in ("patch", "values", "verdicts", "accepted")}
        for value in part.values():
            yield from _figures(value)
    elif isinstance(part, list):
        for value in part:
            yield from _figures(value)


def owned(folder: Path) -> dict[str, bytes]:
    """The files that people own in a project: all but the store's."""
    files = (file for file in folder.rglob("*") if file.is_file() and ".harness" not in file.relative_to(folder).parts)
    return {str(file.relative_to(folder)): timeless(file.read_bytes()) for file in files}


def timeless(content: bytes) -> bytes:
    """The content without the time of an export, and the hash that changes with it."""
    times = rb'"hash": "\w+"|"added_at": "[^"]+"'
    return re.sub(times, b"", content)


def recorded_project(folder: Path, cases: int = 60) -> None:
    """A suite, and recorded answers of which two of three are right."""
    (folder / "suites").mkdir(parents=True)
    rows = [{"id": f"l{n}", "prompt": f"Who reads letter {n}?", "answer": TEAMS[n % 3]} for n in range(cases)]
    lines(folder / "suites/letters.jsonl", rows)
    suite = {"name": "letters", "cases": "letters.jsonl", "choices": TEAMS}
    suite["metrics"] = [{"use": "accuracy", "role": "primary"}, "macro-f1"]
    (folder / "suites/letters.yaml").write_text(json.dumps(suite))
    lines(folder / "answers.jsonl", [{"id": f"l{n}", "text": TEAMS[(n % 9 > 5) * 1 + n % 3 - 3]} for n in range(cases)])


def lines(file: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def scene_evaluate(folder: Path) -> Scene:
    recorded_project(folder)
    command = ("evaluate", "--predictions", "answers.jsonl", "--suite", "letters", "--name", "first", "--json")
    return Scene("evaluate", command, folder, 4)


def _measured(folder: Path) -> None:
    recorded_project(folder)
    evaluate = ("evaluate", "--predictions", "answers.jsonl", "--suite", "letters", "--name", "first")
    for command in (evaluate, ("baselines", "set", "main", "first")):
        done = ended(command, folder, _home(folder))
        if done.code:
            raise RuntimeError(done.err)


def scene_export(folder: Path) -> Scene:
    """An export over an older file."""
    _measured(folder)
    (folder / "main.json").write_text('{"kept": "by hand"}\n')
    return Scene("baselines export", ("baselines", "export", "main", "main.json"), folder, 2, ("main.json",))


def scene_suite(folder: Path) -> Scene:
    _measured(folder)
    files = ("out/letters.jsonl", "out/letters.yaml")
    return Scene("suites export", ("suites", "export", "letters", "out"), folder, 2, files)


def scene_report(folder: Path) -> Scene:
    _measured(folder)
    gate = ("gate", "--suite", "letters", "--baseline", "main", "--candidate", "first")
    ended(gate, folder, _home(folder))
    (folder / "report.html").write_text("<p>an older one</p>\n")
    command = ("report", "--format", "html", "--output", "report.html")
    return Scene("report", command, folder, 2, ("report.html",))


_COUNTED = ("predictions", "scores", "evaluations", "figures", "suites", "(SELECT DISTINCT name FROM baselines)")
_CONTENT = " UNION ALL ".join(f"SELECT '{rows}' AS metric, count(*) AS value FROM {rows}" for rows in _COUNTED)


def scene_prune(folder: Path) -> Scene:
    """Answers of an evaluation that nothing rests on, removed; then the file of the store is made smaller."""
    _measured(folder)
    other_answers(folder)
    done = ended(("evaluate", "--predictions", "others.jsonl", "--suite", "letters"), folder, _home(folder))
    if done.code:
        raise RuntimeError(done.err)
    command = ("store", "prune", "--max-size", "0", "--keep-runs", "0")
    return Scene("store prune", command, folder, 4, asks=("sql", _CONTENT, "--json"))


def other_answers(folder: Path) -> None:
    """Answers to the recorded project's suite that are seldom right, in `others.jsonl`."""
    count = len((folder / "answers.jsonl").read_text().splitlines())
    lines(folder / "others.jsonl", [{"id": f"l{n}", "text": TEAMS[n % 2]} for n in range(count)])


def cut_store(folder: Path) -> None:
    """Leave half of the store's file."""
    store = folder / ".harness/store.duckdb"
    store.write_bytes(store.read_bytes()[: store.stat().st_size // 2])


def scene_repair(folder: Path) -> Scene:
    """A store that is cut in the middle, made anew with an exported baseline."""
    _measured(folder)
    done = ended(("baselines", "export", "main", "main.json"), folder, _home(folder))
    if done.code:
        raise RuntimeError(done.err)
    cut_store(folder)
    command = ("store", "repair", "--baseline", "main.json")
    return Scene("store repair", command, folder, 4, asks=("sql", _CONTENT, "--json"))


def _home(folder: Path) -> dict[str, str]:
    return {"HARNESS_HOME": str(folder / ".harness")}


def scene_run(folder: Path) -> Scene:
    """A training of a tiny random Llama, its base and itself measured and compared."""
    recorded_project(folder, cases=24)
    # in a process of its own: one that has computed has threads, and a fork of it none
    program = "import sys; from tiny_llama import save_tiny_llama; save_tiny_llama(sys.argv[1])"
    workers = str(Path(__file__).parents[2] / "workers")
    made = [sys.executable, "-c", program, str(folder / "model")]
    subprocess.run(made, check=True, env={**os.environ, "PYTHONPATH": workers})
    lines(folder / "talk.jsonl", _talk())
    trainer = {"use": "sft", "max_steps": 6, "batch_size": 4, "evaluate_every": 2, "learning_rate": 0.01}
    recipe = {"name": "tiny", "model": "model", "data": [{"use": "chat-jsonl", "path": "talk.jsonl"}]}
    recipe |= {"validation": 0.2, "trainer": trainer, "suites": ["letters"]}
    (folder / "recipe.yaml").write_text(json.dumps(recipe))
    return Scene("run", ("run", "recipe.yaml", "--json"), folder, 4, passes=(0, 1, 3))


def scene_refine(folder: Path) -> Scene:
    """Two proposals for the same training, on a suite with tiers."""
    scene_run(folder)
    command = _refinement(folder, {"trainer.learning_rate": [0.02, 0.001]})
    return Scene("refine", command, folder, 4, passes=(0, 1, 3))


def _refinement(folder: Path, settings: Mapping[str, Sequence[Any]]) -> tuple[str, ...]:
    """The command that tries these settings of the recipe of the folder."""
    recipe = json.loads((folder / "recipe.yaml").read_text())
    grid = {"use": "grid", "settings": settings}
    (folder / "refine.yaml").write_text(json.dumps({**recipe, "refiner": grid, "suites": ["tiers"]}))
    suite = json.loads((folder / "suites/letters.yaml").read_text())
    (folder / "suites/tiers.yaml").write_text(
        json.dumps({**suite, "name": "tiers", "tiers": {"dev": 0.5, "gate": 0.5}})
    )
    return ("refine", "refine.yaml", "--cycles", "2", "--json")


def scene_fake_run(folder: Path) -> Scene:
    """What the harness itself writes in a run: the model is a table, and the trainer learns it by heart."""
    recorded_project(folder, cases=24)
    asked = {f"Who reads letter {n}?": TEAMS[n % 3] for n in range(24)}
    write_fake_model(folder / "model.json", dict(list(asked.items())[:8]))
    lines(folder / "talk.jsonl", _talk())
    recipe = {"name": "tiny", "model": "fake:model.json", "data": [{"use": "chat-jsonl", "path": "talk.jsonl"}]}
    recipe |= {"validation": 0.2, "trainer": {"use": "fake", "learns": asked}, "suites": ["letters"]}
    (folder / "recipe.yaml").write_text(json.dumps(recipe))
    return Scene("run of fakes", ("run", "recipe.yaml", "--json", *_FAKES), folder, 4, passes=(0, 1, 3))


def scene_fake_refine(folder: Path) -> Scene:
    """Two proposals for such a run."""
    scene_fake_run(folder)
    command = _refinement(folder, {"trainer.steps": [3, 5]})
    return Scene("refine of fakes", (*command, *_FAKES), folder, 4, passes=(0, 1, 3))


def _talk() -> list[dict[str, Any]]:
    """What is trained on: none of it is a case of the suite."""
    return [
        {"messages": [{"role": "user", "content": f"Hello {n}"}, {"role": "assistant", "content": TEAMS[n % 3]}]}
        for n in range(24)
    ]


def scene_model(folder: Path) -> Scene:
    """An evaluation of the tiny Llama: its choices and its replies."""
    scene_run(folder)
    cases = [{"prompt": f"Say {n}.", "reference": "at the door"} for n in range(24)]
    lines(folder / "suites/words.jsonl", cases)
    suite = {"name": "words", "cases": "words.jsonl", "metrics": ["exact-match", "chrf"]}
    (folder / "suites/words.yaml").write_text(json.dumps({**suite, "generation": {"max_new_tokens": 24}}))
    command = ("evaluate", "model", "--suite", "letters", "--suite", "words", "--json")
    return Scene("evaluate a model", command, folder, 4)


SCENES: Mapping[str, Callable[[Path], Scene]] = {
    "evaluate": scene_evaluate,
    "export": scene_export,
    "suite": scene_suite,
    "report": scene_report,
    "prune": scene_prune,
    "repair": scene_repair,
    "run": scene_run,
    "refine": scene_refine,
    "fake-run": scene_fake_run,
    "fake-refine": scene_fake_refine,
    "model": scene_model,
}


def copied(scene: Scene, place: Path) -> Path:
    """A fresh copy of the scene's project."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(scene.project, place)
    return place
