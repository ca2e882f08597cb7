"""Settings of a model's folder that would have a library fetch code, or load other weights than those in the files."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness_transformers.identity.files import objects, read_json

IMPLEMENTATIONS = {
    "attn_implementation": ("eager", "sdpa", "flex_attention"),
    "experts_implementation": ("eager", "batched_mm", "grouped_mm"),
}
"""What comes with torch and transformers; any other name is that of a kernel, which is code out of a hub."""
QUANTIZATIONS = {
    "awq": ("gptqmodel",),
    "bitsandbytes": ("bitsandbytes",),
    "bitsandbytes_4bit": ("bitsandbytes",),
    "bitsandbytes_8bit": ("bitsandbytes",),
    "compressed-tensors": ("compressed_tensors",),
    "gptq": ("optimum", "gptqmodel"),
    "quanto": ("optimum", "optimum.quanto"),
    "torchao": ("torchao",),
}
"""What computes with libraries that are installed, and those modules; the other ones fetch kernels."""
ADAPTER_STARTS = (None, True, False, "gaussian", "orthogonal", "eva")
"""First values of an adapter that leave the model below it as it is."""
OTHER_WEIGHTS = re.compile(r"adapter_config\.json|shard-\d+-model-\d+-of-\d+\.safetensors")
"""What transformers loads beside model.safetensors, or in its place, where it lies there."""


def check_settings(folder: Path) -> None:
    """Raises UsageError where config.json, or a file beside it, stands for code or weights from elsewhere."""
    other = next((file for file in sorted(folder.iterdir()) if OTHER_WEIGHTS.fullmatch(file.name)), None)
    if other is not None:
        raise UsageError(
            f"{other}: would be loaded beside the model's own weights or in their place; an adapter is named as one "
            f"and lies in a folder of its own, the shards of a model are named by model.safetensors.index.json"
        )
    file = folder / "config.json"
    config = read_json(file)
    if "transformers_weights" in config:
        raise UsageError(f"{file}: transformers_weights: names other weights; they are read from model.safetensors")
    _check_architectures(file, config.get("architectures"))
    for settings in objects(config):
        _check_object(file, settings)


def check_adapter_settings(file: Path, settings: dict[str, Any]) -> None:
    """Raises UsageError where an adapter would change the model that it is put on."""
    start = settings.get("init_lora_weights")
    if start not in ADAPTER_STARTS:
        raise UsageError(
            f"{file}: init_lora_weights: {start!r} changes the weights below the adapter, so that the model without "
            f"it would be another; save it as a plain LoRA (`path_initial_model_for_weight_conversion`), or merge it"
        )


def _check_object(file: Path, settings: dict[str, Any]) -> None:
    for key, known in IMPLEMENTATIONS.items():
        for name in (key, f"_{key}", f"_{key}_internal"):
            given = settings.get(name)
            wanted = given.values() if isinstance(given, dict) else [given]
            foreign = next((one for one in wanted if one is not None and one not in known), None)
            if foreign is not None:
                raise UsageError(
                    f"{file}: {name}: {str(foreign)[:100]!r} would be code from elsewhere; known: {', '.join(known)}"
                )
    if settings.get("quantization_config") is not None:
        _check_quantization(f"{file}: quantization_config", settings["quantization_config"])


def _check_quantization(where: str, quantized: Any) -> None:
    method = quantized.get("quant_method") if isinstance(quantized, dict) else quantized
    if not isinstance(method, str) or method not in QUANTIZATIONS:
        raise UsageError(
            f"{where}: quant_method {str(method)[:100]!r} would fetch code, or is not known; "
            f"known: {', '.join(sorted(QUANTIZATIONS))}; or name the model without quantization"
        )
    missing = next((module for module in QUANTIZATIONS[method] if find_spec(module) is None), None)
    if missing is not None:
        raise UsageError(
            f"{where}: quant_method {method!r} computes with {missing}, which is not installed; install it, or name "
            f"the model without quantization"
        )


def _check_architectures(file: Path, given: Any) -> None:
    """Names alone: transformers chooses among the classes of `model_type` by them, and looks for no other."""
    names = [] if given is None else given
    if not isinstance(names, list) or not all(isinstance(name, str) and name.isidentifier() for name in names):
        raise UsageError(
            f"{file}: architectures: must be a list of names of classes, such as ['LlamaForCausalLM'], not "
            f"{str(given)[:100]!r}"
        )
