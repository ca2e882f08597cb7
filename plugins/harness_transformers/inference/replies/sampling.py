"""The next token of each row. B rows, V words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harness_transformers.inference.replies.replies import Row

NO_WORD = -1
"""In place of a word where no logit can be said to be the largest."""
LIKELIEST = 256  # words that are sorted first: few nuclei have more, and sorting all of them takes longer than a row


def choose(logits_bv: Any, rows: Sequence[Row]) -> list[int]:
    """The likeliest word at temperature 0, else one drawn from the nucleus with the row's own generator.

    NO_WORD for a row with a logit that is nan, which counts as the largest, or infinite.
    """
    most_b, words_b = logits_bv.max(-1)
    tokens: list[int] = words_b.where(most_b.isfinite(), NO_WORD).tolist()
    drawn = [index for index, row in enumerate(rows) if row.request.temperature > 0 and tokens[index] != NO_WORD]
    if drawn:
        for index, logits_v in zip(drawn, logits_bv[drawn].float().cpu(), strict=True):
            tokens[index] = _draw(logits_v, rows[index])
    return tokens


def _draw(logits_v: Any, row: Row) -> int:
    import torch

    shares_v, words_v = nucleus((logits_v / row.request.temperature).softmax(-1), row.request.top_p)
    heap_v = shares_v.double().cumsum(-1)
    point = torch.rand(1, generator=row.generator, dtype=torch.float64) * heap_v[-1]
    at = int(torch.searchsorted(heap_v, point, right=True).clamp(max=len(heap_v) - 1))
    return at if words_v is None else int(words_v[at])


def nucleus(shares_v: Any, top_p: float) -> tuple[Any, Any]:
    """Shares, likeliest first, and words of the smallest set that reaches `top_p`; where that is 1 all, as they are."""
    if top_p >= 1:
        return shares_v, None
    top_v, words_v = shares_v.topk(min(LIKELIEST, len(shares_v)))
    if top_v.sum() < top_p:
        top_v, words_v = shares_v.sort(descending=True)
    # a word stays if those before it do not reach top_p yet; the first always does
    kept = max(int((top_v.cumsum(-1) - top_v < top_p).sum()), 1)
    return top_v[:kept], words_v[:kept]
