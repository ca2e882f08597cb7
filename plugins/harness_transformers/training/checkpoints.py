"""A trainer's folder: what is written when, so that a process killed at any moment can be resumed.

`settings.json` says whose training this is. `checkpoint-N` (transformers' own) counts only once our `progress.json`
lies in it, which is written last. `best-N` is the best model at step N; after `finished.json` is written it becomes
`best`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness_transformers.identity.cache import write_json

PROGRESS = "progress.json"


def claim(folder: Path, key: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The facts the folder was first claimed with, else `facts`. Raises UsageError where another training owns it."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = folder / "settings.json"
    if not settings.is_file():
        write_json(settings, {"key": key, "facts": facts})
        return facts
    owner = json.loads(settings.read_text(encoding="utf-8"))
    if owner["key"] != key:
        raise UsageError(
            f"{folder}: holds a training with another model, data, seed or options; name an empty folder, or delete it"
        )
    found: dict[str, Any] = owner["facts"]
    return found


def last_checkpoint(folder: Path) -> tuple[Path, dict[str, Any]] | None:
    """The last complete checkpoint and its progress; incomplete ones are deleted."""
    complete = []
    for checkpoint in folder.glob("checkpoint-*"):
        if (checkpoint / PROGRESS).is_file():
            complete.append(checkpoint)
        else:
            shutil.rmtree(checkpoint)
    if not complete:
        return None
    newest = max(complete, key=_step)
    return newest, _progress(newest)


def save_best(folder: Path, step: int, write: Callable[[Path], None]) -> None:
    """Write the model of `step` as `best-N`, whole or not at all."""
    draft, best = folder / "best.draft", folder / f"best-{step}"
    shutil.rmtree(draft, ignore_errors=True)
    write(draft)
    shutil.rmtree(best, ignore_errors=True)
    draft.rename(best)


def complete_checkpoint(folder: Path, step: int, progress: dict[str, Any]) -> None:
    """Mark the checkpoint of `step` as complete, and delete best models that no checkpoint knows any more."""
    write_json(folder / f"checkpoint-{step}" / PROGRESS, progress)
    known = {_progress(path.parent)["best_step"] for path in folder.glob(f"checkpoint-*/{PROGRESS}")}
    for best in folder.glob("best-*"):
        if _step(best) not in known:
            shutil.rmtree(best)


def finish(folder: Path, progress: dict[str, Any]) -> None:
    """End the training: the best model becomes `best`, and what was only needed to resume is deleted."""
    write_json(folder / "finished.json", progress)
    tidy(folder, progress["best_step"])


def finished(folder: Path) -> dict[str, Any] | None:
    """The progress of a training that has ended, else None; an end that was cut off is completed."""
    note = folder / "finished.json"
    if not note.is_file():
        return None
    progress: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
    tidy(folder, progress["best_step"])
    if not (folder / "best").is_dir():  # somebody deleted it: train again
        note.unlink()
        return None
    return progress


def tidy(folder: Path, best_step: int) -> None:
    """Leave `best` alone; doing it twice does nothing."""
    winner, best = folder / f"best-{best_step}", folder / "best"
    if winner.is_dir():
        winner.rename(best)
    for leftover in (*folder.glob("checkpoint-*"), *folder.glob("best-*"), folder / "best.draft"):
        shutil.rmtree(leftover, ignore_errors=True)


def _progress(checkpoint: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((checkpoint / PROGRESS).read_text(encoding="utf-8"))
    return content


def _step(path: Path) -> int:
    return int(path.name.rpartition("-")[2])
