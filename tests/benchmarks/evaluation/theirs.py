"""lm-eval's side of a row: a task file over the same cases, one process of it, and the batch size that suits it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.models import Model
from evaluation.ours import Answered
from evaluation.processes import FailedError, Took, run
from evaluation.rows import Case, Row

# run, never imported: what a parent imports counts into the memory of the processes it starts
PROCESS = Path(__file__).with_name("lm_eval_process.py")
SIZES = ("1", "8", "16", "32", "64")
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
TYPES = {"choice": "multiple_choice", "generate": "generate_until", "perplexity": "loglikelihood_rolling"}
METRICS = {"choice": "acc", "generate": "exact_match", "perplexity": "bits_per_byte"}


def write_task(row: Row, folder: Path) -> Path:
    """The folder with the task file and its data; prompts and choices are those of the suite, byte for byte."""
    folder.mkdir(parents=True)
    files = {"test": row.cases, "train": row.examples} if row.examples else {"test": row.cases}
    for split, cases in files.items():
        lines = [json.dumps(_line(number, case)) for number, case in enumerate(cases)]
        (folder / f"{split}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    task: dict[str, Any] = {
        "task": row.name,
        "dataset_path": "json",
        "dataset_kwargs": {"data_files": {split: str(folder / f"{split}.jsonl") for split in files}},
        "test_split": "test",
        "output_type": TYPES[row.kind],
        "doc_to_text": "prompt",
        "target_delimiter": "",
        "metric_list": [{"metric": METRICS[row.kind]}],
    }
    if row.kind == "choice":
        task |= {"doc_to_choice": "choices", "doc_to_target": "answer"}
    else:
        task |= {"doc_to_target": "{{reference}}"}
    if row.kind == "generate":
        task |= {"generation_kwargs": {"until": list(row.stop), "max_gen_toks": row.max_new_tokens}}
    if row.examples:
        task |= {"training_split": "train", "fewshot_split": "train", "num_fewshot": len(row.examples)}
        task |= {"fewshot_config": {"sampler": "first_n"}}
    (folder / "task.yaml").write_text(json.dumps(task), encoding="utf-8")  # JSON is YAML
    return folder


def evaluate(model: Model, task: Path, folder: Path, environment: Mapping[str, str], size: str) -> Took:
    """One process; what it answered is in `folder` afterwards."""
    folder.mkdir(parents=True)
    command = [*_command(model, task, folder / "answers.json"), "--batch-size", size]
    return run(command, folder, {**environment, **OFFLINE}, limited=True)


def tuned(
    model: Model,
    task: Path,
    folder: Path,
    environment: Mapping[str, str],
    limit: int,
    sizes: Sequence[str],
    timeout: float,
) -> dict[str, float | str]:
    """The seconds that the first `limit` cases take with each batch size, or why there are none; fastest first.

    Sizes that were not tried, after a much slower one or when the time was up, are absent.
    """
    folder.mkdir(parents=True)
    found = folder / "sizes.jsonl"
    command = [*_command(model, task, found), "--limit", str(limit), "--batch-size", *sizes]
    try:
        run(command, folder, {**environment, **OFFLINE}, timeout=timeout, limited=True)
    except FailedError:
        if not found.exists():
            raise
    lines = [json.loads(line) for line in found.read_text(encoding="utf-8").splitlines()]
    seconds = {line["size"]: line["seconds"] for line in lines if "seconds" in line}
    errors = {line["size"]: line["error"] for line in lines if "error" in line}
    return dict(sorted(seconds.items(), key=lambda one: one[1])) | errors


def answers(folder: Path) -> dict[str, tuple[str, Answered]]:
    """Prompt and answer of each case, by id."""
    rows = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    return {row["id"]: (row["prompt"], _answered(row["answers"])) for row in rows}


def _command(model: Model, task: Path, output: Path) -> list[str]:
    return [sys.executable, str(PROCESS), str(model.folder), str(task), str(output)]


def _line(number: int, case: Case) -> dict[str, Any]:
    line: dict[str, Any] = {"id": f"case-{number}", "prompt": case.prompt, "answer": case.answer}
    return line | {"choices": list(case.choices), "reference": case.reference or "none"}


def _answered(found: Sequence[Any]) -> Answered:
    if isinstance(found[0], str):
        return Answered(reply=found[0])
    return Answered(tuple(one[0] if isinstance(one, list) else one for one in found))
