"""From a model reference to a local folder; only a hub name or the alias reaches the network, and only once."""

from __future__ import annotations

import re
from pathlib import Path

from harness.errors import UsageError
from harness.types import ModelReference
from harness_transformers import hub, smollm2

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
    return folder


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
