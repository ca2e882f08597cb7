"""One evaluation by lm-evaluation-harness, the leanest way: its own tasks, of which it has thousands, are not indexed.

    python lm_eval_process.py MODEL TASK_FOLDER OUTPUT --batch-size 8
    python lm_eval_process.py MODEL TASK_FOLDER OUTPUT --batch-size 1 8 auto --limit 16

With one batch size it writes what was answered to each case; with several it loads the model once and writes a line for
each size as soon as it is known: the seconds that the first `--limit` cases took. It stops at a size that is much
slower than the best before it, since those that follow are no better.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from pathlib import Path
from typing import Any

from lm_eval import simple_evaluate
from lm_eval.tasks import TaskManager

MUCH_SLOWER = 1.25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("tasks", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--batch-size", nargs="+", default=["1"])
    parser.add_argument("--limit", type=int)
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    manager = TaskManager(include_path=asked.tasks, include_defaults=False)
    if len(asked.batch_size) == 1:
        (size,) = asked.batch_size
        model_arguments = {"pretrained": asked.model, "dtype": "float32"}
        answer("hf", manager, asked.output, model_args=model_arguments, batch_size=size, device="cpu")
    else:
        tune(asked.model, manager, asked.output, asked.batch_size, asked.limit)


def answer(model: Any, manager: TaskManager, output: Path, **settings: Any) -> None:
    """Evaluate and write the samples."""
    found = simple_evaluate(model, tasks=manager.all_tasks, task_manager=manager, bootstrap_iters=0, **settings)
    (samples,) = found["samples"].values()
    rows = [
        {
            "id": sample["doc"]["id"],
            "prompt": sample["arguments"][0][0],
            "answers": [response[0] for response in sample["resps"]],
        }
        for sample in samples
    ]
    output.write_text(json.dumps(rows), encoding="utf-8")


def tune(folder: str, manager: TaskManager, output: Path, sizes: list[str], limit: int | None) -> None:
    """Time batch sizes on the same cases, in the order given."""
    from lm_eval.models.huggingface import HFLM

    model = HFLM(folder, dtype="float32", device="cpu")
    answer(model, manager, output.with_suffix(".warm"), limit=1)
    best = float("inf")
    for size in sizes:
        model.batch_size_per_gpu = size if size == "auto" else int(size)
        model.batch_sizes = {}
        began = time.perf_counter()
        try:
            answer(model, manager, output.with_suffix(".warm"), limit=limit)
            seconds = time.perf_counter() - began
            line = {"size": size, "seconds": seconds}
        except RuntimeError as error:  # torch's way to say that memory does not suffice
            line = {"size": size, "error": str(error)[:200]}
            seconds = float("inf")
        with output.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        if seconds > MUCH_SLOWER * best:
            break
        best = min(best, seconds)


if __name__ == "__main__":
    main()
