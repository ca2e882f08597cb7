"""Which places a token may look at, in the form that a model takes. B rows, T new tokens, P kept before."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def attention_mask(model: Any, seen_btk: NDArray[np.bool_], distance_btk: NDArray[np.int64]) -> Any:
    """The mask [B, 1, T, P + T], or one for each kind of layer; `distance_btk` is how far back each place lies.

    Where layers see a window of the last tokens, it is counted along the sequence, not across the row.
    """
    masks = {
        kind: _as_taken(model, seen_btk if window is None else seen_btk & (distance_btk < window))
        for kind, window in windows(model.config).items()
    }
    return masks if len(masks) > 1 else next(iter(masks.values()))


def windows(config: Any) -> dict[str, int | None]:
    """How many places a token sees in each kind of layer; None is all before it."""
    settings = config.get_text_config()
    window = getattr(settings, "sliding_window", None)
    kinds = getattr(settings, "layer_types", None) or ["full_attention" if window is None else "sliding_attention"]
    return {kind: window if kind == "sliding_attention" else None for kind in kinds}


def _as_taken(model: Any, seen_btk: NDArray[np.bool_]) -> Any:
    """True where a place is seen; for attention written out in full, 0 there and the lowest number elsewhere."""
    import torch

    mask_b1tk = torch.from_numpy(seen_btk).unsqueeze(1).to(model.device)
    if model.config._attn_implementation != "eager":
        return mask_b1tk
    lowest = torch.finfo(model.dtype).min
    return torch.zeros_like(mask_b1tk, dtype=model.dtype).masked_fill(~mask_b1tk, lowest)
