"""Ours beside lm-eval's own model class in one process, start-up left out: on a GPU that would be most of it.

    pip install -e ".[models,bench]"
    python tests/benchmarks/evaluation_in_process.py [--model smollm2] [--dtype bfloat16] [--scale 0.1]

Prints a table: seconds of each turn, the first of which also warms the device up, and how far the answers are apart.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from evaluation.models import Model, made
from evaluation.rows import CHOICE_ROWS, Row, documents, replies
from evaluation.texts import draw_texts

from harness.types import Answer, Generate, LogLikelihood, ModelReference, OpenRequest, Request

CASES = {"zero-shot": 1_300, "few-shot": 600, "intents": 600, "generation": 400, "perplexity": 300}
SIZES = {"choice": (64, 256), "perplexity": (16, 64), "generate": (64, 256)}
MAX_NEW_TOKENS = 128
HEAD = ("row", "cases", "ours s", "lm-eval s, by batch size", "answers")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=("small", "smollm2"), default="small")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="bfloat16")
    parser.add_argument("--device", choices=("auto", "cuda", "cpu"), default="auto")
    parser.add_argument("--rows", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--scale", type=float, default=1.0, help="share of the cases")
    parser.add_argument("--turns", type=int, default=3)
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        model = made(asked.model, Path(folder))
        rows = list(rows_of(model, asked))
        ours = [answered(model, row, asked) for row in rows]
        print(f"| {' | '.join(HEAD)} |\n| --- | --: | --: | --- | --- |")
        theirs = lm_eval_model(model, asked)
        for row, (seconds, answers) in zip(rows, ours, strict=True):
            by_size, their_answers = their_turns(theirs, row)
            print(f"| {row.title} | {len(row.cases)} | {listed(seconds)} | {by_size} | ", end="")
            print(f"{agreement(row, answers, their_answers)} |", flush=True)


def rows_of(model: Model, asked: argparse.Namespace) -> list[Row]:
    tokenizer = model.tokenizer()
    texts = draw_texts(tokenizer.get_vocab())

    def row(name: str) -> Row:
        count = max(8, round(asked.scale * CASES[name]))
        if name == "generation":
            return replies(texts, count, "{}", ("ing",), MAX_NEW_TOKENS)
        return documents(texts, count, tokenizer) if name == "perplexity" else CHOICE_ROWS[name](texts, count)

    return [row(name) for name in asked.rows]


def answered(model: Model, row: Row, asked: argparse.Namespace) -> tuple[list[float], list[Answer]]:
    """The seconds of each turn, and the answers of the last by case."""
    from harness_transformers.backend import TransformersBackend

    backend = TransformersBackend(dtype=asked.dtype, device=asked.device)
    requests = [request(row, str(number)) for number in range(len(row.cases))]
    seconds = []
    with backend.open(OpenRequest(ModelReference(str(model.folder)))) as opened:
        for _ in range(asked.turns):
            took, answers = timed(lambda: list(opened.answer(requests)))
            seconds.append(took)
    return seconds, sorted(answers, key=lambda answer: int(answer.key))


def request(row: Row, key: str) -> Request:
    case = row.cases[int(key)]
    if row.kind == "choice":
        return LogLikelihood(key, row.prompt(case), case.choices)
    if row.kind == "perplexity":
        return LogLikelihood(key, "", (case.reference,), windows=True)
    return Generate(key, case.prompt, max_new_tokens=row.max_new_tokens, stop=row.stop)


def lm_eval_model(model: Model, asked: argparse.Namespace) -> Any:
    from lm_eval.models.huggingface import HFLM

    from harness_transformers.identity.device import choose_device

    return HFLM(str(model.folder), dtype=asked.dtype, device=choose_device(asked.device), batch_size=1)


def their_turns(model: Any, row: Row) -> tuple[str, list[Any]]:
    """What each batch size took, warmed up, and the answers of the last, one an instance."""
    asked = instances(row)
    ask = {"choice": "loglikelihood", "perplexity": "loglikelihood_rolling", "generate": "generate_until"}[row.kind]
    said, found = [], []
    getattr(model, ask)(asked[:8], disable_tqdm=True)
    for size in SIZES[row.kind]:
        model.batch_size_per_gpu = size
        took, found = timed(lambda: getattr(model, ask)(asked, disable_tqdm=True))
        said.append(f"{size}: {took:.2f}")
    return ", ".join(said), found


def instances(row: Row) -> list[Any]:
    from lm_eval.api.instance import Instance

    settings = {"until": list(row.stop), "max_gen_toks": row.max_new_tokens, "do_sample": False}
    asked = {
        "choice": ("loglikelihood", [(row.prompt(case), choice) for case in row.cases for choice in case.choices]),
        "perplexity": ("loglikelihood_rolling", [(case.reference,) for case in row.cases]),
        "generate": ("generate_until", [(case.prompt, settings) for case in row.cases]),
    }
    kind, arguments = asked[row.kind]
    return [Instance(request_type=kind, doc={}, arguments=one, idx=at) for at, one in enumerate(arguments)]


def agreement(row: Row, ours: Sequence[Answer], theirs: Sequence[Any]) -> str:
    if row.kind == "generate":
        same = sum(mine.replies[0] == their for mine, their in zip(ours, theirs, strict=True))
        return f"{same} of {len(ours)} the same"
    mine = [one.log_likelihood for answer in ours for one in answer.likelihoods]
    their = [one[0] if isinstance(one, tuple) else one for one in theirs]
    return f"{max(abs(left - right) for left, right in zip(mine, their, strict=True)):.2g} apart at most"


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Both sides end with numbers on the CPU, so that a GPU has done its work by then."""
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def listed(seconds: Sequence[float]) -> str:
    return ", ".join(f"{one:.2f}" for one in seconds)


if __name__ == "__main__":
    main()
