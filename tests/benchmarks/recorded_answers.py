"""What recorded answers cost: evaluating many, and gating 300 against a baseline file, as whole processes.

    python tests/benchmarks/recorded_answers.py --answers 100000 --repeat 5

Processor seconds and peak memory, medians. The peer of the same run reads suite and answers by plain `json` into lists
and compares the texts, checks nothing and stores nothing: ratios to it bear another load on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HARNESS = (sys.executable, "-c", "from harness.cli import entry; entry()")
PEER = """
import json
cases, answers = ([json.loads(line) for line in open(name)] for name in ("suite.jsonl", "new.jsonl"))
right = {case["id"]: case["reference"] for case in cases}
print(sum(answer["text"] == right[answer["id"]] for answer in answers))
"""
WORDS = (
    "the",
    "order",
    "will",
    "arrive",
    "on",
    "monday",
    "after",
    "noon",
    "please",
    "check",
    "mail",
    "for",
    "a",
    "code",
)
SUITE = ("--suite", "suite.yaml")
GATED = 300


class Took(NamedTuple):
    """Seconds of all processors, and the peak of memory in MB."""

    processor: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        many, few = Path(folder, "many"), Path(folder, "few")
        write(many, asked.answers)
        write(few, GATED)
        export(few)
        evaluate = (*HARNESS, "evaluate", "--predictions", "new.jsonl", *SUITE)
        gate = (*HARNESS, "gate", "--baseline", "baseline.json", "--predictions", "new.jsonl", *SUITE)
        peer = median([run(many, (sys.executable, "-c", PEER)) for _ in range(asked.repeat)])
        show(f"json and lists, {asked.answers:,} answers", peer, peer)
        show(f"evaluate {asked.answers:,} answers", median([fresh(many, evaluate) for _ in range(asked.repeat)]), peer)
        show(f"gate {GATED} answers", median([fresh(few, gate) for _ in range(asked.repeat)]), peer)


def write(folder: Path, count: int) -> None:
    """A suite of so many cases, and answers of two models of which each gets some right."""
    folder.mkdir()
    drawn = random.Random(0)
    references = [" ".join(drawn.choices(WORDS, k=12)) for _ in range(count)]
    rows = [{"id": f"c{n}", "prompt": f"Question {n}?", "reference": text} for n, text in enumerate(references)]
    write_lines(folder / "suite.jsonl", rows)
    suite = {"name": "suite", "cases": "suite.jsonl", "metrics": ["exact-match", "token-f1"]}
    (folder / "suite.yaml").write_text(json.dumps(suite))
    for name, share in (("old", 0.6), ("new", 0.62)):
        texts = (text if drawn.random() < share else " ".join(drawn.choices(WORDS, k=12)) for text in references)
        write_lines(folder / f"{name}.jsonl", [{"id": f"c{n}", "text": text} for n, text in enumerate(texts)])


def write_lines(file: Path, rows: Sequence[dict[str, str]]) -> None:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))


def export(folder: Path) -> None:
    """`baseline.json` from the old answers."""
    run(folder, (*HARNESS, "evaluate", "--predictions", "old.jsonl", *SUITE, "--name", "old"))
    run(folder, (*HARNESS, "baselines", "set", "main", "old"))
    run(folder, (*HARNESS, "baselines", "export", "main", "baseline.json"))


def fresh(folder: Path, command: Sequence[str]) -> Took:
    """The command with an empty store, as CI has it."""
    shutil.rmtree(folder / ".harness", ignore_errors=True)
    return run(folder, command)


def run(folder: Path, command: Sequence[str]) -> Took:
    """The command as a process of its own; a gate may pass, fail or not tell."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1, 3):
        raise SystemExit(f"{' '.join(command[3:])} in {folder} ended with {code}")
    return Took(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1_000)


def median(took: Sequence[Took]) -> Took:
    return Took(*(statistics.median(figures) for figures in zip(*took, strict=True)))


def show(label: str, took: Took, peer: Took) -> None:
    ratio = took.processor / peer.processor
    print(f"{label:36} {took.processor:7.2f} s {took.megabytes:6.0f} MB {ratio:6.1f} times the peer", flush=True)


if __name__ == "__main__":
    main()
