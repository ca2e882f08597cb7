"""How many tokens a row needs at least, and how fast this machine multiplies matrices at most."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise

from evaluation.rows import Row, Tokenizer

# Shapes of a small model's layers and large square ones, m × k × n, each by torch's own choice and by oneDNN, which is
# faster on some processors; the best of all is the peak.
PEAK = """
import time, torch
def by_onednn(left, right):
    return torch.ops.mkldnn._linear_pointwise(left, right, None, "none", [], "")
ways = [torch.nn.functional.linear] + [by_onednn] * torch.backends.mkldnn.is_available()
best = 0.0
with torch.inference_mode():
    for m, k, n in ((2048, 576, 1536), (4096, 1024, 1024), (2048, 2048, 2048), (4096, 4096, 4096)):
        left, right = torch.rand(m, k), torch.rand(n, k)
        for way in ways * 6:
            began = time.perf_counter()
            way(left, right)
            best = max(best, 2 * m * k * n / (time.perf_counter() - began))
print(best)
"""


def matmul_peak(environment: Mapping[str, str]) -> float:
    """Float operations a second of the fastest product in float32, in a process of its own."""
    command, settings = [sys.executable, "-c", PEAK], {**os.environ, **environment}
    said = subprocess.run(command, env=settings, capture_output=True, check=True, text=True)
    return float(said.stdout)


def needed_tokens(row: Row, tokenizer: Tokenizer) -> int:
    """The tokens that have to pass through the model when whatever two texts begin with passes once.

    The last token of a text predicts nothing that is asked for; the one before the first of a document is the
    tokenizer's beginning of text.
    """
    if row.kind == "perplexity":
        return sum(len(tokenizer.encode(case.reference).ids) for case in row.cases)
    prompts = [(row.prompt(case), case.choices) for case in row.cases]
    return distinct([tokenizer.encode(prompt + choice).ids[:-1] for prompt, choices in prompts for choice in choices])


def distinct(texts: Sequence[list[int]]) -> int:
    """The nodes of the trie of these texts."""
    ordered = sorted(texts)
    shared = sum(_common(left, right) for left, right in pairwise(ordered))
    return sum(map(len, ordered)) - shared


def _common(left: Sequence[int], right: Sequence[int]) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(left), len(right)))
