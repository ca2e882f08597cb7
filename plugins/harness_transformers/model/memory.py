"""How many tokens fit into one pass, from the memory that is free and what a token of the model takes."""

from __future__ import annotations

import ctypes
import gc
from pathlib import Path
from typing import Any

from harness_transformers.identity.device import Device

MOST_TOKENS = {"cpu": 2048, "mps": 4096, "cuda": 16384}
"""More at once is no faster on such a device."""
FEWEST_TOKENS = 128
LONG_MASK = 4096  # numbers: places that a token may look at, of each row some
HELD_PER_COMPUTED = 5  # tokens whose keys and values may lie in memory for each that may be computed at once
SHARE = 0.5
_MEMINFO = Path("/proc/meminfo")
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt(3)
_KEPT_BYTES = 1 << 28


def token_budget(model: Any, device: Device) -> int:
    """Tokens a pass, padding included: at most half of the free memory, as far as the system tells it."""
    free = free_bytes(device)
    if free is None:
        return MOST_TOKENS[device]
    return max(min(MOST_TOKENS[device], int(free * SHARE / bytes_per_token(model))), FEWEST_TOKENS)


def bytes_per_token(model: Any) -> int:
    """What a token of a pass takes: residuals, inner layer, its row of the mask, and the keys and values of replies.

    Replies hold more tokens at once than run in a pass (`HELD_PER_COMPUTED`).
    """
    settings = model.config.get_text_config()
    width = int(settings.hidden_size)
    inner = int(getattr(settings, "intermediate_size", None) or 4 * width)
    heads = int(getattr(settings, "num_attention_heads", None) or 1)
    head = int(getattr(settings, "head_dim", None) or width // heads)
    kept = 2 * int(settings.num_hidden_layers) * int(getattr(settings, "num_key_value_heads", None) or heads) * head
    numbers = 8 * width + 3 * inner + LONG_MASK + HELD_PER_COMPUTED * kept
    return numbers * int(model.dtype.itemsize)


def keep_freed_memory() -> bool:
    """Let what one pass frees be there for the next; whether the C library can (glibc).

    By default it goes back to the system, which then clears every page again: a quarter to a third of a pass's time.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, TypeError, AttributeError):  # not a C library that has it, or no such thing on this system
        return False
    return all(mallopt(option, _KEPT_BYTES) == 1 for option in (_TRIM_THRESHOLD, _MMAP_THRESHOLD))


def free_bytes(device: Device) -> int | None:
    """Free memory of the device; None where nobody tells."""
    if device == "cuda":
        import torch

        unused = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()  # torch keeps it, and takes it first
        return int(torch.cuda.mem_get_info()[0] + unused)
    try:
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = next((line.split()[1] for line in lines if line.startswith("MemAvailable:")), None)
    return None if found is None else int(found) * 1024


def tidy(device: Device) -> None:
    """Give back the memory of what is no longer used, as after a pass that did not fit."""
    import torch

    gc.collect()
    if device == "cuda":
        torch.cuda.empty_cache()
