from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import harness_runlog
from harness.types import Cycle, CycleFinished, RunFinished, RunStarted


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "run.log.jsonl").read_text(encoding="utf-8").splitlines()]


def test_each_event_is_a_line_with_its_time(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "r1"  # is not there yet
    harness_runlog.run_started(RunStarted("r1", "harness run", {"name": "demo"}, folder))
    harness_runlog.cycle_finished(CycleFinished("r1", folder, Cycle(1, {"a.b": 2}, {"s/m": 0.5}, {}, True)))
    harness_runlog.run_finished(RunFinished("r1", folder, "complete", 0, 12.5))
    started, cycle, finished = lines(folder)
    assert (started["event"], started["recipe"]) == ("run started", {"name": "demo"})
    assert cycle["cycle"] == {
        "number": 1,
        "patch": {"a.b": 2},
        "values": {"s/m": 0.5},
        "verdicts": {},
        "accepted": True,
        "reason": "",
    }
    assert (finished["state"], finished["exit_code"], finished["seconds"]) == ("complete", 0, 12.5)
    assert datetime.fromisoformat(started["time"]) <= datetime.fromisoformat(finished["time"])


def test_a_figure_that_is_not_finite_is_null(tmp_path: Path) -> None:
    cycle = Cycle(1, {}, {"s/m": float("nan")}, {}, False)
    harness_runlog.cycle_finished(CycleFinished("r1", tmp_path, cycle))
    assert lines(tmp_path)[0]["cycle"]["values"] == {"s/m": None}
