"""How often gates are wrong, ours beside what teams use instead; writes calibration.{md,svg,json} into reports/.

pip install -e . regressgate==0.1.0
python tests/benchmarks/gate_calibration.py [--trials 4000] [--quick] [--jobs 2] [--seed 1] [--output reports]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from calibration.curves import svg
from calibration.exact import MARGIN_SIZES, MARGINS, SIZES, exit_codes, passes_if_equal
from calibration.gates import check_regressgate
from calibration.rates import UNLIKELY, Result, remember_chances, simulate
from calibration.situations import SITUATIONS, quick
from calibration.tables import as_json, label, markdown

REPORTS = Path(__file__).parents[2] / "reports"
QUICK_TRIALS = 200


def main() -> None:
    asked = arguments()
    # Processes share the cores already; threads of a matrix product would only wait for each other.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    start = time.perf_counter()
    checked = check_regressgate()
    groups = quick(SITUATIONS) if asked.quick else SITUATIONS
    situations = [(group, one) for group, rows in groups.items() for one in rows]
    exact = counted_out(asked.jobs, asked.quick)
    results = {}
    for done, count, result in simulate(situations, asked.trials, asked.seed, asked.jobs):
        results[result.group, result.situation] = result
        print(f"{done}/{count} {label(result.situation)}: exit 1 {result.exit(1).share:.3f}", file=sys.stderr)
    facts = {
        "trials": asked.trials,
        "seed": asked.seed,
        "jobs": asked.jobs,
        "unlikely": f"{1000 * UNLIKELY:g}",
        "checked": checked,
        "options": " --quick" if asked.quick else "",
        "seconds": time.perf_counter() - start,
    }
    write(asked.output, [results[key] for key in situations], exact, facts)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--trials", type=int, help=f"comparisons of each kind, default 4000, {QUICK_TRIALS} if quick")
    parser.add_argument(
        "--quick", action="store_true", help="two situations of each group; writes nothing but to --output"
    )
    parser.add_argument("--jobs", type=int, default=min(os.cpu_count() or 1, 2))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--output", type=Path, help="folder to write to, default reports/; of --quick: none, stdout only"
    )
    asked = parser.parse_args()
    asked.trials = asked.trials or (QUICK_TRIALS if asked.quick else 4000)
    asked.output = asked.output or (None if asked.quick else REPORTS)
    return asked


def counted_out(jobs: int, quick: bool) -> dict[str, Any]:
    """The tables that need no simulation."""
    sizes, margin_sizes = (SIZES[:2], MARGIN_SIZES[:1]) if quick else (SIZES, MARGIN_SIZES)
    pairs = [(n, margin) for n in margin_sizes for margin in MARGINS]
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=remember_chances) as pool:
        codes = dict(zip(sizes, pool.map(exit_codes, sizes), strict=True))
        chances = list(pool.map(passes_if_equal, *zip(*pairs, strict=True)))
    passes = {n: chances[i * len(MARGINS) : (i + 1) * len(MARGINS)] for i, n in enumerate(margin_sizes)}
    return {"codes": codes, "passes": passes}


def write(folder: Path | None, results: list[Result], exact: dict[str, Any], facts: dict[str, Any]) -> None:
    text = markdown(results, exact, facts)
    print(text)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "calibration.md").write_text(text, encoding="utf-8")
    (folder / "calibration.svg").write_text(svg(results), encoding="utf-8")
    content = json.dumps(as_json(results, exact, facts), indent=1, ensure_ascii=False)
    (folder / "calibration.json").write_text(content + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
