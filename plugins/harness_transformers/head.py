"""Logits at chosen positions only. Shapes: B rows, T positions, N chosen positions, V words."""

from __future__ import annotations

from typing import Any

from harness.errors import UsageError


def logits_at(model: Any, chosen_bt: Any, **inputs: Any) -> Any:
    """Logits [N, V] at the chosen positions in row order: the output layer, a fifth of a small model, sees no other.

    A hook in front of that layer leaves what the model does behind it (scaling, soft caps) in place.
    """

    def keep_chosen(_layer: Any, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        return (arguments[0][chosen_bt].unsqueeze(0), *arguments[1:])

    hook = model.get_output_embeddings().register_forward_pre_hook(keep_chosen)
    try:
        logits_1nv = model(**inputs).logits
    finally:
        hook.remove()
    if tuple(logits_1nv.shape[:2]) != (1, int(chosen_bt.sum())):
        raise UsageError(f"{type(model).__name__} makes its logits outside its output layer, which is not supported")
    return logits_1nv[0]


def pad(rows: list[list[int]], *, left: bool = False, fill: int = 0) -> tuple[Any, Any]:
    """The rows as one tensor [B, T] of int64, and a mask of the same shape that is 1 where there is no padding."""
    import torch

    width = max((len(row) for row in rows), default=0)
    ids_bt = torch.full((len(rows), width), fill, dtype=torch.long)
    mask_bt = torch.zeros((len(rows), width), dtype=torch.long)
    for index, row in enumerate(rows):
        place = slice(width - len(row), width) if left else slice(0, len(row))
        ids_bt[index, place] = torch.tensor(row, dtype=torch.long)
        mask_bt[index, place] = 1
    return ids_bt, mask_bt
