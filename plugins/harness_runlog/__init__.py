"""A log of each run: its events as JSON lines in `run.log.jsonl`, to be followed with `tail -f`."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

from harness.hookspecs import hookimpl
from harness.types import CycleFinished, RunFinished, RunStarted

FILE = "run.log.jsonl"


@hookimpl
def run_started(event: RunStarted) -> None:
    _append("run started", event)


@hookimpl
def cycle_finished(event: CycleFinished) -> None:
    _append("cycle finished", event)


@hookimpl
def run_finished(event: RunFinished) -> None:
    _append("run finished", event)


def _append(name: str, event: RunStarted | CycleFinished | RunFinished) -> None:
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": name, **_json(event)}
    del line["folder"]
    # The folder may be gone, or not be there yet: a log is no reason to fail.
    event.folder.mkdir(parents=True, exist_ok=True)
    with (event.folder / FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, default=str) + "\n")


def _json(value: Any) -> Any:
    """The value as JSON has it: numbers that are not finite have no place there."""
    if is_dataclass(value):
        return {field.name: _json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
