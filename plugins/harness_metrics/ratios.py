"""Division for sums and for arrays of resampled sums, without numpy warnings."""

from __future__ import annotations

from typing import Any

import numpy as np


def ratio(numerator: Any, denominator: Any, undefined: float) -> Any:
    """`numerator / denominator` in their common shape; `undefined` where the denominator is not positive."""
    above, below = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    result = np.full(np.broadcast_shapes(above.shape, below.shape), undefined)
    return np.divide(above, below, out=result, where=below > 0)[()]


def share(numerator: Any, denominator: Any) -> Any:
    """A ratio that is 0 where there is nothing to divide by: precision, recall and F of a class nobody named."""
    return ratio(numerator, denominator, undefined=0.0)


def mean(total: Any, count: Any) -> Any:
    """A mean that is NaN where nothing was counted, because unmeasured is not zero."""
    return ratio(total, count, undefined=float("nan"))
