"""What ten times the cases cost an evaluation, and what the same evaluation costs again, as whole processes.

    python tests/benchmarks/evaluation_growth.py --cases 10000 100000 --repeat 3

The model is a table of replies, so that the harness is measured. `start` is an evaluation of ten cases; growth is
taken above it. Seconds are medians; the machine's other load is in the wall clock and hardly in the processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.testing import fakes

HARNESS = (sys.executable, "-c", "from harness.cli import entry; entry()", "--plugin", fakes.__file__)
FEW = 10


@dataclass(frozen=True, slots=True)
class Took:
    """What one process needed: seconds by the clock and of all processors, and the peak of its memory in MB."""

    wall: float
    processor: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    print(f"{'cases':>10} {'':>6} {'wall s':>8} {'cpu s':>8} {'peak MB':>8}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        start, _ = show("start", measured(Path(folder), FEW, arguments.repeat))
        rows = [show(f"{cases:,}", measured(Path(folder), cases, arguments.repeat))[0] for cases in arguments.cases]
    for few, many, (fewer, more) in zip(
        rows, rows[1:], zip(arguments.cases, arguments.cases[1:], strict=False), strict=False
    ):
        wall, processor = (
            (getattr(many, what) - getattr(start, what)) / (getattr(few, what) - getattr(start, what))
            for what in ("wall", "processor")
        )
        kilobytes = 1_000 * (many.megabytes - few.megabytes) / (more - fewer)
        print(
            f"{more / fewer:g} times the cases: {wall:.2f} times the time above start-up, {processor:.2f} of the "
            f"processor's; {kilobytes:.1f} kB a case more"
        )


def show(label: str, took: tuple[Took, Took]) -> tuple[Took, Took]:
    """Print the first evaluation and the unchanged one, and hand them back."""
    for name, one in zip(("first", "again"), took, strict=True):
        print(f"{label:>10} {name:>6} {one.wall:8.2f} {one.processor:8.2f} {one.megabytes:8.0f}", flush=True)
    return took


def measured(folder: Path, cases: int, repeat: int) -> tuple[Took, Took]:
    """An evaluation in an empty store, and the same again; medians."""
    place = folder / str(cases)
    write(place, cases)
    took = []
    for _ in range(repeat):
        shutil.rmtree(place / ".harness", ignore_errors=True)
        took.append((run(place), run(place)))
    return median([first for first, _ in took]), median([again for _, again in took])


def write(folder: Path, cases: int) -> None:
    """A suite of so many questions and a model that gets two thirds of them right."""
    folder.mkdir()
    rows = [{"id": f"c{n}", "prompt": f"What is {n} and {n % 89}?", "reference": str(n + n % 89)} for n in range(cases)]
    (folder / "sums.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    suite = {"name": "sums", "cases": "sums.jsonl", "metrics": ["exact-match", "chrf"]}
    (folder / "sums.yaml").write_text(json.dumps(suite))
    replies = {row["prompt"]: row["reference"] if n % 3 else "none" for n, row in enumerate(rows)}
    fakes.write_fake_model(folder / "model.json", replies)


def run(folder: Path) -> Took:
    """`harness evaluate` in a process of its own."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [*HARNESS, "evaluate", "fake:model.json", "--suite", "sums.yaml"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"the evaluation in {folder} ended with {os.waitstatus_to_exitcode(status)}")
    return Took(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1_000)


def median(took: Sequence[Took]) -> Took:
    return Took(*(statistics.median(getattr(one, name) for one in took) for name in ("wall", "processor", "megabytes")))


if __name__ == "__main__":
    main()
