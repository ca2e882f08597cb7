"""Whether the weights in the files are those of the model: none missing, none left over, each of its size."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness_transformers.identity.files import Head, read_head, read_json
from harness_transformers.identity.identify import weight_files

SHOWN = 3
_LAYER_COUNTS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_decoder_layers")
_OLD_MASKS = re.compile(r"(.*\.)?(attn|attention)\.(bias|masked_bias|causal_mask)")
"""Constants that older releases of transformers saved with GPT-2, GPT-J, GPT-Neo and their like."""


def check_size(folder: Path, model: Any) -> None:
    """Raises UsageError where config.json describes a model much larger than its files, before memory is taken for it.

    `model` is the one that it describes, without memory for its weights.
    """
    held = sum(head.numbers for head in _heads(folder))
    described = sum(weight.numel() for weight in model.parameters())
    if described > 2 * held and getattr(model.config, "quantization_config", None) is None:
        raise UsageError(
            f"{folder / 'config.json'}: describes a model of {described:,} weights, and the files hold {held:,}; "
            f"the weights or the settings are those of another model"
        )


def check_layers(folder: Path) -> None:
    """Raises UsageError where config.json tells of more layers than there are tensors: to build them takes a while."""
    held, config = sum(head.tensors for head in _heads(folder)), read_json(folder / "config.json")
    for key in _LAYER_COUNTS:
        count = config.get(key)
        if isinstance(count, int) and count > held:
            raise UsageError(f"{folder / 'config.json'}: {key}: is {count}, and the files hold {held} tensors")


def check_loaded(folder: Path, found: Mapping[str, Any]) -> None:
    """Raises UsageError where the loader found weights missing, left over or of another size; tied ones are none.

    Left over counts, too: weights that the settings leave out, such as those of a layer, make another model of it.
    """
    sizes = [
        f"{name} ({_size(there)} in the file, {_size(wanted)} in the model)"
        for name, there, wanted in found["mismatched_keys"]
    ]
    refuse_unless_whole(
        _where(folder),
        f"the model that {folder / 'config.json'} describes",
        missing=found["missing_keys"],
        unexpected=[name for name in found["unexpected_keys"] if not _OLD_MASKS.fullmatch(name)],
        mismatched=sizes,
    )


def refuse_unless_whole(
    file: Path, model: str, *, missing: Collection[str], unexpected: Collection[str], mismatched: Collection[str] = ()
) -> None:
    """Raises UsageError with the first names, where there are any."""
    said = [
        f"{what}: {_first(names)}"
        for what, names in (
            ("lacks", missing),
            ("holds others", unexpected),
            ("has other sizes", mismatched),
        )
        if names
    ]
    if said:
        raise UsageError(
            f"{file}: does not hold the weights of {model}: {'; '.join(said)}; "
            f"`save_pretrained` of the whole model writes what is needed"
        )


def _where(folder: Path) -> Path:
    files = weight_files(folder)
    return files[0] if len(files) == 1 else folder / "model.safetensors.index.json"


def _heads(folder: Path) -> list[Head]:
    return [read_head(file) for file in weight_files(folder)]


def _first(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - SHOWN:,} more" if len(ordered) > SHOWN else ""
    return ", ".join(name[:100] for name in ordered[:SHOWN]) + more


def _size(shape: Iterable[int]) -> str:
    return "×".join(map(str, shape))
