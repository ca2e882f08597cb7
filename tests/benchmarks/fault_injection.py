"""Kills and full disks at the system calls of a command, each in a fresh copy of its project; then the command again.

    python tests/benchmarks/fault_injection.py --scene evaluate export suite report
    python tests/benchmarks/fault_injection.py --scene run --first 40 --random 100

A library that is preloaded (gcc makes it) counts each call that makes a file or a folder, writes to one, brings it to
the disk, renames it or removes it. At one of them it kills the process group, or says ENOSPC, once or from there on.
Told are the calls that there are, how a command ended with each fault, and what is wrong: an exit code other than a
pass or that of a full disk, a traceback, a file of a person's that is cut, another result of the same command
afterwards. Ends with 1 where anything is.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from injection.faults import Outcome, chosen, outcomes, undisturbed
from injection.scenes import SCENES
from injection.shim import KINDS, build, preloaded, scratch, warm

OF_MODELS = frozenset({"run", "refine", "model"})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scene", nargs="+", choices=SCENES, default=sorted(SCENES.keys() - OF_MODELS))
    parser.add_argument("--how", nargs="+", choices=["kill", "ENOSPC", "full"], default=["kill", "ENOSPC"])
    parser.add_argument("--first", type=int, default=1 << 20, help="spoil each of so many first calls")
    parser.add_argument("--random", type=int, default=0, help="and so many of the rest; renames and fsyncs always")
    parser.add_argument("--kind", nargs="+", choices=KINDS.values(), default=list(KINDS.values()), help="of calls")
    parser.add_argument("--skip", type=int, default=0, help="leave out so many of these, which were struck before")
    parser.add_argument("--every", type=int, default=1, help="take but every so manieth of these")
    parser.add_argument("--seconds", type=float, default=1e9, help="of a scene, begin no other fault after so long")
    arguments = parser.parse_args()
    with scratch() as folder:
        if not preloaded():
            env = {**os.environ, "LD_PRELOAD": str(build(folder)), "OMP_NUM_THREADS": "1"}
            return subprocess.call([sys.executable, *sys.argv], env=env)
        warm(models=not OF_MODELS.isdisjoint(arguments.scene))
        return int(sum(spoil(scene, folder, arguments) for scene in arguments.scene) > 0)


def spoil(name: str, folder: Path, arguments: argparse.Namespace) -> int:
    """Inject the faults of one scene; returns how many went wrong."""
    scene, began = SCENES[name](folder / name), time.monotonic()
    whole = undisturbed(scene, folder / "copy")
    at = [n for n in chosen(whole.calls, arguments.first, arguments.random) if KINDS[whole.calls[n]] in arguments.kind]
    at = at[arguments.skip :: arguments.every]
    print(f"{scene.name}: {len(whole.calls)} calls ({whole.count()}), {len(at)} of them spoilt", flush=True)
    found = []
    for one in outcomes(scene, whole, folder / "copy", at, arguments.how):
        found.append(one)
        if one.wrong:
            print(f"  call {one.at} ({one.call}), {one.how}: {'; '.join(one.wrong)}", flush=True)
        if time.monotonic() - began > arguments.seconds:
            print(f"  stopped after {len(found)} of {len(at) * len(arguments.how)} faults", flush=True)
            break
    print(f"  {summary(found)}; {time.monotonic() - began:.0f} s", flush=True)
    return sum(bool(one.wrong) for one in found)


def summary(found: list[Outcome]) -> str:
    codes = Counter((one.how, one.code) for one in found)
    told = ", ".join(f"{how} → {code}: {count}" for (how, code), count in sorted(codes.items()))
    return f"{len(found)} faults, {sum(bool(one.wrong) for one in found)} wrong ({told})"


if __name__ == "__main__":
    sys.exit(main())
