"""What commands print and write before and after a change, compared byte by byte.

    python tests/benchmarks/same_outputs.py OLD/bin/python NEW/bin/python

Each interpreter has its version of the harness installed. Both run the same commands in a folder of the same path: the
shipped suites with recorded answers, gates, comparisons, history, every form of report, plugins, schemas, a run and a
refinement of fakes, and mistakes. Times, durations and ids of runs are made alike, and so is what identifies the code
of components, which draws of a bootstrap depend on: files that move give other figures otherwise, as other code does.
Ends with 1 where anything differs.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import harness_suites

sys.path.append(str(Path(__file__).parents[2]))

from tests.conftest import filled

FORMS = ("rich", "html", "markdown", "json", "junit")
MOST_LINES = 12
START = """
import sys
from importlib.util import find_spec
moved = find_spec("harness.host.code")
code = __import__("harness.host.code" if moved else "harness.code", fromlist=["code_of"])
code.code_of = lambda *_: "alike"
from harness.testing import fakes
from harness.cli import entry
sys.argv[1:] = [fakes.__file__ if one == "FAKES" else one for one in sys.argv[1:]]
entry()
"""
PASSING = (
    (
        re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d|Z)?"),
        "TIME",
    ),
    (re.compile(r"\b\d{8}-\d{6}-[0-9a-f]{6}\b"), "RUN"),
    (re.compile(r"\d\d:\d\d:\d\d"), "TIME"),
    (re.compile(r"(trainings/)[0-9a-f]{32}"), r"\1TRAINING"),
    (re.compile(r'("id": ")[0-9a-f]{32}'), r"\1RUN"),
    (re.compile(r"[\d,.]+ a second"), "RATE"),
    (re.compile(r'width="[\d.]+%"'), "WIDTH"),
    (
        re.compile(r"(?<![\w.])\d[\d,]*(\.\d+)? (ms|s|min|MB|KB|kB|MiB|B)\b( \d+ s)?"),
        "AMOUNT",
    ),
    (
        re.compile(r"(\"?(seconds|at|began|ended|time|timestamp)\"?[:=] ?)\"?[\d.e-]+\"?"),
        r"\1N",
    ),
    (re.compile(r"[▏▎▍▌▋▊▉█]+"), "BAR"),
    (re.compile(r'("hash": ")[0-9a-f]{32}'), r"\1HASH"),  # of a file that holds times
    (re.compile(r"[\w./-]*/harness_suites"), "SUITES"),
    (re.compile(r" +$", re.MULTILINE), ""),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp()) / "project"
    try:
        old, new = (outputs(python.absolute(), folder) for python in (arguments.old, arguments.new))
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)
    differing = [name for name in old if old[name] != new[name]]
    for name in differing:
        print(f"{name}:")
        lines = difflib.unified_diff(old[name].splitlines(), new[name].splitlines(), lineterm="", n=0)
        changed = [f"  {line[:300]}" for line in lines if not line.startswith(("---", "+++", "@@"))]
        print(*changed[:MOST_LINES], sep="\n")
    print(f"{len(old)} outputs, {len(differing)} differ")
    return int(bool(differing))


def outputs(python: Path, folder: Path) -> dict[str, str]:
    """What each command said, and each file that was written, by name."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make_project(folder)
    found: dict[str, str] = {}
    for arguments in commands():
        name = " ".join(arguments)
        done = subprocess.run(
            [str(python), "-c", START, *arguments],
            cwd=folder,
            env={
                **os.environ,
                "COLUMNS": "120",
                "HARNESS_CACHE": str(folder / "cache"),
                "NO_COLOR": "1",
            },
            capture_output=True,
            text=True,
        )
        found[name] = alike(f"exit {done.returncode}\n{done.stdout}\n---\n{done.stderr}")
    for file in sorted((folder / "written").iterdir()):
        found[f"written/{file.name}"] = alike(file.read_text(encoding="utf-8"))
    return found


def alike(text: str) -> str:
    for pattern, name in PASSING:
        text = pattern.sub(name, text)
    return text


