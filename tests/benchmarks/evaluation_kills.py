"""An evaluation killed at random moments and resumed until it is complete, next to one that nothing happened to.

    python tests/benchmarks/evaluation_kills.py --kills 50 --model smollm2-135m-instruct --cases 200
    python tests/benchmarks/evaluation_kills.py --kills 5 --resume-with batch_tokens=512

Each attempt is a process that is ended as `kill -9` does: a quarter of them while it starts, the others while the model
answers. An evaluation that is complete before all kills have hit is followed by another in an empty store. Threads are
pinned, so that predictions have to be identical; resumed with another batch size they may differ in the last digits.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from harness.store.store import Store
from harness.types import Prediction

PROGRAM = "from harness.cli import entry; entry()"
SUITES = ("choices", "words")
Predictions: TypeAlias = dict[str, Prediction]


@dataclass
class Attempt:
    """One process: when it began to ask the model, how many answers it said were missing, whether it was killed."""

    process: subprocess.Popen[str]
    began: float = field(default_factory=time.monotonic)
    asking: threading.Event = field(default_factory=threading.Event)
    to_do: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    reader: threading.Thread = field(init=False)
    asked_after: float = 0.0
    killed: bool = False

    def __post_init__(self) -> None:
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        """Follow what it says until it ends."""
        assert self.process.stderr is not None
        with self.process.stderr as lines:
            for line in lines:
                self.said.append(line)
                if found := re.search(r" on \w+: ([\d,]+) to do", line):
                    self.to_do.append(int(found[1].replace(",", "")))
                    self.asked_after = self.asked_after or time.monotonic() - self.began
                    self.asking.set()


@dataclass(frozen=True, slots=True)
class Difference:
    """Resumed predictions against undisturbed ones; `largest` is that of a log-likelihood."""

    lost: int
    added: int
    replies_changed: int
    likelihoods_changed: int
    largest: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    parser.add_argument("--cases", type=int, default=200, help="of each of the two suites")
    parser.add_argument("--option", action="append", default=[], help="for the backend, as of `harness evaluate`")
    parser.add_argument("--resume-with", action="append", default=[], help="the same for what goes on after a kill")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, drawn = Path(name), random.Random(arguments.seed)
        write_suites(folder, arguments.cases)
        whole, start, seconds = undisturbed(folder, arguments.model, arguments.option)
        print(f"undisturbed: {len(whole)} predictions, {start:.1f} s to begin, {seconds:.1f} s to answer", flush=True)
        options = (arguments.option, arguments.resume_with or arguments.option)
        kills = evaluations = 0
        while kills < arguments.kills:
            evaluations += 1
            home, span = folder / f"killed-{evaluations}", 8 / 3 * seconds / arguments.kills
            attempts = until_complete(
                folder, home, arguments.model, options, arguments.kills - kills, start, span, drawn
            )
            kills += sum(one.killed for one in attempts)
            found = difference(whole, stored(home))
            print(f"evaluation {evaluations}: {len(attempts) - 1} kills survived, {found}", flush=True)
    print(f"{kills} kills in {evaluations} evaluations")


def write_suites(folder: Path, cases: int) -> None:
    """A suite of choices and one of replies, both of so many cases."""
    asked = [f"Where is box {n} of {n % 7 + 1}, and who rings the bell?" for n in range(cases)]
    choices = [{"prompt": one, "choices": ["at the door", "in the app", "nobody"], "answer": "nobody"} for one in asked]
    words = [{"prompt": one, "reference": "at the door"} for one in asked]
    settings = {
        "choices": {"metrics": ["accuracy"]},
        "words": {"metrics": ["exact-match"], "generation": {"max_new_tokens": 16}},
    }
    for name, rows in zip(SUITES, (choices, words), strict=True):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        (folder / f"{name}.yaml").write_text(json.dumps({"name": name, "cases": f"{name}.jsonl", **settings[name]}))


def undisturbed(folder: Path, model: str, options: Sequence[str]) -> tuple[Predictions, float, float]:
    """The predictions of an evaluation in a store of its own, seconds until it asked the model, and seconds after."""
    attempt = begin(folder, folder / "whole", model, options)
    finish(attempt)
    seconds = time.monotonic() - attempt.began
    return stored(folder / "whole"), attempt.asked_after, seconds - attempt.asked_after


def until_complete(
    folder: Path,
    home: Path,
    model: str,
    options: tuple[Sequence[str], Sequence[str]],
    kills: int,
    start: float,
    span: float,
    drawn: random.Random,
) -> list[Attempt]:
    """Attempts in one store, of which at most `kills` are killed, until one is complete.

    A kill comes in the first `start` seconds of a process, or up to `span` seconds after it began to ask. Raises
    RuntimeError where what was stored is asked again, or an attempt fails by itself.
    """
    attempts: list[Attempt] = []
    while not attempts or attempts[-1].killed:
        known = len(stored(home))
        attempt = begin(folder, home, model, options[bool(attempts)])
        attempts.append(attempt)
        if len(attempts) <= kills:
            end(attempt, start, span, drawn)
        finish(attempt)
        if attempt.to_do and attempt.to_do[0] + known > len(SUITES) * cases_in(folder):
            raise RuntimeError(f"{known} predictions were stored, and {attempt.to_do[0]} were asked for")
    return attempts


def begin(folder: Path, home: Path, model: str, options: Sequence[str]) -> Attempt:
    command = ["evaluate", model, *(f"--suite={name}.yaml" for name in SUITES), *(f"--option={one}" for one in options)]
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *command],
        cwd=folder,
        env={**os.environ, "HARNESS_HOME": str(home), "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return Attempt(process)


def end(attempt: Attempt, start: float, span: float, drawn: random.Random) -> None:
    """Kill it at a random moment, if it lives so long."""
    early, moment = drawn.random() < 0.25, drawn.random()
    if early:
        time.sleep(moment * start)
    else:
        while not attempt.asking.wait(0.05) and attempt.process.poll() is None:
            continue
        time.sleep(moment * span)
    if attempt.process.poll() is None:
        attempt.process.kill()
        attempt.killed = True


def finish(attempt: Attempt) -> None:
    code = attempt.process.wait()
    attempt.reader.join()
    if code and not attempt.killed:
        raise RuntimeError(f"the evaluation ended with {code}:\n{''.join(attempt.said)}")
    attempt.killed = bool(code)


def cases_in(folder: Path) -> int:
    return (folder / f"{SUITES[0]}.jsonl").read_text().count("\n")


def stored(home: Path) -> Predictions:
    """Every prediction in the store, by its key."""
    store = Store(home)
    with store.reader():
        keys = {case.answer_key for one in store.evaluations() for case in store.evaluation_cases(one.id)}
        return {one.key: one for found in store.predictions(keys).values() for one in found}


def difference(whole: Predictions, resumed: Predictions) -> Difference:
    both = [(whole[key], resumed[key]) for key in whole.keys() & resumed.keys()]
    pairs = [(a, b) for one, other in both for a, b in zip(one.likelihoods, other.likelihoods, strict=True)]
    moved = [math.fabs(a.log_likelihood - b.log_likelihood) for a, b in pairs if a != b]
    return Difference(
        lost=len(whole.keys() - resumed.keys()),
        added=len(resumed.keys() - whole.keys()),
        replies_changed=sum(one.replies != other.replies for one, other in both),
        likelihoods_changed=len(moved),
        largest=max(moved, default=0.0),
    )


if __name__ == "__main__":
    main()
