"""A model that was measured already, measured again: nothing is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HEAVY = ("torch", "transformers", "tokenizers", "safetensors")
PROGRAM = f"""
import sys
from harness.cli import main
code = main(sys.argv[1:])
print(sorted(set({HEAVY}) & sys.modules.keys()), file=sys.stderr)
sys.exit(code)
"""


def evaluate(model: Path, folder: Path) -> tuple[list[float], str]:
    """The figures of both suites, and the last line on stderr: which heavy libraries were imported."""
    command = ["evaluate", str(model), "--suite", "choices.yaml", "--suite", "words.yaml", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *command], cwd=folder, capture_output=True, text=True, check=True
    )
    results = json.loads(done.stdout)["results"]
    return [metric["value"] for one in results for metric in one["metrics"]], done.stderr.splitlines()[-1]


def test_an_unchanged_evaluation_imports_neither_torch_nor_the_tokenizer(tiny: Path, tmp_path: Path) -> None:
    cases = [{"prompt": f"Where is box {n}?", "choices": ["near", "far"], "answer": "far"} for n in range(8)]
    texts = [{"prompt": f"Where is ring {n}?", "references": ["near the door"]} for n in range(8)]
    settings = {
        "choices": {"metrics": ["accuracy"]},
        "words": {"metrics": ["chrf"], "generation": {"max_new_tokens": 4}},
    }
    for (name, content), rows in zip(settings.items(), (cases, texts), strict=True):
        (tmp_path / f"{name}.yaml").write_text(json.dumps({"name": name, "cases": f"{name}.jsonl", **content}))
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    first, heavy = evaluate(tiny, tmp_path)
    assert "torch" in heavy
    assert evaluate(tiny, tmp_path) == (first, "[]")
