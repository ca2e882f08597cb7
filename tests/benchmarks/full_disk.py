"""Every command that writes, on a disk that is full: exit code, message, and whether the same command works afterwards.

    python tests/benchmarks/full_disk.py                      # all commands, no byte free
    python tests/benchmarks/full_disk.py --free 0 200000 --only run refine

For Linux and root: in a mount namespace of its own it mounts a small tmpfs on /tmp and /var/tmp, which holds project,
store and temporary files, and fills it to its last bytes. Prints a Markdown table; ends with 1 where a command ended
with anything but its own code, 4 (2 for what only writes files for people), or told no reason.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from injection.scenes import cut_store, lines, other_answers, owned, scene_refine
from injection.shim import Ended, ended, warm

DISK = Path("/tmp")
SIZE = "1600m"
PLACE = DISK / "project"
REASONS = ("No space left", "temporary files can be written", "GB free")
FILES = 2
STORES = 4
REPAIR = "store repair"
"""With a baseline it is one of a store that is cut; without, there is nothing to repair."""
COMMANDS: tuple[tuple[int, str], ...] = (
    (FILES, "init new"),
    (FILES, "schema recipe --out schema.json"),
    (FILES, "plugins new kind-words --kind metric"),
    (FILES, "report --format html"),
    (FILES, "report --format markdown --output report.md"),
    (FILES, "report --format json --output report.json"),
    (FILES, "report --format junit --output junit.xml"),
    (FILES, "baselines export main other.json"),
    (FILES, "suites export letters out"),
    (STORES, "suites add suites/letters.yaml"),
    (STORES, "evaluate --predictions answers.jsonl --suite letters --tier all"),
    (STORES, "evaluate model --suite letters --name new"),
    (STORES, "compare first second"),
    (STORES, "gate --suite letters --baseline main --candidate first"),
    (STORES, "gate --suite letters --baseline main.json --predictions answers.jsonl --tier all"),
    (STORES, "baselines set best first"),
    (STORES, "baselines import main.json --name again"),
    (STORES, "baselines anchor letters first"),
    (STORES, "baselines promote main --note better --anyway"),
    (STORES, "calibrate model --suite letters"),
    (STORES, "run recipe.yaml"),
    (STORES, "run recipe.yaml --check"),
    (STORES, "refine refine.yaml --cycles 1"),
    (STORES, "store prune --max-size 0 --keep-runs 0"),
    (STORES, REPAIR),
    (STORES, f"{REPAIR} --baseline main.json"),
    (STORES, "store size"),
    (STORES, "runs"),
    (STORES, "sql SELECT(1)"),
    (STORES, "history accuracy"),
    (STORES, "power letters"),
    (STORES, "plugins --refresh"),
    (STORES, "plugins doctor --plugin polite.py"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A command: its code where nothing is wrong, then on the full disk, what that said, and its code afterwards."""

    command: str
    free: int
    whole: int
    full: Ended
    again: int
    wrong: tuple[str, ...]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--free", nargs="+", type=int, default=[0], help="bytes that are free when a command begins")
    parser.add_argument("--only", nargs="+", default=[], help="commands that begin with one of these words")
    parser.add_argument("--mounted", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not arguments.mounted:  # nothing outside of the namespace sees what is mounted
        return subprocess.call(["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv, "--mounted"])
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", DISK], check=True)
    subprocess.run(["mount", "--bind", DISK, "/var/tmp"], check=True)
    tempfile.tempdir = "/dev/shm"  # for what commands print
    warm()
    template = prepared(DISK / "template")
    print("| command | free | code | on the full disk | what it says | afterwards |\n|---|---|---|---|---|---|")
    wrong = 0
    for refusal, command in COMMANDS:
        if arguments.only and command.split()[0] not in arguments.only:
            continue
        for free in arguments.free:
            found = row(template, command, refusal, free)
            print(markdown(found), flush=True)
            wrong += bool(found.wrong)
    return int(wrong > 0)


def prepared(folder: Path) -> Path:
    """A project with a tiny model, recorded answers, evaluations, one of them without a name, a baseline and a gate."""
    scene_refine(folder)
    other_answers(folder)
    (folder / "polite.py").write_text(POLITE)
    answers = [json.loads(line) for line in (folder / "answers.jsonl").read_text().splitlines()]
    lines(
        folder / "more.jsonl", [{**one, "text": answers[0]["text"]} if n == 1 else one for n, one in enumerate(answers)]
    )
    for command in (
        "evaluate --predictions answers.jsonl --suite letters --name first",
        "evaluate --predictions more.jsonl --suite letters --name second",
        "evaluate --predictions others.jsonl --suite letters --tier all",
        "baselines set main first",
        "baselines export main main.json",
        "gate --suite letters --baseline main --candidate second",
    ):
        done = said(command, folder)
        if done.code not in (0, 3):
            raise RuntimeError(f"{command}: {done.err}")
    return folder


def row(template: Path, command: str, refusal: int, free: int) -> Row:
    """What the command does in a fresh copy of the project, once undisturbed, once on the full disk and then again."""
    whole = said(command, _fresh(template, command))
    folder = _fresh(template, command)
    before = owned(folder)
    with Filled(free):
        full = said(command, folder)
    left = [name for name, content in before.items() if owned(folder).get(name) != content]
    litter = [name for name in owned(folder) if name.endswith(".part")]
    again = said(command, folder)
    wrong = [f"changed {name}" for name in left] + [f"left {name}" for name in litter]
    if full.code not in (whole.code, refusal):
        wrong.append(f"ended with {full.code}")
    if "Traceback" in full.err or (full.code != whole.code and not any(one in full.err for one in REASONS)):
        wrong.append("told no reason")
    if again.code != whole.code:
        wrong.append(f"afterwards {again.code}: {_last(again.err)}")
    return Row(command, free, whole.code, full, again.code, tuple(wrong))


class Filled:
    """The disk, filled but for so many bytes for the time of a block."""

    def __init__(self, free: int) -> None:
        self._file, self._free = DISK / "filler", free

    def __enter__(self) -> None:
        with self._file.open("wb") as file:
            block = bytes(1 << 20)
            try:
                while True:
                    block = block if file.write(block) == len(block) else block[: len(block) // 2]
                    file.flush()
            except OSError:
                pass
        size = self._file.stat().st_size
        os.truncate(self._file, max(size - self._free, 0))

    def __exit__(self, *error: object) -> None:
        self._file.unlink()


def said(command: str, folder: Path) -> Ended:
    words: Sequence[str] = command.split(" ", 1) if command.startswith("sql") else command.split()
    return ended(words, folder, {"HARNESS_HOME": str(folder / ".harness"), "HARNESS_CACHE": str(folder / ".cache")})


def markdown(found: Row) -> str:
    text = _last(found.full.err).replace("|", "\\|").replace(f"{PLACE}/", "")[:200]
    wrong = f" **{'; '.join(found.wrong)}**" if found.wrong else ""
    return f"| `{found.command}` | {found.free} | {found.whole} | {found.full.code} | {text} | {found.again}{wrong} |"


def _fresh(template: Path, command: str) -> Path:
    """A new copy of the project, as the command needs it."""
    shutil.rmtree(PLACE, ignore_errors=True)
    shutil.copytree(template, PLACE)
    if command.startswith(f"{REPAIR} "):
        cut_store(PLACE)
    return PLACE


def _last(text: str) -> str:
    """The sentence that the command ended with."""
    told = [line for line in text.splitlines() if line.startswith("harness: ")]
    return told[-1].removeprefix("harness: ") if told else (text.strip().splitlines() or [""])[-1].strip()


POLITE = '''
from harness import metric


@metric
def polite(answered):
    """Share of replies that say please."""
    return "please" in answered.text
'''


if __name__ == "__main__":
    sys.exit(main())
