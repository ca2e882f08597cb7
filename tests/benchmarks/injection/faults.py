"""One fault after another, and what is wrong with what came of each."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from injection.scenes import Scene, copied, owned
from injection.shim import KINDS, Ended, How, counted, ended, spoilt

KILLED = -9


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """The calls of the command, a letter each, its result, and the files that were there before it."""

    calls: str
    result: Any
    before: dict[str, bytes]

    def count(self) -> str:
        counts = Counter(self.calls)
        return ", ".join(f"{counts[kind]} {name}" for kind, name in KINDS.items() if counts[kind])


@dataclass(frozen=True, slots=True)
class Outcome:
    """A fault, how the command ended with it, and what is wrong with that or with what came of it."""

    at: int
    call: str
    how: How
    code: int
    wrong: tuple[str, ...]


def undisturbed(scene: Scene, place: Path) -> Undisturbed:
    """What the command does and gives when nothing happens to it. Raises RuntimeError where it fails by itself."""
    folder = copied(scene, place)
    before = owned(folder)
    calls, said = counted(scene.command, folder, environment(folder))
    if said.code not in scene.passes:
        raise RuntimeError(f"{scene.name} ended with {said.code}: {said.err}")
    result = scene.result(folder, said)
    if not result:
        raise RuntimeError(f"{scene.name} gave nothing that could be compared: {said.out[:300]}")
    return Undisturbed(calls, result, before)


def outcome(scene: Scene, whole: Undisturbed, place: Path, at: int, how: How) -> Outcome:
    """What becomes of a fresh copy of the project when the call `at` is spoilt."""
    folder = copied(scene, place)
    first = spoilt(scene.command, folder, environment(folder), at, how)
    wrong = [*_wrong_end(scene, first, how), *_wrong_files(scene, whole, folder, litter=how != "kill")]
    again = ended(scene.command, folder, environment(folder))
    done = scene.writes and all((folder / name).exists() for name in scene.writes)
    if again.code not in scene.passes and not (done and "exists already" in again.err):
        wrong.append(f"afterwards it ended with {again.code}: {again.err[-300:]}")
    elif scene.result(folder, again) != whole.result:
        wrong.append("afterwards it gave another result")
    wrong += _wrong_files(scene, whole, folder, litter=False)
    shutil.rmtree(folder)
    return Outcome(at, KINDS[whole.calls[at]] if at < len(whole.calls) else "none", how, first.code, tuple(wrong))


def chosen(calls: str, first: int, at_random: int, seed: int = 0) -> list[int]:
    """The first calls, every rename and fsync, and so many of the rest."""
    picked = {*range(min(first, len(calls))), *(at for at, kind in enumerate(calls) if kind in "rf")}
    rest = [at for at in range(len(calls)) if at not in picked]
    return sorted(picked | set(random.Random(seed).sample(rest, min(at_random, len(rest)))))


def outcomes(
    scene: Scene, whole: Undisturbed, place: Path, at: Sequence[int], hows: Sequence[How]
) -> Iterator[Outcome]:
    for number in at:
        for how in hows:
            yield outcome(scene, whole, place, number, how)


def environment(folder: Path) -> dict[str, str]:
    """Store and temporary files in the project, so that no fault strikes elsewhere and nothing is left there."""
    scratch = folder / ".harness" / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    return {"HARNESS_HOME": str(folder / ".harness"), "TMPDIR": str(scratch)}


def _wrong_end(scene: Scene, said: Ended, how: How) -> Iterator[str]:
    """A kill ends it or comes too late; a full disk is told, or was one that the command can do without."""
    allowed = {*scene.passes, KILLED} if how == "kill" else {*scene.passes, scene.refusal}
    if said.code not in allowed:
        yield f"it ended with {said.code}: {said.err[-300:]}"
    if "Traceback" in said.err:
        yield f"a traceback: {said.err[-300:]}"
    if said.code == scene.refusal and how != "kill" and "No space left" not in said.err:
        yield f"it does not say that the disk is full: {said.err[-300:]}"


def _wrong_files(scene: Scene, whole: Undisturbed, folder: Path, *, litter: bool) -> Iterator[str]:
    now = owned(folder)
    for name, content in whole.before.items():
        allowed = {content, whole.result[name]} if name in scene.writes else {content}
        if now.get(name) not in allowed:
            yield f"{name} was changed"
    for name in scene.writes:
        if name in now and now[name] not in (whole.before.get(name), whole.result[name]):
            yield f"{name} is cut"
    left = [name for name in now if name.endswith(".part")] if litter else []
    if left:
        yield f"left behind: {', '.join(left)}"
