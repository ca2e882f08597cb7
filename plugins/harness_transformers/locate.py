"""From a model reference to a local folder; only a hub name or the alias reaches the network, and only once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.types import ModelReference
from harness_transformers import hub, smollm2

WITH_TOKENS = frozenset(
    ["PROMPT_TUNING", "MULTITASK_PROMPT_TUNING", "P_TUNING", "PREFIX_TUNING", "CPT", "ADAPTION_PROMPT"]
)
HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def locate(model: ModelReference) -> Path:
    """The local folder of the model's weights and tokenizer; fetched first where it is an alias or a hub name.

    Raises UsageError where there is no such folder or something in it is missing.
    """
    folder = _folder(model)
    for name, what in (("config.json", "a model"), ("tokenizer.json", "a fast tokenizer")):
        if not (folder / name).is_file():
            raise UsageError(
                f"model {str(model)!r}: {folder} has no {name}, so it does not hold {what}; "
                f"`save_pretrained` of model and tokenizer writes what is needed"
            )
    return folder


def locate_adapter(model: ModelReference) -> Path | None:
    """The adapter's folder, or None for a model without one. Raises UsageError where it holds no safe adapter."""
    if model.adapter is None:
        return None
    folder = Path(model.adapter).expanduser()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        if not (folder / name).is_file():
            raise UsageError(
                f"adapter {model.adapter!r}: there is no file {folder / name}; pickled adapters are not read"
            )
    kind = str(read_json(folder / "adapter_config.json").get("peft_type"))
    if kind in WITH_TOKENS:
        raise UsageError(
            f"adapter {model.adapter!r}: {kind} puts tokens of its own before the prompt, which is not supported; "
            f"adapters that change weights are (LoRA, DoRA, IA3)"
        )
    return folder


def read_json(file: Path) -> dict[str, Any]:
    """The JSON object in `file`, empty where there is no such file. Raises UsageError where it is no object."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise UsageError(f"{file}: is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise UsageError(f"{file}: must hold a JSON object, not {type(content).__name__}")
    return content


def _folder(model: ModelReference) -> Path:
    path = Path(model.reference).expanduser()
    if path.is_dir():
        if model.revision is not None:
            raise UsageError(f"model {model.reference!r}: a folder has no revision {model.revision!r}; hub names have")
        return path
    if model.reference == smollm2.ALIAS:
        return smollm2.fetch()
    if HUB_NAME.fullmatch(model.reference):
        return hub.fetch(model.reference, model.revision)
    raise UsageError(
        f"model {model.reference!r}: no such folder, and neither hub name (OWNER/NAME) nor alias ({smollm2.ALIAS})"
    )
