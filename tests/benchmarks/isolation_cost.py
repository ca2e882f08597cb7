"""What a worker process costs: the same metric with `isolate: false` and in a process of its own, on recorded answers.

    python tests/benchmarks/isolation_cost.py 10000 5

The arguments are cases and rounds. Ratios are of wall time, medians of the rounds.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from harness.host.building import build
from harness.host.host import PluginHost
from harness.testing import make_answered, make_case

PLUGIN = """
from harness import Component, hookimpl

class Length:
    reads = "text"
    def score(self, answered): return {"sum": float(len(answered.text)), "count": 1.0}
    def value(self, statistics): return statistics["sum"] / statistics["count"]

class Distinct:
    reads = "text"
    def compute(self, answered): return len({one.text for one in answered}) / len(answered)

@hookimpl
def register_metrics():
    yield Component("length", Length)
    yield Component("distinct", Distinct)
"""


def main(cases: int = 10_000, rounds: int = 5) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "plugin.py").write_text(PLUGIN, encoding="utf-8")
        print(f"{cases:,} cases, medians of {rounds} rounds")
        compared("harness evaluate --predictions", rounds, lambda isolate: _evaluate(folder, cases, isolate))
        compared("scoring", rounds, lambda isolate: _score(folder, cases, isolate))
        compared("whole metric, 1,000 cases, 21 computations", rounds, lambda isolate: _compute(folder, isolate))
        started = statistics.median(_first_call(folder) for _ in range(rounds))
        bare = statistics.median(_seconds(lambda: _process("-c", "pass", folder=folder)) for _ in range(rounds))
        print(f"start of a worker, to its first result: {started / bare:.1f} × python -c pass ({started:.2f} s)")


def compared(label: str, rounds: int, seconds: Callable[[bool], float]) -> None:
    """Both ways in turn, so that what else the machine does costs both."""
    pairs = [(seconds(False), seconds(True)) for _ in range(rounds)]
    here, there = (statistics.median(times) for times in zip(*pairs, strict=True))
    print(f"{label}: {there / here:.2f} × in a process of its own ({here:.2f} s -> {there:.2f} s)")


def _evaluate(folder: Path, cases: int, isolate: bool) -> float:
    rows = [{"id": str(number), "prompt": f"Say {number}"} for number in range(cases)]
    answers = [{"id": str(number), "text": f"{number} it is"} for number in range(cases)]
    for file, content in (("cases.jsonl", rows), ("answers.jsonl", answers)):
        (folder / file).write_text("\n".join(map(json.dumps, content)), encoding="utf-8")
    metric = {"use": "length", "isolate": isolate}
    (folder / "s.yaml").write_text(json.dumps({"name": "s", "cases": "cases.jsonl", "metrics": [metric]}), "utf-8")
    with TemporaryDirectory() as home:
        command = ("evaluate", "--predictions", "answers.jsonl", "--suite", "s.yaml", "--plugin", "plugin.py", "--json")
        code = "import sys; from harness.cli import main; sys.exit(main(sys.argv[1:]))"
        return _seconds(lambda: _process("-c", code, *command, folder=folder, home=home))


def _score(folder: Path, cases: int, isolate: bool) -> float:
    """Without the start of the worker."""
    metric = _metric(folder, "length", isolate)
    answered = [make_answered(f"{n} it is", case=make_case(f"Say {n}", id=str(n))) for n in range(cases)]
    metric.score(answered[0])
    each = getattr(metric, "score_each", None)
    return _seconds(lambda: list(each(answered)) if each else [metric.score(one) for one in answered])


def _compute(folder: Path, isolate: bool) -> float:
    metric = _metric(folder, "distinct", isolate)
    answered = [make_answered(f"{n} it is", case=make_case(f"Say {n}", id=str(n))) for n in range(1000)]
    metric.compute(answered[:1])
    parts = [answered, *([one for n, one in enumerate(answered) if n % 20 != group] for group in range(20))]
    return _seconds(lambda: [metric.compute(part) for part in parts])


def _first_call(folder: Path) -> float:
    metric = _metric(folder, "length", isolate=True)
    return _seconds(lambda: metric.score(make_answered("Hi")))


def _metric(folder: Path, name: str, isolate: bool) -> Any:
    host = PluginHost(files=[folder / "plugin.py"])
    return build(host, "metric", {"use": name, "isolate": isolate}, "benchmark", folder).instance


def _process(*arguments: str, folder: Path, home: str = "") -> None:
    environment: Mapping[str, str] = {**os.environ, "HARNESS_HOME": home}
    subprocess.run([sys.executable, *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
