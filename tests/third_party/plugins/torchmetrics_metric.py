from typing import Literal

import numpy as np

from harness import Component


class ErrorRate:
    reads = "text"
    higher_is_better = False
    bounds = (0.0, None)

    def __init__(self, of: Literal["CharErrorRate", "WordErrorRate", "MatchErrorRate"] = "CharErrorRate"):
        self.of = of

    def score(self, answered):
        from torchmetrics import text

        if not answered.case.references:
            raise ValueError("an error rate needs a reference")
        rate, texts = getattr(text, self.of)(), answered.texts
        rate.update(texts, [answered.case.references[0]] * len(texts))
        return {name: float(count) for name, count in rate.metric_state.items()}

    def value(self, statistics):
        return statistics["errors"] / np.maximum(statistics["total"], 1.0)


error_rate = Component("error-rate", ErrorRate, "an error rate of torchmetrics over all cases", kind="metric")
