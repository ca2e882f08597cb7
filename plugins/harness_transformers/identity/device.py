"""Which device a model runs on, decided without torch, so that an identity costs no import."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, TypeAlias

from harness.errors import UsageError

Device: TypeAlias = Literal["cuda", "mps", "cpu"]
CPU_INFO = Path("/proc/cpuinfo")
BFLOAT16_FLAGS = frozenset(["avx512_bf16", "amx_bf16", "bf16"])
DRIVER_FILES = (
    Path("/dev/nvidia0"),
    Path("/proc/driver/nvidia/version"),
    Path("/usr/lib/wsl/lib/libcuda.so.1"),  # of Windows' driver, for its Linux
)


def choose_device(option: Literal["auto", "cuda", "mps", "cpu"]) -> Device:
    """The device of an option; "auto" is a visible NVIDIA card, then Apple's GPU, then the CPU."""
    if option != "auto":
        return option
    if _has_cuda():
        return "cuda"
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return "mps"
    return "cpu"


def has_bfloat16(device: Device) -> bool:
    """Whether the device computes in bfloat16 itself, as far as can be seen without torch."""
    if device != "cpu":
        return device == "cuda"  # of a card that cannot, torch says so when the model is opened
    try:
        words = CPU_INFO.read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return False
    return not BFLOAT16_FLAGS.isdisjoint(words)


def check_device(device: Device) -> None:
    """Raise UsageError where torch cannot use the device that was chosen from files."""
    import torch

    usable = {"cuda": torch.cuda.is_available, "mps": torch.backends.mps.is_available, "cpu": lambda: True}
    if not usable[device]():
        raise UsageError(
            f"device {device!r} was chosen, but this torch ({torch.__version__}) cannot use it: install a torch that "
            f"fits the driver, or set `device: cpu`"
        )


def card_facts(device: Device) -> dict[str, str]:
    """Which card it is, for the record: another one sums in another order."""
    import torch

    return {"card": torch.cuda.get_device_name()} if device == "cuda" else {}


def _has_cuda() -> bool:
    if os.environ.get("CUDA_VISIBLE_DEVICES") in ("", "-1"):
        return False
    try:
        built_for_cpu = "+cpu" in version("torch")
    except PackageNotFoundError:
        return False
    return not built_for_cpu and any(file.exists() for file in DRIVER_FILES)
