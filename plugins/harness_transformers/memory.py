"""How many tokens fit into one pass, from the memory that is free and what a token of the model takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness_transformers.device import Device

MOST_TOKENS = {"cpu": 2048, "mps": 4096, "cuda": 16384}
"""More at once is no faster on such a device."""
FEWEST_TOKENS = 128
SHARE = 0.5
_MEMINFO = Path("/proc/meminfo")


def token_budget(model: Any, device: Device) -> int:
    """Tokens a pass, padding included: at most half of the free memory, as far as the system tells it."""
    free = free_bytes(device)
    if free is None:
        return MOST_TOKENS[device]
    return max(min(MOST_TOKENS[device], int(free * SHARE / bytes_per_token(model))), FEWEST_TOKENS)


def bytes_per_token(model: Any) -> int:
    """What one token takes in a pass: residuals, the inner layer, queries, keys and values, and its row of the mask."""
    settings = model.config.get_text_config()
    width = int(settings.hidden_size)
    inner = int(getattr(settings, "intermediate_size", None) or 4 * width)
    numbers = 8 * width + 3 * inner + LONG_MASK
    return numbers * int(model.dtype.itemsize)


LONG_MASK = 4096  # numbers: places that a token may look at, of each row some


def free_bytes(device: Device) -> int | None:
    """Free memory of the device; None where nobody tells."""
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), None)
    return None if found is None else int(found) * 1024
