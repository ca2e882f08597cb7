"""Which places a token may look at, in the form that a model takes. B rows, T new tokens, P kept before."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def attention_mask(model: Any, seen_btt: NDArray[np.bool_], positions_bt: NDArray[np.int64], before: int) -> Any:
    """The mask [B, 1, T, P + T], or one for each kind of layer, of tokens that see `before` kept ones and some of T.

    Where layers see a window of the last tokens, it is counted along the sequence, not across the row.
    """
    rows, width = positions_bt.shape
    seen_btk = np.concatenate([np.ones((rows, width, before), dtype=np.bool_), seen_btt], axis=2)
    masks = {
        kind: _as_taken(model, seen_btk if window is None else seen_btk & _near(positions_bt, before, window))
        for kind, window in windows(model.config).items()
    }
    return masks if len(masks) > 1 else next(iter(masks.values()))


def _near(positions_bt: NDArray[np.int64], before: int, window: int) -> NDArray[np.bool_]:
    kept_bp = np.broadcast_to(np.arange(before), (len(positions_bt), before))
    positions_bk = np.concatenate([kept_bp, positions_bt], axis=1)
    near_btk: NDArray[np.bool_] = positions_bt[:, :, None] - positions_bk[:, None, :] < window
    return near_btk


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
