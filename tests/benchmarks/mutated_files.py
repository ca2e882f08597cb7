"""Ten thousand mutated files of every kind that people hand in, read in one process; some through the command line.

    python tests/benchmarks/mutated_files.py --files 10000 --commands 300 --seed 1 --keep /tmp/mutated

A file must be read or refused in a sentence: no exit code 6, nothing that takes more than 10 s, no message over 2 kB,
no raw control character. What breaks a rule is kept. A watchdog ends the process where a file takes a minute.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from mutated.folders import folder_subjects
from mutated.mutations import mutated
from mutated.subjects import SUBJECTS, Subject, fill

from harness.errors import HarnessError, shortened
from harness.testing import fakes

PROGRAM = "from harness.cli import entry; entry()"
_MOST_SECONDS = 10
_MOST_BYTES = 2_000
_WATCHDOG_SECONDS = 120  # by the clock, on a machine that others use, too
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def main() -> int:
    """Read the files, tell what came of them, and return 1 where a rule was broken."""
    given = _arguments()
    given.keep.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.chdir(tempfile.mkdtemp(prefix="mutated-"))
    fill(Path())
    subjects = [*SUBJECTS, *folder_subjects()]
    chosen = [one for one in subjects if given.kind in (None, one.kind)]
    counts: Counter[str] = Counter()
    for number, subject in enumerate(_drawn(chosen, given.files, Random(given.seed))):
        random = Random(f"{given.seed} {number} {subject.kind}")
        broken = _tried(subject, random, given.keep, counts, command=number < given.commands)
        if broken:
            counts["BROKEN"] += 1
            print(f"{number} {subject.kind}: {broken}", flush=True)
        if number % (50 if number < given.commands else 500) == 0:
            print(f"{number}: {dict(sorted(counts.items()))}", flush=True)
    print(json.dumps(dict(sorted(counts.items())), indent=1))
    return 1 if counts["BROKEN"] else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--commands", type=int, default=300, help="so many of them, the first, by a whole command")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", help="files of this kind alone")
    parser.add_argument(
        "--keep", type=Path, default=Path("mutated").absolute(), help="where files that break a rule go"
    )
    return parser.parse_args()


def _drawn(subjects: Sequence[Subject], count: int, random: Random) -> Iterator[Subject]:
    yield from random.choices(subjects, [one.share for one in subjects], k=count)


def _tried(subject: Subject, random: Random, keep: Path, counts: Counter[str], *, command: bool) -> str:
    """Which rule the mutated file broke; empty where none."""
    file = Path(subject.file)
    sound = file.read_bytes()
    content = subject.repaired(mutated(sound, subject.form, random), random)
    file.write_bytes(content)
    faulthandler.dump_traceback_later(_WATCHDOG_SECONDS, exit=True)
    try:
        end, broken = (_commanded if command else _read)(subject)
    finally:
        faulthandler.cancel_dump_traceback_later()
        file.write_bytes(sound)
    counts[f"{subject.kind} {'by command ' if command else ''}{end}"] += 1
    if broken:
        (keep / f"{subject.kind}-{counts['BROKEN']}-{file.name}").write_bytes(content)
    return broken


def _read(subject: Subject) -> tuple[str, str]:
    """How the file ended, and which rule it broke."""
    began = time.process_time()
    message, end, broken = "", "read", ""
    try:
        subject.read()
    except HarnessError as error:
        message, end = shortened(str(error)), "refused"
    except subject.refusals as error:  # the host makes a sentence of these
        message, end = shortened(str(error)), "refused"
    except Exception as error:
        end, broken = "raised", f"{type(error).__name__}: {error}"[:300]
    seconds = time.process_time() - began
    if len(message.encode("utf-8", "replace")) > _MOST_BYTES:
        broken = "a message over 2 kB"
    if seconds > _MOST_SECONDS:
        broken = f"{seconds:.1f} s of processor time"
    return end, broken


def _commanded(subject: Subject) -> tuple[str, str]:
    """The same through the command line: its exit code, and which rule it broke."""
    command = [sys.executable, "-c", PROGRAM, "--plugin", fakes.__file__, *subject.command]
    times = os.times()
    done = subprocess.run(
        command, capture_output=True, timeout=_WATCHDOG_SECONDS, stdin=subprocess.DEVNULL, check=False
    )
    seconds = os.times().children_user - times.children_user
    said = done.stderr.decode("utf-8", "replace")
    message = said[said.find("harness: ") :] if "harness: " in said else ""
    broken = ""
    if done.returncode not in range(6):
        broken = f"exit code {done.returncode}: {said[-300:]}"
    elif len(message.encode()) > _MOST_BYTES:
        broken = f"a message of {len(message.encode()):,} bytes"
    elif found := _CONTROL.search(said + done.stdout.decode("utf-8", "replace")):
        broken = f"the control character {found[0]!r}"
    elif seconds > _MOST_SECONDS:
        broken = f"{seconds:.1f} s of processor time"
    return f"exit {done.returncode}", broken


if __name__ == "__main__":
    sys.exit(main())
