"""How many threads to use: measured, since on a shared core the default can be ten times slower."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from harness_transformers.identity.device import Device
from harness_transformers.identity.files import text_settings

ROUNDS = 2
SECONDS = 0.4
TOKENS = (256, 16, 16, 16, 16)  # of a batch of prompts and, four times, of one step of a batch of replies
SPINS = "1000"

log = logging.getLogger("harness")


@dataclass(frozen=True, slots=True)
class Layer:
    """The sizes of a model's largest linear layer, on which thread counts are tried."""

    width: int = 576
    inner: int = 1536


def layer_of(config: Mapping[str, Any]) -> Layer:
    """That of a model's configuration, where it says its sizes in the usual words; else that of a small model."""
    settings = {**config, **text_settings(config)}
    width = settings.get("hidden_size") or settings.get("n_embd") or settings.get("d_model")
    if not isinstance(width, int):
        return Layer()
    inner = settings.get("intermediate_size") or settings.get("n_inner") or settings.get("ffn_dim")
    return Layer(width, inner if isinstance(inner, int) else 4 * width)


def share_cores() -> None:
    """Let waiting threads sleep soon; call it before torch is imported, which reads it once.

    By default they spin: where another process takes a core, each of a pass's thousand small waits then lasts as long
    as that process is let run.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)


def use_threads(requested: int | None, layer: Layer, device: Device) -> tuple[int, Mapping[int, float]]:
    """Set torch's thread count to what is requested, else to the fastest; returns it and the rates that decided.

    Where the passes run on a GPU there is nothing to try: torch keeps its own.
    """
    import torch

    if requested is None and device != "cpu":
        return torch.get_num_threads(), {}
    rates: Mapping[int, float] = {} if requested is not None else _first_probe(layer)
    threads = requested if requested is not None else _fastest(rates)
    torch.set_num_threads(threads)
    return threads, rates


def measure_again(layer: Layer) -> int:
    """Set torch's thread count to what is fastest now, whatever was before."""
    import torch

    threads = _fastest(_probe(layer))
    torch.set_num_threads(threads)
    return threads


def candidates(cores: int) -> list[int]:
    """One, half and all of the cores."""
    return sorted({1, max(1, cores // 2), cores})


def usable_cores() -> int:
    """The cores this process may use, or fewer where the user says so with OMP_NUM_THREADS."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, wanted_threads() or cores)


def wanted_threads() -> int | None:
    """What the user says with OMP_NUM_THREADS."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return int(wanted) if wanted.isdigit() and int(wanted) > 0 else None


@cache  # one answer a process: a model opened twice must not differ by its thread count
def _first_probe(layer: Layer) -> Mapping[int, float]:
    if wanted_threads() is not None:  # said, so not tried until passes become slow
        return {usable_cores(): 0.0}
    rates = _probe(layer)
    if len(rates) > 1:
        told = ", ".join(f"{count}: {rate:.0f}/s" for count, rate in rates.items())
        log.info("threads: %d is fastest (%s)", _fastest(rates), told)
    return rates


def _probe(layer: Layer) -> Mapping[int, float]:
    """Passes a second for each candidate, in turns, so that a neighbour's burst hits all of them."""
    counts = candidates(usable_cores())
    if len(counts) == 1:
        return {counts[0]: 0.0}
    rates = dict.fromkeys(counts, 0.0)
    for _ in range(ROUNDS):
        for count in counts:
            rates[count] += _rate(layer, count, SECONDS / ROUNDS / len(counts)) / ROUNDS
    return rates


def _fastest(rates: Mapping[int, float]) -> int:
    return max(rates, key=lambda count: rates[count])


def _rate(layer: Layer, threads: int, seconds: float) -> float:
    import torch

    torch.set_num_threads(threads)
    weights, batches = torch.ones(layer.inner, layer.width), [torch.ones(count, layer.width) for count in TOKENS]
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        for batch in batches:
            torch.nn.functional.linear(batch, weights)
        done += 1
    return done / (time.perf_counter() - started)
