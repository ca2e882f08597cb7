"""On a GPU some sums are made in whatever order their parts come; here a training's are made in the same one each time.

Without it two LoRA trainings with one seed parted at the seventh step (H200, torch 2.11); with it their weights were
equal to the bit. To have torch only warn is not enough: attention's gradients then stay as they were.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from harness_transformers.identity.device import Device


def fix_products() -> None:
    """Let matrix products be repeatable; call it before the first of them, at which cuBLAS and torch read it once."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")


@contextmanager
def repeatable(device: Device) -> Iterator[None]:
    """Inside, a GPU gives the same numbers again, or torch raises RuntimeError where an operation cannot."""
    if device != "cuda":
        yield
        return
    import torch

    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    filled = torch.utils.deterministic.fill_uninitialized_memory
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # it finds mistakes of programs, and takes time
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])
        torch.utils.deterministic.fill_uninitialized_memory = filled


def cannot_repeat(error: RuntimeError) -> bool:
    """Whether it is torch's refusal of an operation that has no repeatable form."""
    return "deterministic" in str(error)
