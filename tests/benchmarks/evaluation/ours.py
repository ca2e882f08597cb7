"""Our side of a row: a suite of raw prompts, one process of `harness evaluate`, and the answers from its store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.models import Model
from evaluation.processes import Took, run
from evaluation.rows import Case, Row

HARNESS = (sys.executable, "-c", "from harness.cli import entry; entry()")
METRICS = {"choice": ["accuracy"], "generate": ["chrf"], "perplexity": ["perplexity", "bits-per-byte"]}
ANSWERS = """
    SELECT case_id, replies, log_likelihoods, tokens, error
    FROM evaluation_cases JOIN predictions USING (answer_key) JOIN suite_cases USING (content)
"""
FACTS = "SELECT detail FROM states WHERE subject = 'evaluation' ORDER BY \"at\" DESC"


@dataclass(frozen=True)
class Answered:
    """What one side answered to a case: choices' or a text's log-likelihoods with their tokens, or the reply."""

    log_likelihoods: tuple[float, ...] = ()
    tokens: tuple[int, ...] = ()
    reply: str = ""


def write_suite(row: Row, folder: Path) -> Path:
    """The suite file, with its cases beside it."""
    folder.mkdir(parents=True)
    suite: dict[str, Any] = {"name": row.name, "cases": f"{row.name}.jsonl", "metrics": METRICS[row.kind]}
    if row.kind == "generate":
        suite["generation"] = {"max_new_tokens": row.max_new_tokens, "stop": list(row.stop)}
    file = folder / f"{row.name}.yaml"
    file.write_text(json.dumps(suite), encoding="utf-8")  # JSON is YAML
    lines = [json.dumps(_line(row, number, case)) for number, case in enumerate(row.cases)]
    (folder / f"{row.name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def evaluate(model: Model, suite: Path, folder: Path, environment: Mapping[str, str]) -> Took:
    """One process that finds nothing answered: `folder` is new, and its store is there afterwards."""
    folder.mkdir(parents=True)
    command = [*HARNESS, "evaluate", str(model.folder), "--suite", str(suite)]
    return run(command, folder, {**environment, "HARNESS_HOME": str(folder / "home")})


def answers(folder: Path, environment: Mapping[str, str]) -> dict[str, Answered]:
    """What the store in `folder` holds, by case id."""
    return {row["case_id"]: _answered(row) for row in _query(ANSWERS, folder, environment)}


def facts(folder: Path, environment: Mapping[str, str]) -> Mapping[str, Any]:
    """What the backend said of the evaluation: threads, and tokens where it counts them."""
    found: dict[str, Any] = {}
    for row in _query(FACTS, folder, environment):
        detail = json.loads(row["detail"]) if isinstance(row["detail"], str) else row["detail"]
        found = {**((detail or {}).get("facts") or {}), **found}
    return found


def _line(row: Row, number: int, case: Case) -> dict[str, Any]:
    line: dict[str, Any] = {"id": f"case-{number}", "prompt": row.prompt(case)}
    if row.kind == "choice":
        return line | {"choices": list(case.choices), "answer": case.choices[case.answer]}
    return line | {"reference": case.reference or "none"}


def _answered(row: Mapping[str, Any]) -> Answered:
    if row["error"] is not None:
        raise ValueError(f"{row['case_id']}: {row['error']}")
    replies: Sequence[str] = row["replies"] or [""]
    return Answered(tuple(row["log_likelihoods"] or ()), tuple(row["tokens"] or ()), replies[-1])


def _query(query: str, folder: Path, environment: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    settings = {**os.environ, **environment, "HARNESS_HOME": str(folder / "home")}
    command = [*HARNESS, "sql", "--json", query]
    said = subprocess.run(command, cwd=folder, env=settings, capture_output=True, check=True, text=True)
    yield from json.loads(said.stdout)
