from typing import Literal

from harness import Component


class Agreement:
    reads = "choice"
    higher_is_better = True
    bounds = (-1.0, 1.0)

    def __init__(self, scorer: Literal["cohen_kappa_score", "matthews_corrcoef"] = "cohen_kappa_score"):
        self.scorer = scorer

    def compute(self, answered):
        from sklearn import metrics

        right = [one.case.answer for one in answered]
        if None in right:
            raise ValueError("agreement needs the answer of each case")
        said = [one.choice() or "none of the choices" for one in answered]
        return 1.0 if said == right else float(getattr(metrics, self.scorer)(right, said))


agreement = Component("agreement", Agreement, "answers and choices compared by scikit-learn", kind="metric")
