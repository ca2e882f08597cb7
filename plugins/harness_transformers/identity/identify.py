"""Who a model is, from its files alone: no torch, no transformers, and nothing large is read twice."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.types import Identity, ModelReference
from harness.types.hashing import content_hash
from harness_transformers.identity.cache import cached_file_hash
from harness_transformers.identity.device import Device, has_bfloat16
from harness_transformers.identity.files import read_head, read_json, read_text, text_settings
from harness_transformers.identity.locate import locate, locate_adapter

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
    "chat_template.json",
    "tokenizer.model",
    "vocab.json",
    "merges.txt",
)
# what says who saved the files, and where: it changes no number
PROVENANCE = frozenset(
    [
        "transformers_version",
        "_name_or_path",
        "name_or_path",
        "is_local",
        "local_files_only",
        "chat_template",
        "_from_model_config",
        "base_model_name_or_path",
        "revision",
        "peft_version",
        "inference_mode",
        "auto_mapping",
    ]
)


def identify(model: ModelReference, dtype: str, device: Device) -> Identity:
    """The identity of a model that will run in `dtype` on `device`. Raises UsageError on missing or pickled files."""
    folder, adapter = locate(model), locate_adapter(model)
    config = read_json(folder / "config.json")
    parts = {
        "weights": content_hash([_hashes(weight_files(folder)), _settings(config)]),
        "generation": content_hash(_settings(read_json(folder / "generation_config.json"))),
        "tokenizer": _tokenizer_hash(folder),
        "template": content_hash(chat_template(folder)),
    }
    if adapter is not None:
        read_head(adapter / "adapter_model.safetensors")
        weights = _hashes([adapter / "adapter_model.safetensors"])
        parts["adapter"] = content_hash([weights, _settings(read_json(adapter / "adapter_config.json"))])
    return Identity(
        fingerprint=content_hash(parts),
        parts=parts,
        numerics=f"{precision(dtype, config, device)}/{device}",
        context_length=context_length(config),
    )


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a model. Raises UsageError where there are none, only pickles, or torn ones."""
    whole, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    if whole.is_file():
        files = [whole]
    elif index.is_file():
        files = _shards(index)
    elif any(folder.glob("*.bin")):
        raise UsageError(
            f"{folder}: the weights are pickle files, which can run code and are not read; "
            f"load them where you trust them and `save_pretrained` again, which writes model.safetensors"
        )
    else:
        raise UsageError(f"{folder}: has neither model.safetensors nor model.safetensors.index.json")
    for file in files:
        read_head(file)
    return files


def _shards(index: Path) -> list[Path]:
    """The files that an index names: of its own folder, and safetensors."""
    named = read_json(index).get("weight_map")
    if not isinstance(named, dict) or not named or not all(isinstance(name, str) for name in named.values()):
        raise UsageError(f"{index}: weight_map: must be an object that names the file of each tensor")
    names = sorted(set(named.values()))
    for name in names:
        if not name.endswith(".safetensors") or Path(name).name != name or "\\" in name or "\0" in name:
            raise UsageError(
                f"{index}: weight_map: names {name[:100]!r}; only files of its own folder that end in .safetensors "
                f"are read"
            )
    files = [index.parent / name for name in names]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise UsageError(f"{index}: names {missing[0]!r}, which is not there ({len(missing)} of {len(files)} missing)")
    return files


def context_length(config: dict[str, Any]) -> int | None:
    """The most tokens the model can see, where its configuration says so."""
    return _whole(config, "max_position_embeddings", "n_positions", "max_sequence_length")


def embedding_rows(config: dict[str, Any]) -> int | None:
    """How many tokens the model has weights for, where its configuration says so."""
    return _whole(config, "vocab_size")


def precision(dtype: str, config: dict[str, Any], device: Device) -> str:
    """The precision that an option `dtype` means for this model on this device."""
    if dtype == "fast":
        return "bfloat16" if has_bfloat16(device) else "float32"
    return stored_dtype(config) if dtype == "auto" else dtype


def stored_dtype(config: dict[str, Any]) -> str:
    """The precision the weights are stored in, which `dtype: auto` means."""
    nested = text_settings(config)
    named = config.get("dtype") or config.get("torch_dtype") or nested.get("dtype") or "float32"
    return str(named).removeprefix("torch.")


def chat_template(folder: Path) -> Any:
    """The chat template of a model's folder, in the order in which transformers looks for it; None without one."""
    file = folder / "chat_template.jinja"
    if file.is_file():
        return read_text(file)
    older = read_json(folder / "chat_template.json").get("chat_template")
    return older or read_json(folder / "tokenizer_config.json").get("chat_template")


def _whole(config: dict[str, Any], *keys: str) -> int | None:
    """The first of these settings that is a whole number, of the model or of its language part."""
    for settings in (config, text_settings(config)):
        for key in keys:
            if isinstance(settings.get(key), int):
                return int(settings[key])
    return None


def _hashes(files: Iterable[Path]) -> list[tuple[str, str]]:
    return [(file.name, cached_file_hash(file)) for file in files]


def _tokenizer_hash(folder: Path) -> str:
    """Of what changes token ids. Where tokenizer.json is, the older vocabulary files beside it are not read."""
    return content_hash([_hashes([folder / "tokenizer.json"]), _settings(read_json(folder / "tokenizer_config.json"))])


def _settings(content: dict[str, Any]) -> dict[str, Any]:
    """Without provenance, and with lists of names sorted: peft writes `target_modules` in the order of a set."""
    kept = {key: value for key, value in content.items() if key not in PROVENANCE}
    return {key: sorted(value) if _is_names(value) else value for key, value in kept.items()}


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
