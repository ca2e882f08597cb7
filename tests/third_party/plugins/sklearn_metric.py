from typing import Literal

from harness import Component


class Agreement:
    reads = "choice"
    bounds = (-1.0, 1.0)

    def __init__(self, scorer: Literal["cohen_kappa_score", "matthews_corrcoef"] = "cohen_kappa_score"):
        self.scorer = scorer

    def compute(self, answered):
        from sklearn import metrics

        right = [one.case.answer for one in answered]
        said = [one.choice() or "none of the choices" for one in answered]
        return float(getattr(metrics, self.scorer)(right, said))


agreement = Component("agreement", Agreement, "answers and choices compared by scikit-learn", kind="metric")
