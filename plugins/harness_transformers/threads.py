"""How many threads to use: measured, since on a shared core the default can be ten times slower."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from functools import cache

ROUNDS = 2
SECONDS = 1.0
# the largest linear layer of a small model, for a batch of prompts and, four times, for one step of a batch of replies
TOKENS, WIDTH, INNER = (256, 16, 16, 16, 16), 576, 1536

log = logging.getLogger("harness")


def use_threads(requested: int | None) -> tuple[int, Mapping[int, float]]:
    """Set torch's thread count to what is requested, else to the fastest; returns it and the rates that decided."""
    import torch

    rates: Mapping[int, float] = {} if requested is not None else _probe()
    threads = requested if requested is not None else max(rates, key=lambda count: rates[count])
    torch.set_num_threads(threads)
    return threads, rates


def candidates(cores: int) -> list[int]:
    """One, half and all of the cores."""
    return sorted({1, max(1, cores // 2), cores})


def usable_cores() -> int:
    """The cores this process may use, or fewer where the user says so with OMP_NUM_THREADS."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(wanted)) if wanted.isdigit() and int(wanted) > 0 else cores


@cache  # one answer a process: a model opened twice must not differ by its thread count
def _probe() -> Mapping[int, float]:
    """Passes a second for each candidate, in turns, so that a neighbour's burst hits all of them."""
    counts = candidates(usable_cores())
    if len(counts) == 1:
        return {counts[0]: 0.0}
    rates = dict.fromkeys(counts, 0.0)
    for _ in range(ROUNDS):
        for count in counts:
            rates[count] += _rate(count, SECONDS / ROUNDS / len(counts)) / ROUNDS
    told = ", ".join(f"{count}: {rate:.0f}/s" for count, rate in rates.items())
    log.info("threads: %d is fastest (%s)", max(rates, key=lambda count: rates[count]), told)
    return rates


def _rate(threads: int, seconds: float) -> float:
    import torch

    torch.set_num_threads(threads)
    weights, batches = torch.ones(INNER, WIDTH), [torch.ones(count, WIDTH) for count in TOKENS]
    done, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        for batch in batches:
            torch.nn.functional.linear(batch, weights)
        done += 1
    return done / (time.perf_counter() - started)
