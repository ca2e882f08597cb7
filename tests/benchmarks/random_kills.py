"""Commands on a tiny random Llama, killed at random moments and carried out again until they are complete.

    python tests/benchmarks/random_kills.py --kills 40

Of each scene a fresh project is killed three times and then left alone: its figures have to be those of a project that
nothing happened to. Ends with 1 where they are others, or where a command failed by itself.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

from injection.faults import KILLED, environment
from injection.scenes import SCENES, Scene, copied
from injection.shim import ended, scratch, warm

IN_A_ROW = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=40, help="of all scenes together")
    parser.add_argument("--scene", nargs="+", choices=SCENES, default=["model", "run", "refine"])
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    drawn = random.Random(arguments.seed)
    warm(models=True)
    with scratch() as folder:
        share = -(-arguments.kills // len(arguments.scene))
        return int(sum(killed(SCENES[scene](folder / scene), folder, share, drawn) for scene in arguments.scene) > 0)


def killed(scene: Scene, folder: Path, kills: int, drawn: random.Random) -> int:
    """Kill the command so many times, in as many projects as that takes; returns how many ended otherwise."""
    place = copied(scene, folder / "copy")
    began = time.monotonic()
    whole = ended(scene.command, place, environment(place))
    seconds = time.monotonic() - began
    if whole.code not in scene.passes:
        raise RuntimeError(f"{scene.name} ended with {whole.code}: {whole.err}")
    wanted = (whole.code, scene.result(place, whole))
    if not wanted[1]:
        raise RuntimeError(f"{scene.name} gave no figures: {whole.out[:300]}")
    print(f"{scene.name}: {seconds:.1f} s undisturbed, {len(wanted[1])} figures", flush=True)
    done = projects = wrong = 0
    while done < kills:
        projects += 1
        place = copied(scene, folder / "copy")
        for _ in range(min(IN_A_ROW, kills - done)):
            done += ended(scene.command, place, environment(place), seconds=drawn.uniform(0, seconds)).code == KILLED
        last = ended(scene.command, place, environment(place))
        if last.code not in scene.passes or (last.code, scene.result(place, last)) != wanted:
            wrong += 1
            print(f"  project {projects}: ended with {last.code}: {last.err[-500:]}", flush=True)
    print(
        f"  {done} kills in {projects} projects, {wrong} ended otherwise; {time.monotonic() - began:.0f} s", flush=True
    )
    return wrong


if __name__ == "__main__":
    sys.exit(main())
