"""A baseline file and a model's folder, which a command or a model has to make first."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from random import Random

from harness.baselines.exchange import import_baseline
from harness.cli import main
from harness.errors import ComponentError
from harness.store.store import Store
from harness.types import ModelReference, OpenRequest
from harness.types.hashing import content_hash
from mutated.subjects import SUITE, Subject

_REFUSALS = (ValueError, OSError, ComponentError)
_MODEL_FILES = ("config.json", "tokenizer.json", "tokenizer_config.json", "generation_config.json", "model.safetensors")


def folder_subjects() -> list[Subject]:
    """Subjects of the current folder, which `fill` has filled; without PyTorch none is a model."""
    _command("evaluate", "--predictions", "answers.jsonl", "--suite", "suite.yaml", "--tier", "all", "--name", "first")
    _command("baselines", "set", "main", "first")
    _command("baselines", "export", "main", "baseline.json", "--suite", str(SUITE["name"]))
    baseline = Subject(
        "baseline", "baseline.json", "json", ("baselines", "import", "baseline.json"), _read_baseline, 4, _hashed
    )
    return [baseline, *_models()]


def _command(*arguments: str) -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main(arguments)
    if code:
        raise RuntimeError(f"harness {' '.join(arguments)}: {code}: {said.getvalue()}")


def _hashed(content: bytes, random: Random) -> bytes:
    """The file with the hash of what it says now, half of the time, as somebody who forges one would write it."""
    try:
        written = json.loads(content)
        written["hash"] = content_hash({key: written.get(key) for key in ("baseline", "tables")})
    except (ValueError, TypeError, AttributeError, RecursionError):
        return content
    return json.dumps(written).encode() if random.random() < 0.7 else content


def _read_baseline() -> object:
    return import_baseline(Store(Path("imported-baselines")), Path("baseline.json"))


def _models() -> list[Subject]:
    try:
        from tiny_llama import save_tiny_llama
    except ImportError:
        return []
    from harness_transformers.backend import TransformersBackend

    save_tiny_llama(Path("model"))

    def identify() -> object:
        return TransformersBackend().identify(OpenRequest(ModelReference("model")))

    command = ("evaluate", "model", "--suite", "suite.yaml", "--tier", "all:2")
    return [
        Subject(
            "model",
            f"model/{name}",
            "json" if name.endswith("json") else "bytes",
            command,
            identify,
            1,
            refusals=_REFUSALS,
        )
        for name in _MODEL_FILES
        if Path("model", name).exists()
    ]
