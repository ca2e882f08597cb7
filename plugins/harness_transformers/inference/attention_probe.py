"""What a model can see: whether rows that are trees of tokens, and outputs read through its head, are what it computes
by itself. Tried on a few tokens when it is opened, since no list of architectures stays right."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness_transformers.inference.packing import pack
from harness_transformers.inference.plan import plan_scoring
from harness_transformers.inference.prefixes import Scored, prefix_tree, separate
from harness_transformers.inference.scoring import Scorer
from harness_transformers.model.head import Head, no_numbers
from harness_transformers.model.misfit import declared_misfit, depends_on_longest

TOLERANCE = {"float32": 1e-3, "bfloat16": 0.5, "float16": 0.1}
"""Of the log-likelihood of a few tokens. In half precision another batch alone makes a difference of a tenth."""

log = logging.getLogger("harness")


@dataclass(frozen=True, slots=True)
class Sight:
    """`tree` is empty where the model can see trees, `head` where its head can be used alone; else each says why.

    `alone`: rows of different lengths change each other's numbers, so that each needs a pass of its own.
    """

    tree: str = ""
    head: str = ""
    alone: bool = False

    def facts(self) -> dict[str, str]:
        """For the record of an evaluation: what had to be done the slow way, and why."""
        return {name: said for name, said in (("no_sharing", self.tree), ("no_chunks", self.head)) if said}


def look(model: Any) -> Sight:
    """Try both on the model; what does not work is said once, and evaluations go the plain way."""
    import torch

    sequences = _sequences(model)
    with torch.inference_mode():
        hidden_btd, logits_btv = _plainly(model, sequences)
        shown_btv = Head.of(model).logits(hidden_btd)
        fits = bool(torch.allclose(shown_btv, logits_btv.float(), atol=_tolerance(model), rtol=1e-3, equal_nan=True))
        head = "" if fits else "changes what its output layer gives in a way of its own"
        tree = declared_misfit(model) or _tree(model, sequences, Head.of(model) if fits else None, logits_btv)
    most = float(logits_btv.amax())
    if not math.isfinite(most):
        name = type(model).__name__
        log.warning("%s: %s, as after a training that diverged; such answers fail", name, no_numbers(most))
    if tree:
        log.warning("%s %s: prompts are not shared, each is run on its own", type(model).__name__, tree)
    return Sight(tree, head, depends_on_longest(model))


def _sequences(model: Any) -> list[Scored]:
    """Five that begin alike, part, and part again."""
    words = int(model.get_input_embeddings().weight.shape[0])
    tokens = np.random.default_rng(0).integers(0, words, 24).astype(np.int32)
    stem, left, right = tokens[:6], tokens[6:9], tokens[9:12]
    ends = [(left, tokens[12:15]), (left, tokens[15:17]), (right, tokens[17:20]), (right, tokens[20:21]), (right, ())]
    return [Scored(np.concatenate([stem, *parts]).astype(np.int32), len(stem) // 2) for parts in ends]


def _plainly(model: Any, sequences: list[Scored]) -> tuple[Any, Any]:
    """What goes into the output layer and what comes out of the model, of each sequence on its own."""
    import torch

    packed = pack(separate(sequences), separate(sequences).nodes[0].units, 0)
    seen: list[Any] = []
    hook = model.get_output_embeddings().register_forward_pre_hook(lambda _layer, given: seen.append(given[0]))
    try:
        logits_btv = model(input_ids=torch.from_numpy(packed.ids_bt).to(model.device), use_cache=False).logits
    finally:
        hook.remove()
    return seen[0], logits_btv


def _tree(model: Any, sequences: list[Scored], head: Head | None, logits_btv: Any) -> str:
    """Why the model cannot see a tree; empty where it computes on one what it computes on each sequence alone."""
    plan = plan_scoring(prefix_tree(sequences, row=14, gain=3), budget=64)
    scorer, worst = Scorer(model, plan, head), 0.0
    try:
        for batch in plan.batches:
            for number, total in scorer.read(batch.node, batch.units):
                expected = _read(sequences[number], logits_btv[number])
                gap = abs(total - expected) if math.isfinite(expected) else 0.0
                worst = max(worst, math.inf if math.isnan(gap) else gap)
    except Exception as error:  # an architecture raises what it likes at a mask or position it does not expect
        return f"cannot be run on a tree of tokens ({type(error).__name__}: {error})"
    return "" if worst <= _tolerance(model) else f"computes other numbers on a tree of tokens (by {worst:.2g})"


def _read(sequence: Scored, logits_tv: Any) -> float:
    import torch

    places_n = torch.arange(sequence.first_read, len(sequence.inputs), device=logits_tv.device)
    targets_n = torch.from_numpy(sequence.tokens[sequence.first_read + 1 :].astype(np.int64)).to(logits_tv.device)
    return float(logits_tv[places_n].float().log_softmax(-1).gather(1, targets_n.unsqueeze(1)).sum())


def _tolerance(model: Any) -> float:
    return TOLERANCE.get(str(model.dtype).removeprefix("torch."), 0.5)
