"""The real model end to end: the demo as a user runs it, and what a killed run comes back as."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
pytest.importorskip("torch", reason="needs the extra 'models'")
HARNESS = [sys.executable, "-c", "from harness.cli import entry; entry()"]
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1"}  # two runs that choose differently differ in the seventh digit


def harness(folder: Path, *arguments: str, code: int | None = 0, env: Mapping[str, str] | None = None) -> str:
    """What the command prints; `code` None where twelve steps may lead to any verdict."""
    done = subprocess.run([*HARNESS, *arguments], cwd=folder, capture_output=True, text=True, check=False, env=env)
    assert done.returncode in (code, *(range(6) if code is None else ())), done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def killed(folder: Path, arguments: list[str], ready: Callable[[], bool]) -> None:
    """Start the command and kill it, without any chance to clean up, as soon as `ready`."""
    with subprocess.Popen(
        [*HARNESS, *arguments],
        cwd=folder,
        env=ONE_THREAD,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        deadline = time.monotonic() + 600
        while not ready() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert process.poll() is None, "it ended before it could be killed"
        os.kill(process.pid, signal.SIGKILL)


def figures(report: str) -> dict[str, Any]:
    """What was measured: each metric's two sides and verdict, each check's counts."""
    loaded = json.loads(report)
    metrics = {
        (one["suite"], metric["metric"]): (metric["baseline"], metric["candidate"], metric["verdict"], metric["low"])
        for one in loaded["comparisons"]
        for metric in one["metrics"]
    }
    checks = {
        (one["suite"], check["check"]): (check["found"], check["n"], check["baseline_found"])
        for one in loaded["comparisons"]
        for check in one["checks"]
    }
    return {**metrics, **checks}


def test_the_demo_passes_and_shows_that_the_model_got_better(tmp_path: Path) -> None:
    report = json.loads(harness(tmp_path, "demo", "--json"))
    (intents,) = [one for one in report["comparisons"] if one["suite"] == "support-intents"]
    (accuracy,) = [metric for metric in intents["metrics"] if metric["metric"] == "accuracy"]
    assert (accuracy["verdict"], accuracy["n"]) == ("improved", 100)
    assert accuracy["low"] > 0.2
    assert report["decision"]["code"] == 0

    text = harness(tmp_path, "demo")
    sections = ("Cleaning", "Training", "Safety", "Changed answers", "Time", "reused")
    assert [section for section in sections if section not in text] == []
    assert "evaluate" not in " ".join(row[1] for row in stages(tmp_path) if float(row[1] or 0) > 20)
    swapped = ["compare", intents["candidate"]["id"], intents["baseline"]["id"]]
    assert "REGRESSED" in harness(tmp_path, *swapped, code=1)


def stages(folder: Path) -> list[list[str]]:
    rows = json.loads(harness(folder, "sql", "SELECT state, detail ->> 'seconds' AS seconds FROM states", "--json"))
    return [[row["state"], row["seconds"]] for row in rows]


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """A small cut of the demo: twelve steps and some dozen cases."""
    import harness.cli.demo_project as demo

    data = Path(str(demo.__file__)).parent / "conversations.jsonl"
    file = tmp_path / "recipe.yaml"
    file.write_text(
        f"""
name: small
model: smollm2-135m-instruct
data: [{{use: chat-jsonl, path: {data}}}]
cleaners: [role-order, length-bounds, exact-duplicates]
trainer: {{use: sft, max_steps: 12, batch_size: 4, learning_rate: 2e-3, max_tokens: 128, evaluate_every: 4}}
validation: 0.02
suites: [{{use: support-intents, limit: 24}}, {{use: support-answers, limit: 12}}]
""",
        encoding="utf-8",
    )
    return file


def test_a_run_killed_in_training_and_in_evaluation_ends_as_an_undisturbed_one(recipe: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    for folder in (whole, cut):
        folder.mkdir()
    command = ["run", str(recipe), "--json"]
    undisturbed = harness(whole, *command, code=None, env=ONE_THREAD)

    killed(cut, command, lambda: any((cut / ".harness/trainings").glob("*/checkpoint-4/trainer_state.json")))
    killed(cut, command, lambda: answers_in(cut) >= 12)
    resumed = harness(cut, *command, code=None, env=ONE_THREAD)
    assert figures(resumed) == figures(undisturbed)
    assert len(json.loads(harness(cut, "runs", "--json"))) == 1  # under the same id


def answers_in(folder: Path) -> int:
    """Predictions in the journals of the folder's runs, ingested or not."""
    journals = (folder / ".harness" / "journal").glob("*/*.jsonl")
    return sum(file.read_text(encoding="utf-8", errors="replace").count('"predictions"') for file in journals)
