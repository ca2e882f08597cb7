"""`harness plugins`, `--help` and an evaluation with many plugins, ten of them broken, next to `python -c pass`.

    python tests/benchmarks/plugin_listing.py --plugins 200 --repeat 11

Each is a process of its own, in turns with the bare one. Times are medians; the machine's other load is in the wall
clock and hardly in the processor time. The first listing imports every plugin, and waits for the one that hangs.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

METRIC = '''
from harness import Component, hookimpl


class Length:
    """The length of a reply."""

    reads = "text"

    def __init__(self, most: int = {number}, unit: str = "words") -> None:
        self.most = most

    def score(self, answered):
        return {{"sum": float(len(answered.text)), "count": 1.0}}

    def value(self, statistics):
        return statistics["sum"] / statistics["count"]


@hookimpl
def register_metrics():
    yield Component("{component}", Length, needs=("network",))
'''
WORKS = METRIC.format(number=1, component="never-reached")
YIELDS_TEXT = "from harness import hookimpl\n\n\n@hookimpl\ndef register_metrics():\n    return ['accuracy']\n"
BROKEN: Mapping[str, tuple[str | None, str]] = {
    "raises": ("raise RuntimeError('no licence')\n", "cannot be imported: RuntimeError: no licence"),
    "exits": ("import os\n\nos._exit(3)\n", "it ends the process with exit code 3"),
    "segfaults": ("import ctypes\n\nctypes.string_at(0)\n", "it ends the process with SIGSEGV"),
    "hangs": ("import time\n\nwhile True:\n    time.sleep(1)\n", "it takes longer than"),
    "misspelt": (WORKS.replace("register_metrics", "register_metric"), "did you mean 'register_metrics'"),
    "too-new": (WORKS, "needs finetune-harness >=99; "),
    "missing": (None, "No module named 'dummy_missing'"),
    "text": (YIELDS_TEXT, "register_metrics: yielded 'accuracy', which is no Component"),
    "twice": (METRIC.format(number=1, component="dummy-0"), "metric 'dummy-0' is offered by"),
    "prints": (f"print('hello')\n{METRIC.format(number=1, component='printed')}", "prints to stdout"),
}
"""The source of a plugin that is broken in that way, and what is said of it."""


SUITES = {"towns": "exact-match", "twice": "dummy-0", "reached": "never-reached", "printed": "printed"}
"""The metric of each suite: one that ships, one of two plugins, one of plugins that are broken, one that prints."""


def install(folder: Path, count: int) -> None:
    """Put the distributions of `count` plugins into a folder for `sys.path`; all of `BROKEN` are among them."""
    for name, (source, _) in BROKEN.items():
        install_plugin(folder, name, source, ">=99" if name == "too-new" else ">=0.1")
    for number in range(count - len(BROKEN)):
        source = METRIC.format(number=number, component=f"dummy-{number}")
        install_plugin(folder, str(number), source)


def install_plugin(folder: Path, name: str, source: str | None, supported: str = ">=0.1") -> None:
    """A distribution of one module, as pip would leave it; without `source` the module is missing."""
    module = f"dummy_{name.replace('-', '_')}"
    metadata = folder / f"{module}-1.0.dist-info"
    metadata.mkdir(parents=True)
    requires = f"Requires-Dist: finetune-harness{supported}\n"
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n{requires}")
    (metadata / "entry_points.txt").write_text(f"[finetune_harness]\ndummy-{name} = {module}\n")
    if source is not None:
        (folder / f"{module}.py").write_text(source)


def write_project(folder: Path) -> None:
    """Suites of one metric each, and recorded answers to them."""
    (folder / "suites").mkdir()
    cases = [{"id": f"letter-{n}", "prompt": f"Which town is number {n}?", "reference": f"T{n}"} for n in range(40)]
    answers = [{"id": f"letter-{n}", "text": f"T{n}"} for n in range(40)]
    for name, metric in SUITES.items():
        suite = {"name": name, "cases": "suites/towns.jsonl", "metrics": [{"use": metric}]}
        (folder / f"{name}.yaml").write_text(json.dumps(suite))
    (folder / "suites/towns.jsonl").write_text("".join(json.dumps(one) + "\n" for one in cases))
    (folder / "answers.jsonl").write_text("".join(json.dumps(one) + "\n" for one in answers))


@dataclass(frozen=True)
class Took:
    """One process."""

    seconds: float
    processor_seconds: float
    out: str
    err: str


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Took:
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(seconds, processor, done.stdout, done.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=11)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install(folder / "installed", given.plugins)
        project = folder / "project"
        project.mkdir()
        write_project(project)
        paths = {"PYTHONPATH": str(folder / "installed"), "HARNESS_CACHE": str(folder / "cache")}
        measure(project, {**os.environ, **paths, "HARNESS_PLUGIN_SECONDS": "5"}, given.repeat)


def measure(project: Path, environment: Mapping[str, str], repeat: int) -> None:
    """Print what each command takes, and fail where one does not do what it should."""
    harness = [str(Path(sys.executable).with_name("harness"))]
    evaluation = [*harness, "evaluate", "--predictions", "answers.jsonl", "--suite", "towns.yaml", "--name", "recorded"]
    commands = {
        "harness plugins": [*harness, "plugins"],
        "harness --help": [*harness, "--help"],
        "harness evaluate --predictions": evaluation,
    }
    cold = run(commands["harness plugins"], project, environment)
    print(f"harness plugins, first time: {cold.seconds:.2f} s, of which 5 s are waited for the plugin that hangs")
    unsaid = [name for name, (_, said) in BROKEN.items() if said not in cold.out]
    if unsaid:
        sys.exit(f"not listed as broken: {', '.join(unsaid)}")
    print("| command | wall ms | × bare | processor ms | × bare |\n|---|---|---|---|---|")
    for name, command in commands.items():
        pairs = [(bare(project, environment), run(command, project, environment)) for _ in range(repeat)]
        mentioned = [one for one in BROKEN if f"dummy-{one}" in pairs[0][1].err]
        if mentioned:
            sys.exit(f"{name} mentions plugins that it does not need: {', '.join(mentioned)}")
        wall, base = (statistics.median(pair[side].seconds for pair in pairs) for side in (1, 0))
        work, base_work = (statistics.median(pair[side].processor_seconds for pair in pairs) for side in (1, 0))
        print(f"| {name} | {wall * 1e3:.0f} | {wall / base:.1f} | {work * 1e3:.0f} | {work / base_work:.1f} |")


def bare(project: Path, environment: Mapping[str, str]) -> Took:
    return run([sys.executable, "-c", "pass"], project, environment)


if __name__ == "__main__":
    main()
