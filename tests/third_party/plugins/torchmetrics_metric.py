from typing import Literal

from harness import Component


class ErrorRate:
    reads = "text"
    higher_is_better = False
    bounds = (0.0, None)

    def __init__(self, of: Literal["CharErrorRate", "WordErrorRate", "MatchErrorRate"] = "CharErrorRate"):
        self.of = of

    def score(self, answered):
        from torchmetrics import text

        rate, reference = getattr(text, self.of)(), answered.case.references[0]
        rate.update(answered.texts, [reference] * len(answered.texts))
        return {name: float(count) for name, count in rate.metric_state.items()}

    def value(self, statistics):
        return statistics["errors"] / statistics["total"]


error_rate = Component("error-rate", ErrorRate, "an error rate of torchmetrics over all cases", kind="metric")
