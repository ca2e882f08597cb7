"""What a model's class and settings say against masks, positions and batches of ours, before anything is tried."""

from __future__ import annotations

import inspect
from typing import Any

from harness_transformers.model.masks import windows

LAYERS = frozenset(["full_attention", "sliding_attention"])
ATTENTIONS = frozenset(["sdpa", "eager"])


def declared_misfit(model: Any) -> str:
    """Why the model cannot be told who sees whom and where each token stands; "" where nothing speaks against it."""
    settings = model.config.get_text_config()
    other = sorted(set(windows(settings)) - LAYERS)
    if other:
        return f"has layers of kind {', '.join(other)}"
    if not model._supports_attention_backend or settings._attn_implementation not in ATTENTIONS:
        return "does not take masks as they are given"
    if "position_ids" not in inspect.signature(model.forward).parameters:
        return "does not take positions"
    return "turns all rows by the length of the longest" if depends_on_longest(model) else ""


def depends_on_longest(model: Any) -> bool:
    """Whether rotary positions are scaled by the longest row of a pass, so that rows must run alone."""
    rotary = getattr(model.config.get_text_config(), "rope_parameters", None) or {}
    kinds = [one.get("rope_type") for one in (rotary, *rotary.values()) if isinstance(one, dict)]
    return not {"longrope", "dynamic"}.isdisjoint(kinds)
