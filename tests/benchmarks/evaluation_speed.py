"""`harness evaluate` beside lm-evaluation-harness: whole processes, time, memory and equal answers.

    pip install -e ".[models,bench]"
    python tests/benchmarks/evaluation_speed.py [--quick] [--models small smollm2] [--rows zero-shot few-shot]
    python tests/benchmarks/evaluation_speed.py --growth

The full run takes about an hour on two quiet cores and writes evaluation.{md,json} into reports/; --quick takes
minutes and, like a part of the whole, writes nothing but to --output. Exits 1 where a promise is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from evaluation import theirs
from evaluation.growth import Growth, grown
from evaluation.measure import Measured, Settings, measure, said
from evaluation.models import MARKS, WIDE_CONTEXT, WIDE_WORDS, Model, made
from evaluation.processes import FailedError
from evaluation.promises import Promise, broken, growth_promises, row_promises
from evaluation.rows import CHOICE_ROWS, Row, documents, replies, wide_documents
from evaluation.tables import as_json, markdown
from evaluation.texts import Texts, draw_texts, read_texts
from evaluation.work import matmul_peak

REPORTS = Path(__file__).parents[2] / "reports"
ROWS = (*CHOICE_ROWS, "generation", "perplexity", "wide")
CASES = {
    "small": {"zero-shot": 1_300, "endings": 80, "letters": 100, "few-shot": 300, "intents": 400}
    | {"generation": 160, "perplexity": 400},
    "smollm2": {"zero-shot": 100, "endings": 16, "letters": 24, "few-shot": 40, "intents": 96}
    | {"generation": 32, "perplexity": 24},
    "wide": {"wide": 8},
}
QUICK = 0.2
REAL_TEXTS = "GSM8K, Banking77 and self-instruct"
DRAWN_TEXTS = "words drawn from the vocabulary, as unevenly as in a language"
TUNE_TOKENS = {"small": 30_000, "smollm2": 8_000, "wide": 0}


def main() -> None:
    asked = arguments()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as drawn:
        folder = (asked.work or Path(drawn)).resolve()
        environment = {"OMP_NUM_THREADS": str(asked.threads), "HF_HOME": str(folder / "hf")}
        peak = matmul_peak(environment) if "peak" in asked.parts else None
        if peak is not None:
            said(f"matmul peak {peak / 1e9:.0f} GFLOP/s")
        rows, promises = measured_rows(asked, folder, environment) if "rows" in asked.parts else ([], [])
        growth = measured_growth(asked, folder / "growth", environment) if "growth" in asked.parts else None
    promises += [promise for one in rows for promise in row_promises(one, peak)]
    promises += growth_promises(growth) if growth is not None else ()
    facts = {
        "lm_eval": version("lm_eval"),
        "repeat": asked.repeat,
        "sizes": ", ".join(asked.sizes),
        "threads": asked.threads,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "texts": REAL_TEXTS if asked.data else DRAWN_TEXTS,
        "peak": peak,
        "gflops": (peak or 0) / 1e9,
        "options": " --quick" if asked.quick else "",
        "minutes": (time.perf_counter() - began) / 60,
    }
    write(asked.output, rows, growth, promises, facts)
    sys.exit(1 if broken(promises) else 0)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a fifth of the cases, once; no growth")
    parser.add_argument("--models", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    parser.add_argument("--growth", action="store_true", help="only what ten times the cases cost")
    parser.add_argument(
        "--peak", action="store_true", help="only the rows of choices, with the share of the matmul peak"
    )
    parser.add_argument(
        "--data", type=Path, help="folder with GSM8K, Banking77 and self-instruct; without it, drawn texts"
    )
    parser.add_argument("--repeat", type=int, help="lm-eval's turns, default 2, 1 if quick; ours has one more")
    parser.add_argument("--scale", type=float, help="share of the cases, default 1, 0.2 if quick")
    parser.add_argument("--sizes", nargs="+", default=list(theirs.SIZES), help="batch sizes that lm-eval tries first")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--work", type=Path, help="keep what is written while it runs here; must not exist")
    parser.add_argument(
        "--output", type=Path, help="folder for evaluation.{md,json}, default reports/ for the full run"
    )
    asked = parser.parse_args()
    asked.parts = (
        {"growth"} if asked.growth else {"rows", "peak"} if asked.peak or asked.quick else {"rows", "peak", "growth"}
    )
    if asked.peak:
        asked.rows = [row for row in asked.rows if row in CHOICE_ROWS]
    asked.repeat = asked.repeat or (1 if asked.quick else 2)
    asked.scale = asked.scale or (QUICK if asked.quick else 1.0)
    whole = asked.models == list(CASES) and asked.rows == list(ROWS) and len(asked.parts) == 3 and asked.scale == 1
    asked.output = asked.output or (REPORTS if whole else None)
    return asked


def measured_rows(
    asked: argparse.Namespace, folder: Path, environment: Mapping[str, str]
) -> tuple[list[Measured], list[Promise]]:
    """Every row of every model that was asked for; one that cannot be measured is a broken promise, not the end."""
    found, failed = [], []
    for name in asked.models:
        if not set(asked.rows) & set(CASES[name]):
            continue
        model = made(name, folder / "models")
        for row in rows_of(model, asked):
            # of one row memory alone is compared, so lm-eval gets the batch that needs the least
            sizes = ["1"] if row.name == "wide" else asked.sizes
            settings = Settings(asked.repeat if row.ratio else 1, sizes, TUNE_TOKENS[name], environment)
            try:
                found.append(measure(model, row, model.tokenizer(), folder / name / row.name, settings))
            except (FailedError, ValueError) as error:
                said(f"{model.title}: {row.title}: {error}")
                failed.append(Promise(f"{model.title}: {row.title}", "is measured", "failed", kept=False))
    return found, failed


def rows_of(model: Model, asked: argparse.Namespace) -> Iterator[Row]:
    """The rows of a model that were asked for."""
    if model.name == "wide":
        count = max(2, round(asked.scale * CASES["wide"]["wide"]))
        yield wide_documents(count, WIDE_WORDS - len(MARKS), WIDE_CONTEXT - 1)
        return
    texts = texts_for(model, asked)
    for name in asked.rows:
        count = max(8, round(asked.scale * CASES[model.name].get(name, 0)))
        if name == "generation":
            yield replies(texts, count, model.template, model.stop, model.max_new_tokens)
        elif name == "perplexity":
            yield documents(texts, count, model.tokenizer())
        elif name in CHOICE_ROWS:
            yield CHOICE_ROWS[name](texts, count)


def texts_for(model: Model, asked: argparse.Namespace) -> Texts:
    return read_texts(asked.data) if asked.data else draw_texts(model.tokenizer().get_vocab())


def measured_growth(asked: argparse.Namespace, folder: Path, environment: Mapping[str, str]) -> Growth:
    model = made("small", folder / "models")
    texts = draw_texts(model.tokenizer().get_vocab())  # the real ones are too few
    return grown(model, texts, folder, asked.scale, asked.repeat, environment)


def write(
    folder: Path | None, rows: list[Measured], growth: Growth | None, promises: list[Promise], facts: dict[str, Any]
) -> None:
    text = markdown(rows, growth, promises, facts)
    print(text)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "evaluation.md").write_text(text, encoding="utf-8")
    content = json.dumps(as_json(rows, growth, promises, facts), indent=1, ensure_ascii=False)
    (folder / "evaluation.json").write_text(content + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
