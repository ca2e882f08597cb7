"""The figures of lm-evaluation-harness and ours, on the same task files, model and machine.

    python tests/benchmarks/lm_eval_parity.py                     # a small random Llama
    python tests/benchmarks/lm_eval_parity.py --model FOLDER      # and any model, in float32
    python tests/benchmarks/lm_eval_parity.py --model FOLDER --record   # and rewrite what tests/lmeval compares with

The tasks are those of tests/lmeval/tasks: three of our own and seven of lm-eval's distribution, of which the data path
alone was changed. Both sides get the folder of the model; ours runs as a whole process, through the command line.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TASKS = Path(__file__).parents[1] / "suites" / "lmeval" / "tasks"
RECORDED = TASKS.parent / "recorded.json"
NAMES = tuple(sorted(file.stem for file in TASKS.glob("[a-z]*.yaml")))
DIGITS = 6  # of recorded log-likelihoods


@dataclass(frozen=True)
class Measured:
    """The figures of a task by name, and the answers to each row: a log-likelihood a choice, or a reply."""

    figures: Mapping[str, float]
    answers: Sequence[Sequence[float | str]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", default=[], help="a folder, beside the small random Llama")
    parser.add_argument("--task", action="append", choices=NAMES, help="some of the tasks")
    parser.add_argument("--batch", type=int, default=8, help="lm-eval's batch size")
    parser.add_argument("--limit", type=int, help="the first rows of each task alone")
    parser.add_argument("--record", action="store_true", help=f"write it to {RECORDED.name}, of the last model")
    arguments = parser.parse_args()
    if arguments.record and arguments.limit:
        parser.error("--record needs all rows")
    names, limit = tuple(arguments.task or NAMES), arguments.limit
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_CACHE": scratch, "TOKENIZERS_PARALLELISM": "false"}
        small = random_llama(Path(scratch) / "random-llama")
        for folder in [small, *map(Path, arguments.model)]:
            asked, theirs = by_lm_eval(folder, names, limit, arguments.batch)
            ours = by_harness(folder, names, limit, Path(scratch) / f"project-{folder.name}")
            show(folder.name, theirs, ours)
        if arguments.record:
            record(asked, theirs)


def by_lm_eval(
    folder: Path, names: Sequence[str], limit: int | None, batch: int
) -> tuple[dict[str, Any], dict[str, Measured]]:
    """What lm-eval asks of the model for each task, and what it measures."""
    import lm_eval
    from lm_eval.tasks import TaskManager

    os.chdir(TASKS)  # lm-eval looks for data from the current folder
    found = lm_eval.simple_evaluate(
        model="hf",
        model_args={"pretrained": str(folder), "dtype": "float32"},
        tasks=list(names),
        task_manager=TaskManager(include_path=str(TASKS), include_defaults=False),
        device="cpu",
        batch_size=batch,
        limit=limit,
        bootstrap_iters=0,
    )
    asked, measured = {}, {}
    for name in names:
        rows = {row["doc_id"]: row for row in found["samples"][name]}  # once a filter
        first = [rows[number] for number in sorted(rows)]
        asked[name] = [[list(request) for request in row["arguments"]] for row in first]
        figures = {key.removesuffix(",none"): value for key, value in found["results"][name].items()}
        measured[name] = Measured(
            {key: float(value) for key, value in figures.items() if isinstance(value, float) and "stderr" not in key},
            [[_answer(replies[0]) for replies in row["resps"]] for row in first],
        )
    return asked, measured


def _answer(reply: Any) -> float | str:
    """A reply, or the log-likelihood of one: alone, or in front of whether it is what greedy decoding gives."""
    return reply if isinstance(reply, str) else float(reply[0] if isinstance(reply, tuple | list) else reply)


def by_harness(folder: Path, names: Sequence[str], limit: int | None, project: Path) -> dict[str, Measured]:
    """What a new project measures, in which the task files are imported as suites."""
    project.mkdir(parents=True)
    for name in names:
        some = [] if limit is None else ["--limit", str(limit)]
        _harness(project, "suites", "add", "--from", "lm-eval", "--trust-code", *some, str(TASKS / f"{name}.yaml"))
    suites = [word for name in names for word in ("--suite", name)]
    report = json.loads(_harness(project, "evaluate", str(folder), *suites, "--json", "--option", "device=cpu"))
    figures: dict[str, dict[str, float]] = {name: {} for name in names}
    for result in report["results"]:
        for metric in result["metrics"]:
            figures[result["evaluation"]["suite"]][metric["metric"]] = metric["value"]
    return {name: Measured(figures[name], _answers(project, name)) for name in names}


def _answers(project: Path, name: str) -> list[list[float | str]]:
    rows = json.loads(
        _harness(
            project,
            "sql",
            "--json",
            "SELECT replies, log_likelihoods FROM evaluations e JOIN evaluation_cases c ON c.evaluation = e.id "
            f"JOIN predictions p ON p.answer_key = c.answer_key WHERE e.suite = '{name}' ORDER BY position",
        )
    )
    return [list(row["log_likelihoods"] or row["replies"]) for row in rows]


def _harness(project: Path, *arguments: str) -> str:
    command = [sys.executable, "-c", "from harness.cli import entry; entry()", *arguments]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"harness {' '.join(arguments)}: exit {done.returncode}\n{done.stderr}{done.stdout}")
    return done.stdout


def show(model: str, theirs: Mapping[str, Measured], ours: Mapping[str, Measured]) -> None:
    """A table of both sides' figures, and how far the answers under them are apart."""
    print(f"\n{model}\n{'task':<12}{'figure':<34}{'lm-eval':>14}{'harness':>14}  answers")
    for name, expected in theirs.items():
        apart = _apart(expected.answers, ours[name].answers)
        for key, value in expected.figures.items():
            mine = ours[name].figures.get(key, math.nan)
            print(f"{name:<12}{key:<34}{value:>14.6f}{mine:>14.6f}  {apart}")
            apart = ""


def _apart(theirs: Sequence[Sequence[float | str]], ours: Sequence[Sequence[float | str]]) -> str:
    pairs = [pair for one, other in zip(theirs, ours, strict=True) for pair in zip(one, other, strict=True)]
    if isinstance(pairs[0][0], str):
        return f"{sum(one != other for one, other in pairs)} of {len(pairs)} replies differ"
    return f"{max(abs(float(one) - float(other)) for one, other in pairs):.1e} nats apart at most, of {len(pairs)}"


def record(asked: Mapping[str, Any], theirs: Mapping[str, Measured]) -> None:
    """Write what lm-eval asked and answered, and its figures; other tasks stay as they were."""
    content = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}
    content |= {
        name: {
            "asked": asked[name],
            "answers": [[one if isinstance(one, str) else round(one, DIGITS) for one in row] for row in one.answers],
            "figures": one.figures,
        }
        for name, one in theirs.items()
    }
    RECORDED.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def random_llama(folder: Path) -> Path:
    """A Llama of random weights with a byte-level tokenizer trained on the data of the tasks."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=800,
        special_tokens=["<|start|>", "<|end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    core.train_from_iterator([file.read_text("utf-8") for file in sorted(TASKS.glob("../data/*.jsonl"))], trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, bos_token="<|start|>", eos_token="<|end|>")
    torch.manual_seed(1)
    settings = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.eos_token_id,
        initializer_range=0.2,  # so that likelihoods differ enough to show a mistake
    )
    LlamaForCausalLM(settings).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


if __name__ == "__main__":
    main()
