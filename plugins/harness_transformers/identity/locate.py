"""From a model reference to a local folder; only a hub name or the alias reaches the network, and only once."""

from __future__ import annotations

import re
from pathlib import Path

from harness.errors import UsageError
from harness.types import ModelReference
from harness_transformers.identity import hub, smollm2
from harness_transformers.identity.files import check_regular, read_json
from harness_transformers.identity.settings import check_adapter_settings, check_settings

WITH_TOKENS = frozenset(
    ["PROMPT_TUNING", "MULTITASK_PROMPT_TUNING", "P_TUNING", "PREFIX_TUNING", "CPT", "ADAPTION_PROMPT"]
)
HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def locate(model: ModelReference) -> Path:
    """The local folder of the model's weights and tokenizer; fetched first where it is an alias or a hub name.

    Raises UsageError where there is no such folder, or something in it is missing or would fetch what is not in it.
    """
    folder = _folder(model)
    check_regular(folder)
    for name, what in (("config.json", "a model"), ("tokenizer.json", "a fast tokenizer")):
        if not (folder / name).is_file():
            raise UsageError(
                f"model {str(model)!r}: {folder} has no {name}, so it does not hold {what}; "
                f"`save_pretrained` of model and tokenizer writes what is needed"
            )
    check_settings(folder)
    return folder


def locate_adapter(model: ModelReference) -> Path | None:
    """The adapter's folder, or None for a model without one. Raises UsageError where it holds no safe adapter."""
    if model.adapter is None:
        return None
    folder = Path(model.adapter).expanduser()
    if folder.is_dir():
        check_regular(folder)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        if not (folder / name).is_file():
            raise UsageError(
                f"adapter {model.adapter!r}: there is no file {folder / name}; pickled adapters are not read"
            )
    settings = read_json(folder / "adapter_config.json")
    check_adapter_settings(folder / "adapter_config.json", settings)
    kind = str(settings.get("peft_type"))
    if kind in WITH_TOKENS:
        raise UsageError(
            f"adapter {model.adapter!r}: {kind} puts tokens of its own before the prompt, which is not supported; "
            f"adapters that change weights are (LoRA, DoRA, IA3)"
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
