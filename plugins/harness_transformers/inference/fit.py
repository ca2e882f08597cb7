"""Whether a model can have its replies in slots: its class and settings allow it, and a few tokens show it."""

from __future__ import annotations

import logging
from typing import Any
from weakref import WeakKeyDictionary

from harness_transformers.inference.replies.plain import OneByOne
from harness_transformers.inference.replies.slots import Slots
from harness_transformers.model.loading import Weights
from harness_transformers.model.misfit import declared_misfit

TOLERANCE = {"float32": 1e-3, "float64": 1e-3}  # a share of the largest logit
COARSE_TOLERANCE = 0.05

log = logging.getLogger("harness")
_misfits: WeakKeyDictionary[Any, str] = WeakKeyDictionary()  # one look at each model that is open


def fits_slots(weights: Weights, model: Any) -> bool:
    """Whether rows of this model can stand in slots; where they cannot, a warning says why."""
    base = weights.base
    if base not in _misfits:
        _misfits[base] = declared_misfit(base) or shown_misfit(weights, model)
        if _misfits[base]:
            log.warning("%s %s: its replies are made one at a time", type(base).__name__, _misfits[base])
    return not _misfits[base]


def shown_misfit(weights: Weights, model: Any) -> str:
    """What goes wrong when rows of different lengths come and go, "" where their logits are those of each alone."""
    import torch

    one, two, three = [3, 1, 4, 1, 5, 9, 2, 6], [3, 1, 4], [2, 7, 1, 8, 2, 8]
    alone, slots = OneByOne(weights, model), Slots(weights, model, count=2, places=8, pass_tokens=16)
    rows = [one, two, [*one, 5], [*two, 5], three, [*three, 7], [*two, 5, 7]]
    try:
        got_bv = torch.cat(
            [slots.fill([0, 1], [one, two]), slots.extend([5, 5]), slots.fill([0], [three]), slots.extend([7, 7])]
        )
        expected_bv = torch.cat([alone.fill([0], [row]) for row in rows])
    except Exception as error:
        return f"fails with rows in slots ({type(error).__name__}: {error})"
    most_b = expected_bv.amax(-1)
    if not most_b.isfinite().all():
        return f"gives logits that are {float(most_b.max())}"
    least = TOLERANCE.get(str(got_bv.dtype).removeprefix("torch."), COARSE_TOLERANCE)
    tolerance = least * float(expected_bv[expected_bv.isfinite()].abs().max())
    gap = float((got_bv - expected_bv).abs().where(got_bv != expected_bv, 0.0).max())
    return "" if gap <= tolerance else f"gives other logits with rows in slots (by {gap:.2g})"