def make_project(folder: Path) -> None:
    """Suites that ship, answers to them, and the fakes' project with tiers for a refinement."""
    (folder / "written").mkdir()
    for file in Path(harness_suites.__file__).parent.glob("support-*"):
        (folder / file.name).write_bytes(file.read_bytes())
    for suite in ("support-answers", "support-safety", "support-intents"):
        cases = [json.loads(line) for line in (folder / f"{suite}.jsonl").read_text(encoding="utf-8").splitlines()]
        for name, share in (("old", 0.3), ("new", 0.8), ("worse", 0.1)):
            rows = (json.dumps({"id": case["id"], "text": text}) for case, text in answered(cases, share))
            (folder / f"{suite}-{name}.jsonl").write_text("\n".join(rows), encoding="utf-8")
    project = filled(folder)
    project.suite(
        "teams",
        metrics=[{"use": "accuracy", "role": "primary"}],
        tiers={"dev": 0.5, "gate": 0.5},
    )
    learns = {"use": "fake", "learns": project.replies(wrong=6)}
    project.recipe(
        "refined.yaml",
        refiner={"use": "grid", "settings": {"seed": [1, 2]}},
        trainer=learns,
    )
    project.recipe("mistaken.yaml", trainr=learns)


def answered(cases: Sequence[dict[str, Any]], share: float) -> Iterator[tuple[dict[str, Any], str]]:
    """Each case with an answer, about so many of them right."""
    random_ = random.Random(share)
    for case in cases:
        right = case.get("answer") or case.get("references", ["fine"])[0]
        other = random_.choice(cases)
        yield (
            case,
            right if random_.random() < share else other.get("answer") or other.get("references", ["no"])[0],
        )


def commands() -> Iterator[list[str]]:
    fakes = ["--plugin", "FAKES"]
    for suite in ("support-answers", "support-safety", "support-intents"):
        for name in ("old", "new", "worse"):
            file = f"{suite}-{name}.jsonl"
            yield [
                "evaluate",
                "--predictions",
                file,
                "--suite",
                f"{suite}.yaml",
                "--name",
                f"{suite}-{name}",
            ]
    yield ["baselines", "set", "best", "support-answers-old"]
    yield ["baselines", "export", "best", "written/best.json"]
    for suite in ("support-answers", "support-safety", "support-intents"):
        for other in ("new", "worse"):
            told = ["--baseline", f"{suite}-old", "--candidate", f"{suite}-{other}"]
            yield ["gate", "--suite", f"{suite}.yaml", *told]
            yield ["gate", "--suite", f"{suite}.yaml", *told, "--json"]
            yield ["compare", f"{suite}-old", f"{suite}-{other}"]
            for form in FORMS:
                yield [
                    "report",
                    "latest",
                    "--format",
                    form,
                    "--output",
                    f"written/{suite}-{other}-{form}",
                ]
    told = [
        "--baseline",
        "written/best.json",
        "--predictions",
        "support-answers-worse.jsonl",
    ]
    yield ["gate", "--suite", "support-answers.yaml", *told]
    yield ["history", "token-f1"]
    yield ["history", "token-f1", "--json"]
    yield ["power", "support-answers.yaml"]
    yield ["plugins", "--json"]
    yield ["schema", "recipe"]
    yield ["schema", "suite"]
    yield ["suites", "list"]
    yield ["suites", "show", "support-safety.yaml"]
    yield ["baselines", "show", "best"]
    yield [*fakes, "run", "recipe.yaml", "--check"]
    yield [*fakes, "run", "recipe.yaml"]
    yield [*fakes, "refine", "refined.yaml", "--cycles", "2"]
    for form in FORMS:
        yield [
            "report",
            "latest",
            "--format",
            form,
            "--output",
            f"written/refined-{form}",
        ]
    yield [*fakes, "evaluate", "fake:good.json", "--suite", "teams", "--json"]
    yield [*fakes, "run", "mistaken.yaml"]
    yield ["gate", "--suite", "support-answers.yaml", "--baseline", "nobody"]
    yield [
        "evaluate",
        "--predictions",
        "support-intents-old.jsonl",
        "--suite",
        "support-answers.yaml",
    ]
    yield ["runs"]
    yield ["sql", "SELECT count(*) AS n FROM predictions"]
    yield ["no-such-command"]


if __name__ == "__main__":
    raise SystemExit(main())
