"""`harness evaluate` beside lm-evaluation-harness: whole processes, time, memory and equal answers.

    pip install -e ".[models,bench]"
    python tests/benchmarks/evaluation_speed.py [--quick] [--models small smollm2] [--rows zero-shot few-shot]
    python tests/benchmarks/evaluation_speed.py --growth

The full run takes about 50 minutes on two quiet cores and writes evaluation.{md,json} into reports/; --quick takes
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
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from evaluation import ours, theirs
from evaluation.measure import Measured, Settings, above, first_case, measure, median, said
from evaluation.models import WIDE_CONTEXT, WIDE_WORDS, Model, make_small, make_wide
from evaluation.promises import Growth, Promise, broken, growth_promises, row_promises
from evaluation.rows import CHAT, CHOICE_ROWS, Row, answers, documents, replies, wide_documents
from evaluation.tables import as_json, markdown
from evaluation.texts import Texts, draw_texts, read_texts
from evaluation.work import matmul_peak

REPORTS = Path(__file__).parents[2] / "reports"
MODELS = ("small", "smollm2", "wide")
ROWS = (*CHOICE_ROWS, "generation", "perplexity")
CASES = {
    "small": {"zero-shot": 360, "endings": 150, "letters": 200, "few-shot": 72, "intents": 180}
    | {"generation": 96, "perplexity": 120},
    "smollm2": {"zero-shot": 100, "endings": 24, "letters": 40, "few-shot": 28, "intents": 48}
    | {"generation": 32, "perplexity": 40},
}
QUICK = 0.2
REAL_TEXTS, DRAWN_TEXTS = (
    "GSM8K, Banking77 and self-instruct",
    "drawn from the vocabulary, as frequent as in a language",
)
WIDE_CASES = 8
GROWTH_CASES = 200
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
        rows = measured_rows(asked, folder, environment) if "rows" in asked.parts else []
        growth = grown(folder, environment, asked) if "growth" in asked.parts else None
    promises = [promise for one in rows for promise in row_promises(one, peak)]
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
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
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
    whole = asked.models == list(MODELS) and asked.rows == list(ROWS) and len(asked.parts) == 3 and asked.scale == 1
    asked.output = asked.output or (REPORTS if whole else None)
    return asked


def measured_rows(asked: argparse.Namespace, folder: Path, environment: Mapping[str, str]) -> list[Measured]:
    """Every row of every model that was asked for."""
    found = []
    for name in asked.models:
        model = made(name, folder / "models")
        tokenizer = tokenizer_of(model)
        for row in rows_of(model, tokenizer, asked):
            # of one row memory alone is compared, so lm-eval gets the batch that needs the least
            sizes = ["1"] if row.name == "wide" else asked.sizes
            repeat = asked.repeat if row.ratio else 1
            settings = Settings(repeat, sizes, TUNE_TOKENS[name], environment)
            found.append(measure(model, row, tokenizer, folder / name / row.name, settings))
    return found


def rows_of(model: Model, tokenizer: Any, asked: argparse.Namespace) -> Iterator[Row]:
    """The rows of a model; the wide one has a single row, of memory."""
    if model.name == "wide":
        yield wide_documents(max(2, round(asked.scale * WIDE_CASES)), WIDE_WORDS - 3, WIDE_CONTEXT - 1)
        return
    texts = texts_for(tokenizer, asked)
    for name in asked.rows:
        count = max(8, round(asked.scale * CASES[model.name][name]))
        if name == "generation":
            yield replies(texts, count, model.template, model.stop, model.max_new_tokens)
        elif name == "perplexity":
            yield documents(texts, count, tokenizer)
        else:
            yield CHOICE_ROWS[name](texts, count)


def made(name: str, folder: Path) -> Model:
    """The model, its weights made or fetched in a process of its own."""
    if name == "smollm2":
        return Model(name, "SmolLM2-135M-Instruct", apart(real_folder), CHAT, ("\n\n",), 128)
    if name == "small":
        apart(make_small, folder / name)
        return Model(name, "random Llama, 20 M weights", folder / name, stop=(" b",), max_new_tokens=128)
    apart(make_wide, folder / name)
    return Model(name, f"random Llama, {WIDE_WORDS:,} words", folder / name)


def real_folder() -> Path:
    from harness_transformers import smollm2

    return smollm2.fetch()


def apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """What `work` returns, done in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def texts_for(tokenizer: Any, asked: argparse.Namespace) -> Texts:
    return read_texts(asked.data) if asked.data else draw_texts(tokenizer.get_vocab())


def tokenizer_of(model: Model) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(model.folder / "tokenizer.json"))


def grown(folder: Path, environment: Mapping[str, str], asked: argparse.Namespace) -> Growth:
    """Our side alone on the small model: some cases and ten times as many, in turns, and a process with one."""
    model = made("small", folder / "models-of-growth")
    texts = texts_for(tokenizer_of(model), asked)
    few = max(8, min(round(asked.scale * GROWTH_CASES), len(texts.problems) // 10))
    sides = [answers(texts, few), answers(texts, 10 * few)]
    names = ("one", "few", "many")
    suites = [
        ours.write_suite(row, folder / "growth" / name)
        for name, row in zip(names, (first_case(sides[0]), *sides), strict=True)
    ]
    turns = []
    for turn in range(asked.repeat):
        turns.append(
            [
                ours.evaluate(model, suite, folder / "growth" / f"{name}-turn-{turn}", environment)
                for name, suite in zip(names, suites, strict=True)
            ]
        )
        said(
            f"growth: {', '.join(f'{name} {took.seconds:.1f} s' for name, took in zip(names, turns[-1], strict=True))}"
        )
    start, *rest = (list(runs) for runs in zip(*turns, strict=True))
    seconds = [above(runs, median(start)) for runs in rest]
    held = [median(runs).megabytes for runs in rest]
    return Growth((few, 10 * few), (seconds[0], seconds[1]), (held[0], held[1]))


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
